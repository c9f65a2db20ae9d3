"""Which right goes with which role, and what becomes of the groups of before."""

from pathlib import Path

import pytest
from django.contrib.auth.models import Group, Permission, User

from plaidoyer.staff import roles
from plaidoyer.testing import make_organiser

pytestmark = pytest.mark.django_db


def may(role: str, right: str) -> bool:
    return make_organiser(role, hats=(role,)).has_perm(right)


def test_roles_are_laid_once_and_brought_up_to_date():
    group = roles.group("Editor")
    group.permissions.clear()

    assert group in roles.lay()
    assert group.permissions.filter(codename="add_milestone").exists()
    assert Group.objects.filter(name__in=roles.ROLES).count() == 6


@pytest.mark.parametrize("role", roles.ROLES)
def test_every_role_enters_the_back_office(role):
    assert may(role, "wagtailadmin.access_admin")


def test_every_right_that_is_written_exists():
    """A room or a row that was renamed would silently take a right away."""
    known = set()
    for one in Permission.objects.select_related("content_type"):
        room, kind = one.content_type.app_label, one.content_type.model
        verb = one.codename.removesuffix(f"_{kind}")
        known |= {(room, verb), (f"{room}.{kind}", verb)}

    written = {(name, v) for role in roles.ROLES.values() for name in role for v in role[name]}
    assert written - known == set()


@pytest.mark.parametrize(
    ("right", "who"),
    [
        ("supporters.view_supporter", {"Data officer"}),
        ("supporters.delete_supporter", {"Data officer"}),
        ("staff.export_supporters", {"Data officer"}),
        ("staff.export_gifts", {"Treasurer"}),
        ("donations.view_donation", {"Treasurer"}),
        ("donations.change_givingsettings", {"Treasurer", "Administrator"}),
        ("actions.view_action", {"Moderator", "Data officer"}),
        ("actions.change_action", set()),
        ("mail.view_envelope", {"Data officer"}),
        ("auth.change_user", {"Administrator"}),
        ("campaigns.change_target", {"Campaigner"}),
        ("newsletters.change_mailing", {"Editor", "Campaigner"}),
        ("reports.change_edition", {"Editor"}),
    ],
)
def test_what_matters_most_is_in_few_hands(right, who):
    assert {role for role in roles.ROLES if may(role, right)} == who


def test_the_table_of_the_documentation_is_the_one_in_force():
    page = Path("docs/reference/roles.md").read_text()

    assert roles.table() in page


@pytest.mark.parametrize("name", ["mallory", "boss"])
def test_an_administrator_makes_nobody_almighty_nor_touches_who_is(client, name):
    """Fields that the form does not offer are not taken (F40)."""
    client.force_login(make_organiser("ada", hats=("Administrator",)))
    boss = User.objects.create_superuser("boss", "boss@river.example")
    mallory = make_organiser("mallory", hats=("Editor",))
    who = {"mallory": mallory, "boss": boss}[name]
    sent = {"username": name, "email": "new@river.example", "first_name": "N", "last_name": "N"}
    sent |= {"is_active": "on", "is_superuser": "on", "is_staff": "on", "groups": []}

    client.post(f"/admin/users/edit/{who.pk}/", sent)
    client.post("/admin/users/new/", sent | {"username": "third"})

    assert set(User.objects.filter(is_superuser=True)) == {boss}
    assert not User.objects.filter(is_staff=True).exclude(pk=boss.pk).exists()
    assert User.objects.filter(username="third").exists()
    assert User.objects.get(pk=boss.pk).email == "boss@river.example"
    assert (User.objects.get(pk=mallory.pk).email == "new@river.example") == (name == "mallory")
