"""Who holds an office, when; the change of a minister is history, never an overwriting."""

from datetime import date

import pytest
from django.urls import reverse

from plaidoyer.civics.models import Membership, Person, Post
from plaidoyer.testing import make_minister, make_organiser, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Post:
    """The Minister of Waters: Vale until May 4th 2026, from that day Moss."""
    office = make_minister()
    office.memberships.get_live_queryset().update(start_on="2024-01-01", end_on="2026-05-04")
    moss = Person.objects.create(given_name="Bea", family_name="Moss")
    Membership.objects.create(post=office, person=moss, start_on="2026-05-04")
    return Post.objects.get()


def sheet(office: Post, terms: list[dict]) -> dict:
    return typed(
        label=office.label,
        organization=office.organization_id,
        memberships=terms,
        contact_details=[],
    )


@pytest.mark.parametrize(
    ("day", "holder"),
    [
        (date(2023, 12, 31), None),
        (date(2024, 1, 1), "Vale"),
        (date(2026, 5, 3), "Vale"),
        (date(2026, 5, 4), "Moss"),
        (date(2030, 1, 1), "Moss"),
    ],
)
def test_the_holder_is_the_one_of_that_day(office, day, holder):
    held = office.holder(on=day)
    assert (held and held.family_name) == holder


def test_an_unknown_beginning_gives_way_to_a_known_one():
    office = make_minister()
    moss = Person.objects.create(given_name="Bea", family_name="Moss")
    Membership.objects.create(post=office, person=moss, start_on="2020-01-01")
    assert office.holder() == moss


def test_a_list_of_offices_asks_for_all_holders_at_once(client, django_assert_max_num_queries):
    client.force_login(make_organiser())
    for _i in range(15):
        make_minister()
    address = reverse("offices:index")
    client.get(address)
    with django_assert_max_num_queries(20):
        page = client.get(address)
    assert page.content.decode().count("Ada Vale") == 15


def test_a_new_minister_is_a_new_term_beside_the_old_one(client):
    client.force_login(make_organiser())
    office = make_minister()
    (vale,) = office.memberships.all()
    moss = Person.objects.create(given_name="Bea", family_name="Moss")
    terms = [
        {"id": vale.pk, "person": vale.person_id, "start_on": "2024-01-01", "end_on": "2026-05-04"},
        {"person": moss.pk, "start_on": "2026-05-04"},
    ]
    address = reverse("offices:edit", args=[office.pk])
    assert client.post(address, sheet(office, terms)).status_code == 302
    assert office.holder(on=date(2026, 1, 1)) == vale.person
    assert office.holder(on=date(2026, 6, 1)) == moss


def test_two_persons_cannot_hold_an_office_at_the_same_time(client):
    client.force_login(make_organiser())
    office = make_minister()
    (vale,) = office.memberships.all()
    moss = Person.objects.create(given_name="Bea", family_name="Moss")
    terms = [
        {"id": vale.pk, "person": vale.person_id, "start_on": "2024-01-01"},
        {"person": moss.pk, "start_on": "2026-05-04"},
    ]
    response = client.post(reverse("offices:edit", args=[office.pk]), sheet(office, terms))
    assert "would hold the office at the same time" in response.content.decode()
    assert office.memberships.count() == 1


def test_offices_are_found_by_holder_office_and_ministry_and_by_vacancy(client, office):
    client.force_login(make_organiser())
    address = reverse("offices:index")
    for looked_for in ["vale", "Moss", "ministre des eaux", "MINISTRY OF"]:
        assert list(client.get(address, {"q": looked_for}).context["object_list"]) == [office]
    assert not client.get(address, {"vacant": "true"}).context["object_list"]
    assert list(client.get(address, {"vacant": "false"}).context["object_list"]) == [office]


def test_an_official_address_says_where_it_was_read(client, office):
    client.force_login(make_organiser())
    detail = {"type": "email", "value": "waters@ministry.example", "source": "javascript:x"}
    sent = typed(
        label=office.label,
        organization=office.organization_id,
        memberships=[],
        contact_details=[{**detail, "verified_at": "2026-05-04 10:00"}],
    )
    response = client.post(reverse("offices:edit", args=[office.pk]), sent)
    rows = response.context["form"].formsets["contact_details"]
    assert set(rows.errors[0]) == {"source"}
