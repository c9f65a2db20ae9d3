"""Suzie has everything about her erased: nothing names her any more, and no count moves."""

import re

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from plaidoyer.actions import confirmations, counting, intake, matching
from plaidoyer.actions.messages import confirmation_path, withdrawal_path
from plaidoyer.actions.models import Action, Confirmation, Review, ShareCode
from plaidoyer.delivery import letters
from plaidoyer.delivery.models import Letter
from plaidoyer.mail.kinds import COMPOSERS
from plaidoyer.mail.models import Envelope
from plaidoyer.newsletters import mailings
from plaidoyer.newsletters.copies import unsubscribe_url
from plaidoyer.supporters import consents
from plaidoyer.supporters.models import Erasure, Supporter
from plaidoyer.testing import make_form
from plaidoyer.vault import fields
from plaidoyer.website.me import links

pytestmark = pytest.mark.django_db

EMAIL = "zuzie.kanarie@post.example"
CANARIES = ["zuzie", "kanarie", "zilverveer", "q9z 8x7", "kanariewoorden"]
WHO = {"given_name": "Zuzie", "family_name": "Zilverveer", "postal_code": "Q9Z 8X7"}
GONE_STATES = {"cancelled", "accepted"}


def act(form, **facts):
    return intake.append(form, **{"email": EMAIL, "language": "fr", "page": "/fr/", **WHO, **facts})


def sealed(canaries):
    """Where any of those words stands in a document that opens with the keys there are."""
    return sorted(
        {
            f"{model._meta.db_table}.{part}"
            for model in apps.get_models()
            if fields.parts(model)
            for row in model._default_manager.all()
            for part, said in row.sealed.parts.items()
            if any(word in str(said).lower() for word in canaries)
        }
    )


def found(canaries=CANARIES):
    """Where any of those words stands in any text or JSON of any table, sealed or not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND (data_type IN"
            " ('text', 'character varying', 'json', 'jsonb', 'ARRAY', 'tsvector'))"
        )
        places = []
        for table, column in cursor.fetchall():
            cursor.execute(
                f'SELECT count(*) FROM "{table}" WHERE lower("{column}"::text) ~ %s',
                ["|".join(canaries)],
            )
            if cursor.fetchone()[0]:
                places.append(f"{table}.{column}")
    return places + sealed(canaries)


@pytest.fixture
def suzie(client, shown):
    """Zuzie, who did a bit of everything."""
    wording = consents.wording("newsletter", "fr", "Oui, écrivez-moi.")
    petition = act(shown.petition, consent_wording=wording, content={"comment": "kanariewoorden"})
    targets = [shown.campaign.targets.get().pk]
    words = {"subject": "kanariewoorden", "body": "kanariewoorden", "targets": targets}
    letter = act(shown.letter, content=words)
    act(shown.petition)
    matching.match_pending()
    confirmations.confirm_many([petition, letter])
    letters.write([letter])
    assert Review.objects.get().text == "kanariewoorden"
    suzie = Supporter.objects.get()
    ShareCode.objects.create(supporter=suzie)
    slots = mailings.UNSUBSCRIBE_URL
    mailing = mailings.create(name="…", versions={"fr": mailings.Words("…", slots, slots)})
    mailings.freeze(mailing)
    links.request(email=EMAIL, language="fr")
    links.answer()
    return suzie


def page(suzie):
    """The address of her page."""
    asked = links.LinkRequest.objects.get(supporter=suzie)
    return re.sub("^/en/", "/fr/", links.path(asked))


def erase(client, suzie):
    return client.post(f"{page(suzie)}erasure/")


def test_nothing_in_the_whole_database_names_her_any_more(client, suzie):
    Envelope.objects.filter(kind="confirmation").update(state="leased")
    Envelope.objects.filter(kind="confirmation").update(
        state="refused", reply=f"550 <{EMAIL}> unknown"
    )
    before = found()
    assert {
        "actions_action.email",
        "actions_action.words",
        "actions_review.text",
        "delivery_letter.body",
        "mail_envelope.to_address",
        "mail_envelope.reply",
        "supporters_supporter.email",
    } <= set(before)

    answer = erase(client, suzie)

    assert answer.status_code == 303
    assert client.get(answer["Location"]).status_code == 200
    assert found() == []


def test_no_count_moves(client, shown, suzie):
    counting.recount()
    before = {
        form: counting.confirmed([form])[form.pk].value for form in (shown.petition, shown.letter)
    }
    rows = Action.objects.count(), Confirmation.objects.count(), Letter.objects.count()

    erase(client, suzie)
    counting.recount()

    after = {
        form: counting.confirmed([form])[form.pk].value for form in (shown.petition, shown.letter)
    }
    assert after == before
    assert (Action.objects.count(), Confirmation.objects.count(), Letter.objects.count()) == rows
    assert Letter.objects.get().recipient.startswith("Ada Vale")
    assert [consent.answer for consent in suzie.consents.order_by("id")] == ["given", "withdrawn"]


def test_no_mail_of_hers_or_to_her_leaves_any_more(client, suzie):
    assert Envelope.objects.due().count() > 3

    erase(client, suzie)

    assert not Envelope.objects.due().exists()
    for kind, compose in COMPOSERS.items():
        if kind == "letter":
            assert compose(list(Envelope.objects.filter(kind=kind))) == {}


def test_a_letter_that_waited_for_an_address_does_not_leave_once_there_is_one(client, suzie):
    Letter.objects.update(envelope=None)
    erase(client, suzie)

    assert letters.release() == 0
    assert letters.mend() == 0


def test_letters_not_yet_written_are_not_written_any_more(client, suzie):
    Letter.objects.all().delete()
    erase(client, suzie)

    assert letters.mend() == 0
    assert not Letter.objects.exists()


def test_what_was_sent_a_moment_ago_goes_too(client, shown, suzie):
    act(shown.petition)

    erase(client, suzie)
    matching.match_pending()

    assert found() == []
    assert Supporter.objects.count() == 1


def test_looking_erases_nothing(client, suzie):
    address = f"{page(suzie)}erasure/"

    assert client.get(address).status_code == 200
    assert client.head(address).status_code == 200

    assert not Erasure.objects.exists()


def test_every_old_link_says_kindly_that_nothing_is_kept(client, suzie):
    action = Action.objects.order_by("id").first()
    old = [
        page(suzie),
        f"{page(suzie)}data.json",
        confirmation_path(action),
        withdrawal_path(action),
    ]
    erase(client, suzie)

    for address in old:
        answer = client.get(address)
        assert (address, answer.status_code) == (address, 410)
        assert "supporters/nothing_kept.html" in [t.name for t in answer.templates]
    for address in (
        confirmation_path(action),
        withdrawal_path(action),
        f"{page(suzie)}newsletter/",
    ):
        assert client.post(address).status_code == 410
    assert erase(client, suzie).status_code == 410
    assert Erasure.objects.count() == 1


def test_the_way_out_of_the_newsletter_still_opens(client, suzie):
    address = unsubscribe_url(suzie)
    erase(client, suzie)

    for method in (client.get, client.post):
        answer = method(address)
        assert answer.status_code == 200
        assert "supporters/nothing_kept.html" in [t.name for t in answer.templates]


def test_names_that_tell_two_of_one_mailbox_apart_go_too(client, shown, suzie):
    shared = make_form(shown.campaign, mailbox_shared=True)
    confirmations.confirm_many([act(shared), act(shared, given_name="Kanarie")])
    told_apart = Confirmation.objects.filter(form=shared).values_list("person", flat=True)
    assert {len(person) for person in told_apart} == {32}

    erase(client, suzie)

    assert set(told_apart.all()) == {"1", "2"}
    assert found() == []
    assert Confirmation.objects.filter(form=shared).count() == 2


def test_what_she_sent_with_a_slip_in_her_address_goes_too(client, shown, suzie):
    slip = act(shown.petition, email="zuzie.kanarie@psot.example")
    matching.match_pending()
    act(shown.petition, corrects=slip)

    erase(client, suzie)

    assert found() == []


def test_she_may_come_back_as_somebody_new(client, shown, suzie):
    erase(client, suzie)

    matching.match([act(shown.petition)])

    assert Supporter.objects.count() == 2
    assert reverse("me:erased")
