"""Omar calls the minister, or whoever represents him, and reports what came of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plaidoyer.actions import confirmations, counting
from plaidoyer.actions.models import Action, ActionForm
from plaidoyer.campaigns.models import Target
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
from plaidoyer.testing import make_campaign, make_form, make_minister, make_organiser, make_pages

pytestmark = pytest.mark.django_db
OMAR = {"given_name": "Omar", "family_name": "Haddad", "email": "omar@post.example"}
OPTIONS = {
    "to": "targets",
    "steps": {
        "en": "Say your name.\nAsk for a meadow.",
        "fr": "Dites votre nom.\nDemandez le pré.",
    },
    "points": {"en": "It floods.", "fr": "Il est inondé."},
}


def number(owner, value="+1 613-555-0101, ext. 7"):
    field = type(owner).__name__.lower()
    ContactDetail.objects.create(
        **{field: owner}, type="voice", value=value, source="https://ministry.example/"
    )


@pytest.fixture
def form():
    minister = make_minister()
    number(minister)
    return make_form(make_campaign(post=minister), kind="call", options=OPTIONS)


@pytest.fixture
def by_code():
    house = Organization.objects.create(name=Words(en="Assembly"), classification="legislature")
    for name, prefixes in [("North", ["A1", "A9"]), ("South", ["A2", "A9"]), ("Empty", ["A3"])]:
        area = Area.objects.create(identifier=name, name=Words(en=name))
        for prefix in prefixes:
            PostalPrefix.objects.create(country="AR", prefix=prefix, area=area)
        post = Post.objects.create(
            organization=house, label=Words(en=f"Member for {name}"), area=area
        )
        number(post, f"613 555 01{prefixes[0][1] * 2}")
        if name != "Empty":
            person = Person.objects.create(given_name="Ada", family_name=f"Of{name}")
            Membership.objects.create(post=post, person=person)
    campaign = make_campaign()
    Target.objects.create(campaign=campaign, organization=house)
    return make_form(campaign, kind="call", options={**OPTIONS, "to": "representative"})


def report(client, form, language="en", **typed):
    if "whom" not in typed:
        typed["whom"] = f"target-{form.campaign.targets.get().pk}"
    sent = {**OMAR, "outcome": "staff", **typed}
    return client.post(f"/{language}/actions/{form.public_id}/", sent)


def find(client, form, **typed):
    return client.post(f"/en/actions/{form.public_id}/call/numbers/", typed)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ["Say your name.", "Ask for a meadow.", "It floods."]), ("fr", ["Dites votre nom."])],
)
def test_the_page_has_the_number_and_what_to_say(client, form, language, words):
    page = client.get(make_pages(form)[language].get_url()).content.decode()

    assert 'href="tel:+16135550101;ext=7"' in page
    assert "+1 613-555-0101, ext. 7" in page
    assert "Ada Vale" in page
    assert all(f"<li>{word}</li>" in page for word in words)
    assert len(page) < 30_000


def test_a_target_without_a_number_says_so(client):
    form = make_form(kind="call", options=OPTIONS)
    page = client.get(make_pages(form)["en"].get_url()).content.decode()

    assert "No official number is known" in page


def test_a_reported_call_counts_once_confirmed_and_is_named_as_reported(client, form):
    assert report(client, form, note="They will\nthink about it.").status_code == 303
    action = Action.objects.get()
    assert action.content == {
        "target": form.campaign.targets.get().pk,
        "outcome": "staff",
        "note": "They will\nthink about it.",
    }

    confirmations.confirm(action)
    counting.advance()

    page = client.get(make_pages(form)["en"].get_url()).content.decode()
    assert "<b>1</b> <span>person reported a call</span>" in page
    assert "think about it" not in page


def test_a_report_takes_three_queries_one_of_them_a_write(client, form):
    whom = f"target-{form.campaign.targets.get().pk}"
    with CaptureQueriesContext(connection) as queries:
        report(client, form, whom=whom)

    writes = [one for one in queries if not one["sql"].lstrip().upper().startswith("SELECT")]
    assert len(queries) <= 3
    assert len(writes) == 1


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("whom", ""),
        ("whom", "target-999999"),
        ("whom", "target-" + "9" * 40),
        ("whom", "post-1"),
        ("whom", "x\x00"),
        ("whom", "post-²"),
        ("outcome", ""),
        ("outcome", "bribed"),
        ("note", "x" * 1001),
    ],
)
def test_a_wrong_report_is_told_beside_the_field(client, form, field, typed):
    make_pages(form)

    page = report(client, form, **{field: typed})

    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert not Action.objects.exists()


def test_whoever_calls_their_member_gives_a_postal_code_first(client, by_code):
    page = client.get(make_pages(by_code)["en"].get_url()).content.decode()
    assert "tel:" not in page
    assert "Find the number" in page

    found = find(client, by_code, postal_code="a1 b2")
    page = found.content.decode()
    assert "tel:6135550111" in page
    assert "Ada OfNorth" in page
    assert "OfSouth" not in page
    assert found.headers["Cache-Control"] == "private, no-store"


def test_the_report_of_a_found_member_is_kept(client, by_code):
    make_pages(by_code)
    post = Post.objects.get(area__identifier="North")

    report(client, by_code, whom=f"post-{post.pk}", postal_code="A1")

    assert Action.objects.get().content == {"post": post.pk, "outcome": "staff"}


def test_the_report_of_a_found_member_takes_three_queries(client, by_code):
    post = Post.objects.get(area__identifier="North")
    with CaptureQueriesContext(connection) as queries:
        report(client, by_code, whom=f"post-{post.pk}")

    assert len(queries) <= 3


def test_nobody_elses_member_is_taken(client, by_code):
    make_pages(by_code)
    stranger = make_minister()

    assert report(client, by_code, whom=f"post-{stranger.pk}").status_code == 422


def test_a_code_of_two_areas_shows_both(client, by_code):
    make_pages(by_code)
    page = find(client, by_code, postal_code="A9").content.decode()

    assert "OfNorth" in page
    assert "OfSouth" in page


def test_a_vacant_seat_says_so_only_where_it_has_no_number(client, by_code):
    make_pages(by_code)
    ContactDetail.objects.filter(value="613 555 0133").delete()

    assert "This seat is vacant" in find(client, by_code, postal_code="A3").content.decode()


@pytest.mark.parametrize("code", ["", "Z9Z", "\x00", "é" * 500, "'; --"])
def test_an_unknown_code_offers_the_list(client, by_code, code):
    make_pages(by_code)

    page = find(client, by_code, postal_code=code)

    assert page.status_code == 422
    if len(code) < 13:
        assert "Ada OfSouth" in page.content.decode()


def test_a_member_chosen_from_the_list_is_called(client, by_code):
    make_pages(by_code)
    post = Post.objects.get(area__identifier="South")

    page = find(client, by_code, postal_code="Z9Z", seat=post.pk)

    assert "tel:6135550122" in page.content.decode()


def test_ed_reads_what_callers_report_by_target(client, form):
    for name, outcome in [("a", "staff"), ("b", "staff"), ("c", "against"), ("d", "person")]:
        report(client, form, email=f"{name}@post.example", outcome=outcome, note=f"note {name}")
    for action in Action.objects.all():
        if not action.email.startswith("d"):
            confirmations.confirm(action)
    client.force_login(make_organiser())

    answer = client.get("/admin/calls/")

    [(name, counts)] = answer.context["tally"]
    assert "Ada Vale" in name
    assert dict(counts) == {
        "I spoke to their staff": 2,
        "They told me that they are against it": 1,
    }
    assert "note c" in answer.content.decode()
    assert "note d" not in answer.content.decode()
    filtered = client.get("/admin/calls/?outcome=against").content.decode()
    assert "note c" in filtered
    assert "note a" not in filtered


def test_ed_writes_the_script(client):
    client.force_login(make_organiser())
    sheet = {
        "campaign": make_campaign().pk,
        "name_fr": "Appelez",
        "name_en": "Call",
        "opens_at": "2026-01-01 08:00",
        "challenge": "trouble",
        "options-to": "targets",
        "options-steps_en": "Say hello.\nSay why.",
    }

    answer = client.post("/admin/forms/new/?kind=call", sheet)

    assert answer.status_code == 302, answer.context["form"].errors
    assert ActionForm.objects.get().options["steps"] == {"en": "Say hello.\nSay why."}
