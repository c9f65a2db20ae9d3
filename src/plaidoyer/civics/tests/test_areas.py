"""Areas with the beginnings of their postal codes, as they are pasted."""

import pytest
from django.urls import reverse

from plaidoyer.civics import places
from plaidoyer.civics.models import Area, Membership, Organization, Post
from plaidoyer.lib.words import Words
from plaidoyer.testing import make_minister, make_organiser, typed

pytestmark = pytest.mark.django_db


def sheet(**changes):
    facts = {
        "name": Words(fr="Le Delta", en="Delta"),
        "identifier": "ocd-division/country:ar/delta",
        "classification": "riding",
        "country": "ar",
        "beginnings": "ar1\n AR2 1\n\nAR-3, AR4",
    }
    return typed(**facts | changes)


@pytest.fixture
def ed(client):
    client.force_login(make_organiser())
    return client


def test_ed_pastes_the_beginnings_of_postal_codes(ed):
    answer = ed.post(reverse("areas:add"), sheet())

    area = Area.objects.get()
    assert answer.status_code == 302
    assert [row.prefix for row in area.prefixes.order_by("prefix")] == ["AR1", "AR21", "AR3", "AR4"]
    assert places.areas("ar2 1b") == [area]


def test_what_is_taken_out_of_the_list_is_gone_and_other_areas_stay(ed):
    ed.post(reverse("areas:add"), sheet())
    ed.post(reverse("areas:add"), sheet(identifier="ocd-division/country:ar/hill"))
    area = Area.objects.get(identifier__endswith="delta")

    page = ed.get(reverse("areas:edit", args=[area.pk])).content.decode()
    assert "AR1\nAR21\nAR3\nAR4" in page
    ed.post(reverse("areas:edit", args=[area.pk]), sheet(beginnings="AR1"))

    assert area.prefixes.get().prefix == "AR1"
    assert Area.objects.get(identifier__endswith="hill").prefixes.count() == 4


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"beginnings": "AR1\n???"}, "beginnings"),
        ({"beginnings": "A" * 13}, "beginnings"),
        ({"country": ""}, "country"),
        ({"country": "A1"}, "country"),
        ({"identifier": ""}, "identifier"),
    ],
)
def test_what_is_wrong_is_told_beside_the_field(ed, wrong, field):
    answer = ed.post(reverse("areas:add"), sheet(**wrong))

    assert set(answer.context["form"].errors) == {field}
    assert not Area.objects.exists()


def test_the_areas_are_found_by_a_beginning(ed):
    ed.post(reverse("areas:add"), sheet())
    assert "Delta" in ed.get(reverse("areas:index"), {"q": "AR21"}).content.decode()


def test_an_office_has_its_area_and_a_term_its_party(ed):
    office = make_minister()
    area = Area.objects.create(identifier="x", name=Words(en="Delta"))
    party = Organization.objects.create(name=Words(en="Greens"), classification="party")
    term = Membership.objects.get()

    ed.post(
        reverse("offices:edit", args=[office.pk]),
        typed(
            label=office.label,
            organization=office.organization_id,
            area=area.pk,
            memberships=[
                {
                    "id": term.pk,
                    "person": term.person_id,
                    "on_behalf_of": party.pk,
                    "start_on": "",
                    "end_on": "",
                }
            ],
            contact_details=[],
        ),
    )

    assert Post.objects.get().area == area
    assert Membership.objects.get().on_behalf_of == party
