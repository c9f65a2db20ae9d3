"""An open letter, signed by people and organisations."""

import html
import re
import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plaidoyer.actions import confirmations, counting, intake, messages, reviews
from plaidoyer.actions.kinds.open_letter import domains, organisations
from plaidoyer.actions.kinds.open_letter.models import (
    OrganisationSignature,
)
from plaidoyer.actions.models import (
    Action,
    Confirmation,
    Review,
)
from plaidoyer.testing import (
    accept_words,
    co_sign,
    co_sign_for,
    make_open_letter,
    make_organiser,
    make_pages,
)

pytestmark = pytest.mark.django_db


SUZIE = {"given_name": "Suzie", "family_name": "Roy", "email": "suzie@post.example"}
CLUB = {
    "given_name": "Laura",
    "family_name": "Ng",
    "email": "laura@canoe.example",
    "signing_as": "organisation",
    "name_fr": "Club de canoë",
    "name_en": "Canoe Club",
    "country": "CA",
    "website": "www.canoe.example",
    "size": "10-49",
    "function": "President",
}


@pytest.fixture
def form():
    form = make_open_letter()
    make_pages(form)
    return form


def send(client, form, language="en", **typed):
    return client.post(f"/{language}/actions/{form.public_id}/", typed)


def text_of(answer):
    page = answer.content.decode().partition("<main")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def shown(client, path="/en/campagnes/meadow/agir/"):
    return text_of(client.get(path))


def test_the_page_shows_the_letter_and_whom_it_addresses(client, form):
    page = shown(client)

    assert "Protect the meadow." in page
    assert "Ada Vale, Minister of Waters" in page
    assert "Protégez le pré." in shown(client, "/fr/campagnes/meadow/agir/")


def test_somebody_signs_for_themself(client, form):
    answer = send(client, form, **SUZIE, signing_as="self", named="on")

    assert answer.status_code == 303
    assert Action.objects.get().content == {"revision": 1, "named": True}


def test_somebody_signs_for_an_organisation(client, form):
    assert send(client, form, **CLUB).status_code == 303

    assert Action.objects.get().content == {
        "revision": 1,
        "organisation": {
            "name": {"fr": "Club de canoë", "en": "Canoe Club"},
            "country": "CA",
            "website": "https://www.canoe.example",
            "size": "10-49",
        },
        "function": "President",
    }


@pytest.mark.parametrize("typed", [{**SUZIE, "signing_as": "self"}, CLUB])
def test_one_write_at_the_door(client, form, typed):
    with CaptureQueriesContext(connection) as queries:
        assert send(client, form, **typed).status_code == 303

    assert len(queries) <= 3
    assert sum(one["sql"].startswith(("INSERT", "UPDATE")) for one in queries) == 1


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("country", ""),
        ("country", "XX"),
        ("country", "\x00"),
        ("website", ""),
        ("website", "javascript:alert(1)"),
        ("website", "https://"),
        ("website", "https://[::1"),
        ("website", "a b"),
        ("website", "https://" + "x" * 300 + ".example"),
        ("size", ""),
        ("size", "huge"),
        ("function", "\u202e"),
        ("function", "x" * 121),
        ("name_en", "x" * 151),
        ("signing_as", ""),
        ("signing_as", "nobody"),
    ],
)
def test_errors_stand_beside_their_field(client, form, field, typed):
    answer = send(client, form, **{**CLUB, field: typed})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "laura@canoe.example" in answer.content.decode()


def test_an_organisation_without_a_name_is_asked_for_it_in_the_page_s_language(client, form):
    answer = send(client, form, "fr", **{**CLUB, "name_fr": "", "name_en": " "})

    assert list(answer.context["form"].errors) == ["name_fr"]


def test_one_name_is_enough(client, form):
    assert send(client, form, **{**CLUB, "name_fr": ""}).status_code == 303


def test_what_was_typed_of_an_organisation_is_no_error_when_one_signs_for_oneself(client, form):
    typed = {**CLUB, "signing_as": "self", "website": "no site", "country": "XX"}

    assert send(client, form, **typed).status_code == 303
    assert "organisation" not in Action.objects.get().content


@pytest.mark.parametrize(("who", "kept"), [("persons", "self"), ("organisations", "organisation")])
def test_only_those_whom_the_organiser_lets_may_sign(client, who, kept):
    other = {"persons": "organisations", "organisations": "persons"}[who]
    form = make_open_letter(**{other: False})
    make_pages(form)
    forced = {"self": "organisation", "organisation": "self"}[kept]

    page = client.get("/en/campagnes/meadow/agir/").content.decode()
    send(client, form, **{**CLUB, "signing_as": forced})

    assert 'type="radio"' not in page
    assert ("organisation" in Action.objects.get().content) is (kept == "organisation")


def test_the_page_stays_small(client, form):
    assert len(client.get("/en/campagnes/meadow/agir/").content) < 30_000


@pytest.mark.parametrize(
    ("email", "site", "proven"),
    [
        ("a@canoe.example", "https://canoe.example", True),
        ("a@canoe.example", "https://www.Canoe.example/about?x", True),
        ("a@office.canoe.example", "https://canoe.example", True),
        ("a@canoe.example", "https://office.canoe.example", False),
        ("a@notcanoe.example", "https://canoe.example", False),
        ("a@canoe.example.evil.example", "https://canoe.example", False),
        ("a@gmail.com", "https://gmail.com", False),
        ("a@mail.facebook.com", "https://facebook.com/canoe", False),
        ("a@any.co.uk", "https://co.uk", False),
        ("a@any.com", "https://com", False),
        ("a@canoe.example", "https://canoe.example@evil.example", False),
        ("a@xn--cano-hpa.example", "https://canoë.example", False),
        ("a@xn--cano-opa.example", "https://canoë.example", True),
    ],
)
def test_mail_on_the_organisation_s_own_domain_is_proof(email, site, proven):
    assert domains.proves(email, site) is proven


def test_with_proof_by_mail_only_the_name_is_read(client, form):
    act = co_sign_for(form)

    signature = OrganisationSignature.objects.get()
    review = Review.objects.get()
    assert signature.proof == "domain"
    assert "own domain" in str(organisations.check(review))
    assert "Canoe Club" not in shown(client)
    accept_words(act, reason="")
    assert "Canoe Club" in shown(client)


def test_without_it_an_organiser_notes_how_it_was_checked(form):
    act = co_sign_for(form, email="laura@gmail.com")
    review = Review.objects.get()
    ed = make_organiser()

    with pytest.raises(reviews.ReasonMissingError):
        reviews.decide(review, accept=True, by=ed)
    assert reviews.accept_many([review.pk], by=ed) == 0
    reviews.decide(review, accept=True, by=ed, reason="Called the office on Monday.")

    row = organisations.listed().get(action=act)
    assert (row.proof, row.decision_reason) == ("review", "Called the office on Monday.")


def test_nothing_of_an_organisation_is_there_before_the_mail_is_confirmed(client, form):
    send(client, form, **CLUB)

    assert not OrganisationSignature.objects.exists()
    assert not Review.objects.exists()


def test_people_and_organisations_are_told_apart(client, form):
    co_sign(form)
    co_sign(form, email="omar@post.example", name="Omar Haddad")
    accept_words(co_sign_for(form))
    counting.recount()

    assert "3 signatures" in shown(client)
    assert "1 organisation and 2 people" in shown(client)


def test_one_mailbox_signs_for_its_owner_and_for_an_organisation(form):
    email = "laura@canoe.example"
    co_sign(form, email=email, name="Laura Ng")
    co_sign_for(form, email=email)
    again = co_sign(form, email=email, name="Laura Ng")

    assert Confirmation.objects.filter(withdrawal=None).count() == 2
    assert confirmations.state(again) is confirmations.State.DOUBLE


@pytest.mark.parametrize(
    ("name", "site"),
    [("CANOE  club", "https://other.example"), ("Les canots", "https://www.canoe.example/fr")],
)
def test_an_organisation_signs_once_and_the_second_is_told_kindly(client, form, name, site):
    co_sign_for(form)

    second = co_sign_for(form, name, site, email="omar@canoe.example")
    page = client.get(f"/en{messages.confirmation_path(second)[3:]}")

    assert OrganisationSignature.objects.count() == 1
    assert Confirmation.objects.filter(withdrawal=None).count() == 1
    assert "Your organisation has signed already" in text_of(page)
    assert "“Canoe Club” stands under this letter" in text_of(page)


def test_it_is_told_before_confirming_too(client, form):
    co_sign_for(form)
    send(client, form, **{**CLUB, "email": "omar@canoe.example"})

    page = client.get(f"/en{messages.confirmation_path(Action.objects.last())[3:]}")

    assert "has signed already" in text_of(page)
    assert "Yes, I confirm" not in text_of(page)


def test_pages_on_a_shared_site_are_different_organisations(form):
    co_sign_for(form, "Canoe", "https://facebook.com/canoe", email="a@gmail.com")
    co_sign_for(form, "Kayak", "https://facebook.com/kayak", email="b@gmail.com")

    assert OrganisationSignature.objects.count() == 2


def test_after_a_withdrawal_the_organisation_may_sign_again(form):
    first = co_sign_for(form)
    confirmations.withdraw(first)

    second = co_sign_for(form, email="omar@canoe.example")

    assert confirmations.state(second) is confirmations.State.COUNTED
    assert first.organisation_signature.released_at
    assert OrganisationSignature.objects.get(released_at=None).action == second


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_signs(form):
    acts = []
    for number in range(2):
        said = {"name": {"en": "Canoe"}, "country": "CA", "website": "https://canoe.example"}
        acts.append(
            intake.append(
                form,
                email=f"a{number}@canoe.example",
                given_name="A",
                family_name="B",
                language="en",
                page="",
                content={"organisation": {**said, "size": "1-9"}, "function": "x"},
            )
        )
    gate = threading.Barrier(2)

    def confirm(act):
        try:
            gate.wait()
            confirmations.confirm(act)
        finally:
            connection.close()

    threads = [threading.Thread(target=confirm, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert OrganisationSignature.objects.count() == 1
    assert Confirmation.objects.filter(withdrawal=None).count() == 1
