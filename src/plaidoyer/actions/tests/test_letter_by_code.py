"""A letter to the member who represents its writer, found by postal code."""

import html
import re

import pytest

from plaidoyer.actions.models import Action
from plaidoyer.campaigns.models import Campaign, Target
from plaidoyer.civics.models import (
    Area,
    ContactDetail,
    Membership,
    Organization,
    Person,
    Post,
    PostalPrefix,
)
from plaidoyer.lib.words import Words
from plaidoyer.testing import make_form, make_pages

pytestmark = pytest.mark.django_db

OPTIONS = {
    "to": "representative",
    "subject": {"fr": "Le pré", "en": "The meadow"},
    "body": {"fr": "Protégez-le.", "en": "Protect it."},
    "subject_editable": True,
    "body_editable": True,
}
LAURA = {"given_name": "Laura", "family_name": "Ng", "email": "laura@post.example"}


def make_seat(assembly, name, *prefixes, holder=True, party=None, language="en"):
    """A seat of the assembly, for the codes that begin so."""
    area = Area.objects.create(identifier=f"ocd:{name}", name=Words(fr=name, en=name))
    for prefix in prefixes:
        PostalPrefix.objects.create(country="XA", prefix=prefix, area=area)
    post = Post.objects.create(
        organization=assembly, area=area, label=Words(fr=f"Siège {name}", en=f"Member for {name}")
    )
    if holder:
        person = Person.objects.create(
            given_name="Ada", family_name=name, preferred_language=language
        )
        Membership.objects.create(person=person, post=post, on_behalf_of=party)
        ContactDetail.objects.create(
            person=person, value=f"{name.lower()}@assembly.example", source="https://a.example/"
        )
    return post


@pytest.fixture
def assembly():
    return Organization.objects.create(
        name=Words(fr="Assemblée", en="Assembly"), classification="legislature"
    )


@pytest.fixture
def form(assembly):
    """A form with four ridings: North, East and West (one code for both), and South, vacant."""
    campaign = Campaign.objects.create(slug="meadow", name=Words(fr="Pré", en="Meadow"))
    Target.objects.create(campaign=campaign, organization=assembly)
    for name, prefix in {"North": "X1", "East": "X2", "West": "X2"}.items():
        make_seat(assembly, name, prefix)
    make_seat(assembly, "South", "X3", holder=False)
    form = make_form(campaign, kind="letter", options=OPTIONS)
    make_pages(form)
    return form


def see(client, form, **typed):
    words = {name: OPTIONS[name]["en"] for name in ("subject", "body")}
    sent = {**LAURA, **words, "step": "preview", **typed}
    return client.post(f"/en/actions/{form.public_id}/", sent)


def send(client, form, preview):
    fields = re.findall(r'name="(\w+)" value="([^"]*)"', preview.content.decode())
    again = {name: html.unescape(value) for name, value in fields if name != "step"}
    return client.post(f"/en/actions/{form.public_id}/", {**again, "step": "send"})


def seat(name):
    return Post.objects.get(label__en=f"Member for {name}")


def text(answer):
    return html.unescape(re.sub(r"<[^>]+>", "", answer.content.decode()))


def test_the_page_asks_for_a_code_and_for_no_member(client, form):
    page = client.get(f"/en/actions/{form.public_id}/", follow=True)

    assert "the member who represents you" in text(page)
    assert 'name="seat"' not in page.content.decode()
    assert "(optional)" not in text(page)


def test_a_code_leads_to_its_member(client, form):
    preview = see(client, form, postal_code="x1a 4bc")

    assert "Ada North, Member for North <north@assembly.example>" in text(preview)
    assert send(client, form, preview).status_code == 303
    content = Action.objects.get().content
    assert content["posts"] == [seat("North").pk]
    assert content["targets"] == [form.campaign.targets.get().pk]


def test_a_code_in_two_areas_asks_which(client, form):
    asked = see(client, form, postal_code="X2A 1B1")

    assert asked.status_code == 422
    assert "lies in several areas" in text(asked)
    choices = dict(asked.context["form"].fields["seat"].choices)
    places = {str(seat("East").pk), str(seat("West").pk)}
    assert set(choices) == places | {"elsewhere", "unknown"}
    assert choices[str(seat("East").pk)] == "East: Ada East"

    preview = see(client, form, postal_code="X2A 1B1", seat=str(seat("West").pk))

    send(client, form, preview)
    assert Action.objects.get().content["posts"] == [seat("West").pk]


@pytest.mark.parametrize("code", ["Z9", "", "🦦", "%%%", "x" * 12])
def test_an_unknown_code_is_no_dead_end(client, form, code):
    asked = see(client, form, postal_code=code)

    assert asked.status_code == 422
    assert "seat" in asked.context["form"].errors
    assert len(asked.context["form"].fields["seat"].choices) == 5
    preview = see(client, form, postal_code=code, seat=str(seat("East").pk))
    assert "east@assembly.example" in text(preview)


def test_somebody_who_does_not_know_may_wait(client, form):
    preview = see(client, form, postal_code="Z9", seat="unknown")

    assert "waits until we know who represents you" in text(preview)
    send(client, form, preview)
    assert Action.objects.get().content["posts"] == []


def test_a_vacant_seat_is_told_before_it_leaves(client, form):
    preview = see(client, form, postal_code="X3")

    assert "Nobody holds this seat at present" in text(preview)
    assert "Member for South" in text(preview)


@pytest.mark.parametrize("typed", ["999999", "-1", "x\x00", "unknown ", "🦦" * 500, "1,2"])
def test_a_seat_that_is_none_is_refused(client, form, typed):
    assert see(client, form, postal_code="X2", seat=typed).status_code == 422


def test_a_seat_of_another_area_is_refused(client, form):
    assert see(client, form, postal_code="X2", seat=str(seat("North").pk)).status_code == 422


def test_nothing_is_looked_up_when_a_shown_letter_is_sent(
    client, form, django_assert_max_num_queries
):
    preview = see(client, form, postal_code="X1")

    with django_assert_max_num_queries(3):
        assert send(client, form, preview).status_code == 303


@pytest.mark.parametrize("shown", ["", "x", "eyJ0YXJnZXRzIjpbMV19:1abc:def", "\x00", "é" * 9000])
def test_what_was_not_shown_by_us_is_shown_first(client, form, shown):
    answer = see(client, form, postal_code="X1", step="send", shown=shown)

    assert answer.status_code == 200
    assert not Action.objects.exists()


def test_what_another_form_showed_is_not_taken(client, form):
    other = make_form(form.campaign, kind="letter", options=OPTIONS)
    preview = see(client, other, postal_code="X1")

    assert send(client, form, preview).status_code == 200
    assert not Action.objects.exists()


def test_a_large_legislature_takes_no_more_queries(
    client, form, assembly, django_assert_max_num_queries
):
    for number in range(60):
        make_seat(assembly, f"Riding{number}")

    with django_assert_max_num_queries(60) as queries:
        asked = see(client, form, postal_code="Z9")

    assert len(asked.context["form"].fields["seat"].choices) == 66
    assert len(queries) < 45
    assert "<select" in asked.content.decode()
