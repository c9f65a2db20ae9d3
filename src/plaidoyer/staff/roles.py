"""What each role may do, as data; docs/reference/roles.md is drawn from it.

A room's name stands for all its rows, `room.model` for one kind of them, which then follows its
own line only. Acts, letters and mails are read, never written: they say what happened.
"""

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

Rights = dict[str, set[str]]

WRITE = {"add", "change", "delete", "view"}
SEE = {"view"}
SET = {"change", "view"}

FACTS: Rights = {
    "campaigns": SEE,
    "civics": SEE,
    "parliament": SEE,
    "evidence": SEE,
    "figures": SEE,
    "outcomes": SEE,
    "reports": SEE,
    "actions.actionform": SEE,
}
TELLING: Rights = {
    "wagtail_localize.translation": {"submit"},
    "figures": WRITE,
    "outcomes": WRITE,
    "newsletters": {"add", "change", "view"},
    "newsletters.segment": WRITE,
    "newsletters.newslettersettings": SEE,
    # The page of a fund, not who gives.
    "donations.fund": WRITE,
    "donations.offer": WRITE,
}
ROLES: dict[str, Rights] = {
    "Editor": FACTS | TELLING | {"reports": WRITE, "evidence.evidencesettings": SET},
    "Campaigner": FACTS
    | TELLING
    | {
        "campaigns": WRITE,
        "civics": WRITE,
        "parliament": WRITE,
        "bundles": {"add", "change", "view"},
        "actions.actionform": WRITE,
        "delivery": SET,
        "mail.domaincheck": SEE,
    },
    "Moderator": FACTS
    | {
        "actions.action": SEE,
        "actions.hold": SET,
        "actions.review": SET,
        "actions.organisationsignature": SET,
        "actions.domainrule": WRITE,
        "actions.guardsettings": SET,
        "complaints": SET,
        "delivery.letter": SEE,
        "delivery.reply": SET,
    },
    # Who gives how much is a right apart.
    "Treasurer": {"donations": {"add", "change", "view"}, "staff": {"export_gifts"}},
    "Data officer": {
        "supporters": {"view", "delete"},
        "supporters.readerlist": {"add"},
        "actions.action": SEE,
        "actions.organisationsignature": SEE,
        "delivery.letter": SEE,
        "delivery.reply": SEE,
        "mail": SET,
        "staff": {"export_supporters", "export_acts", "export_letters"},
        "staff.auditentry": SEE,
    },
    "Administrator": {
        "staff.auditentry": SEE,
        "auth.user": WRITE,
        "auth.group": WRITE,
        "organisation": SET,
        "actions.guardsettings": SET,
        "complaints": SET,
        "delivery.courtesy": SET,
        "donations.givingsettings": SET,
        "evidence.evidencesettings": SET,
        "newsletters.newslettersettings": SET,
        "parliament.petitionsettings": SET,
        "reports.reportsettings": SET,
        "mail.domaincheck": SEE,
        "wagtailcore.locale": WRITE,
        "wagtailcore.site": WRITE,
        "wagtailcore.workflow": WRITE,
        "wagtailcore.task": WRITE,
        "wagtailredirects.redirect": WRITE,
    },
}
# Who writes pages, and publishes them with their pictures and documents.
PUBLISHERS = {"Editor", "Campaigner"}
PAGES = ["add_page", "change_page", "publish_page", "bulk_delete_page", "lock_page", "unlock_page"]
FILES = ["add_image", "change_image", "choose_image"]
FILES += ["add_document", "change_document", "choose_document"]


@transaction.atomic
def lay() -> list[Group]:
    """Makes the group of every role, or brings it up to what is written here.

    The two empty groups that Wagtail begins with go: their names would be taken for ours.
    """
    Group.objects.filter(name__in=["Editors", "Moderators"], user=None).delete()
    return [_lay(role) for role in ROLES]


def group(role: str) -> Group:
    """The group of a role of ROLES, made where it is missing."""
    return Group.objects.filter(name=role).first() or _lay(role)


def _lay(role: str) -> Group:
    made, _created = Group.objects.get_or_create(name=role)
    made.permissions.set(permissions(ROLES[role]))
    if role in PUBLISHERS:
        _publish(made)
    return made


def _publish(made: Group) -> None:
    root, files = Page.objects.get(depth=1), Collection.objects.get(depth=1)
    for permission in Permission.objects.filter(codename__in=PAGES):
        GroupPagePermission.objects.get_or_create(group=made, page=root, permission=permission)
    for permission in Permission.objects.filter(codename__in=FILES):
        GroupCollectionPermission.objects.get_or_create(
            group=made, collection=files, permission=permission
        )


def permissions(rights: Rights) -> list[Permission]:
    """The permissions that `rights` name, with that to enter the back office."""
    rows = Permission.objects.select_related("content_type").order_by("pk")
    return [one for one in rows if _is_among(one, rights)]


def _is_among(permission: Permission, rights: Rights) -> bool:
    room, kind = permission.content_type.app_label, permission.content_type.model
    if permission.codename == "access_admin":
        return True
    verbs = rights.get(f"{room}.{kind}", rights.get(room, set()))
    verb = permission.codename.removesuffix(f"_{kind}")
    return verb in verbs


def table() -> str:
    """Rights by role as a Markdown table: what may be seen, added, changed, deleted, and more."""
    names = sorted({name for rights in ROLES.values() for name in rights})
    lines = [["", *ROLES], ["---"] * (len(ROLES) + 1)]
    for name in names:
        room = name.partition(".")[0]
        given = (rights.get(name, rights.get(room, set())) for rights in ROLES.values())
        cells = (", ".join(sorted(verbs, key=_order)).replace("_", " ") for verbs in given)
        lines.append([f"`{name}`", *(cell or "–" for cell in cells)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _order(verb: str) -> tuple[int, str]:
    known = ["view", "add", "change", "delete"]
    return known.index(verb) if verb in known else len(known), verb
