"""Who may do what in the back office."""

from django.conf import settings
from django.contrib.auth.models import Group, Permission, User
from django.db import transaction
from django.db.models import Q
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page
from wagtail.users.models import UserProfile

WRITE = {"add", "change", "delete", "view"}

# What an organiser does with the rows of each room. Acts, letters and mails are read, never
# written: they say what happened. Where rows of one kind differ from their room, they are named.
ORGANISERS = {
    "campaigns": WRITE,
    "civics": WRITE,
    "parliament": WRITE,
    "evidence": {"view"},
    "evidence.evidencesettings": {"change", "view"},
    "figures": WRITE,
    "outcomes": WRITE,
    "reports": WRITE,
    "bundles": {"add", "change", "view"},
    "newsletters": {"add", "change", "view"},
    "newsletters.segment": WRITE,
    # The page of a fund, not who gives: that is for treasurers.
    "donations.fund": WRITE,
    "donations.offer": WRITE,
    "actions": {"view"},
    "actions.actionform": WRITE,
    "actions.hold": {"change", "view"},
    "actions.review": {"change", "view"},
    "actions.organisationsignature": {"change", "view"},
    "actions.domainrule": WRITE,
    "actions.guardsettings": {"change", "view"},
    "delivery": {"view", "change"},
    "complaints": {"view", "change"},
    "mail": {"view", "change"},
    "supporters": {"view"},
    "organisation": {"change", "view"},
}
# Who gives how much is a right apart. No account has it before an administrator gives it.
TREASURERS = {"donations": {"add", "change", "view"}}
PAGES = ["add_page", "change_page", "publish_page", "bulk_delete_page", "lock_page", "unlock_page"]
FILES = ["add_image", "change_image", "choose_image"]
FILES += ["add_document", "change_document", "choose_document"]


@transaction.atomic
def organisers() -> Group:
    """The group "Organisers", made or brought up to date: all of the daily work, not the accounts.

    They write facts, pages, forms and reports, and approve each other's items. Accounts, sites and
    languages stay with administrators.
    """
    group, _created = Group.objects.get_or_create(name="Organisers")
    group.permissions.set(Permission.objects.filter(_permissions(ORGANISERS)))
    root = Page.objects.get(depth=1)
    for permission in Permission.objects.filter(codename__in=PAGES):
        GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)
    files = Collection.objects.get(depth=1)
    for permission in Permission.objects.filter(codename__in=FILES):
        GroupCollectionPermission.objects.get_or_create(
            group=group, collection=files, permission=permission
        )
    return group


@transaction.atomic
def treasurers() -> Group:
    """The group "Treasurers", made or brought up to date: they see, record and refund gifts."""
    group, _created = Group.objects.get_or_create(name="Treasurers")
    group.permissions.set(Permission.objects.filter(_permissions(TREASURERS)))
    return group


def _permissions(rights: dict[str, set[str]]) -> Q:
    chosen = Q(content_type__app_label="wagtailadmin", codename="access_admin")
    chosen |= Q(content_type__app_label="wagtail_localize", codename="submit_translation")
    for name, verbs in rights.items():
        room, _dot, kind = name.partition(".")
        rows = Q(content_type__app_label=room)
        if kind:
            rows &= Q(content_type__model=kind)
        for verb in verbs:
            chosen |= rows & Q(codename__startswith=f"{verb}_")
    return chosen


def language_of(person: User) -> str:
    """The language that somebody works in."""
    try:
        profile = person.wagtail_userprofile  # type: ignore[attr-defined]
    except UserProfile.DoesNotExist:
        return settings.LANGUAGE_CODE
    return str(profile.preferred_language or settings.LANGUAGE_CODE)
