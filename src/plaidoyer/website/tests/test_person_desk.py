"""A data officer finds a person by address, sees what is kept, takes it out, erases it."""

import json
import time

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from plaidoyer.staff.models import AuditEntry
from plaidoyer.supporters.models import Supporter
from plaidoyer.testing import make_organiser, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def suzie():
    return make_reader("suzie", family_name="Désy", language="fr")


@pytest.fixture
def ed(client):
    client.user = make_organiser("ed", hats=("Data officer",))
    client.force_login(client.user)
    return client


def path(person, rest=""):
    return f"/admin/supporters/{person.pk}/kept/{rest}"


def entries():
    rows = AuditEntry.objects.exclude(what="vault_mark").order_by("pk")
    return [(one.verb, one.what, one.number) for one in rows]


def test_a_person_is_found_by_a_mark_and_no_address_stands_in_an_address(ed, suzie):
    make_reader("laura")
    mark = ed.post("/admin/marks/", {"address": " Suzie@Post.example "}).json()["mark"]

    found = ed.get(f"/admin/supporters/?q={mark}").text

    assert path(suzie) in found
    assert "laura" not in found


def test_what_is_kept_is_seen_taken_out_and_noted(ed, suzie):
    page = ed.get(path(suzie)).text
    file = ed.get(path(suzie, "data.json"))
    paper = ed.get(path(suzie, "data.pdf"))

    for said in ("Désy", "suzie@post.example", "Yes, write to me."):
        assert said in page
    assert json.loads(file.content)["supporter"]["family_name"] == "Désy"
    assert paper.content.startswith(b"%PDF")
    assert {file["Content-Disposition"][:10], paper["Content-Disposition"][:10]} == {"attachment"}
    number = str(suzie.pk)
    assert entries() == [
        ("see", "person_kept", number),
        ("export", "person_data", number),
        ("export", "person_paper", number),
    ]


def test_only_the_button_erases(ed, suzie):
    assert "suzie@post.example" in ed.get(path(suzie, "erasure/")).text
    assert Supporter.objects.get().email

    ed.post(path(suzie, "erasure/"))
    ed.post(path(suzie, "erasure/"))

    assert Supporter.objects.get().is_erased
    assert "names nobody" in ed.get(path(suzie)).text
    assert "erasure/" not in ed.get(path(suzie)).text
    assert ("send", "person_erasure", str(suzie.pk)) in entries()


DOORS = ["", "data.json", "data.pdf", "erasure/"]


@pytest.mark.parametrize("rest", DOORS)
def test_each_door_asks_again_who_is_there(ed, suzie, rest):
    assert ed.get(path(suzie, rest)).status_code == 200

    session = ed.session
    [record] = session["account_authentication_methods"]
    record["at"] = time.time() - 16 * 60
    session["account_authentication_methods"] = [record]
    session.save()

    assert "/staff/" in ed.get(path(suzie, rest))["Location"]
    assert "/staff/" in ed.post(path(suzie, "erasure/"))["Location"]
    assert Supporter.objects.get().email


@pytest.mark.parametrize("rest", DOORS)
def test_to_see_to_take_out_and_to_erase_are_three_rights(suzie, rest):
    browser, cy = Client(), make_organiser("cy", hats=("Campaigner",))
    browser.force_login(cy)
    assert browser.get(path(suzie, rest)).status_code == 302

    cy.user_permissions.add(Permission.objects.get(codename="view_supporter"))
    opened = browser.get(path(suzie, rest)).status_code

    assert (opened == 200) == (rest == "")
    assert "data.pdf" not in browser.get(path(suzie)).text


@pytest.mark.parametrize("rest", DOORS)
def test_a_number_that_is_nobodys_is_told_so(ed, rest):
    assert ed.get(f"/admin/supporters/999999/kept/{rest}", follow=True).status_code == 404
