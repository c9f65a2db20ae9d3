"""The text of an open letter is frozen by the first signature; later edits are told."""

import html
import re

import pytest

from plaidoyer.actions import confirmations, messages
from plaidoyer.actions.kinds.open_letter import messages as mails
from plaidoyer.actions.kinds.open_letter import revisions, tasks
from plaidoyer.actions.kinds.open_letter.models import (
    Revision,
    RevisionNotice,
)
from plaidoyer.actions.models import (
    Action,
    ActionForm,
)
from plaidoyer.lib.words import Words
from plaidoyer.mail.models import Envelope
from plaidoyer.testing import (
    LETTER_TEXT,
    co_sign,
    make_open_letter,
    make_organiser,
    make_pages,
)

pytestmark = pytest.mark.django_db


SUZIE = {"given_name": "Suzie", "family_name": "Roy", "email": "suzie@post.example"}


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


def sheet(form, **typed):
    return {
        "campaign": form.campaign_id,
        "name_fr": "Pour le pré",
        "name_en": "For the meadow",
        "opens_at": "2026-01-01 08:00",
        "challenge": "trouble",
        "options-text_fr": LETTER_TEXT["fr"],
        "options-text_en": LETTER_TEXT["en"],
        "options-persons": "on",
        "options-organisations": "on",
    } | typed


@pytest.fixture
def ed(client, form):
    client.force_login(make_organiser())

    def save(**typed):
        return client.post(f"/admin/forms/edit/{form.pk}/", sheet(form, **typed))

    return save


NEW = "Minister,\n\nProtect the whole meadow."
NOTE = {"options-note_en": "We now ask for all of it.", "options-note_fr": "Nous demandons tout."}


def test_before_the_first_signature_the_text_is_free(ed, form):
    assert ed(**{"options-text_en": NEW}).status_code == 302

    form.refresh_from_db()
    assert form.options["text"]["en"] == NEW
    assert not Revision.objects.exists()


def test_after_it_a_change_needs_a_note(ed, form, client):
    send(client, form, **SUZIE, signing_as="self")  # not even confirmed

    answer = ed(**{"options-text_en": NEW})

    assert answer.status_code == 200
    assert "options-note" in answer.context["form"].errors
    form.refresh_from_db()
    assert form.options["text"] == LETTER_TEXT


def test_a_change_is_a_dated_revision_that_everybody_can_compare(ed, form, client):
    co_sign(form, revision=1)

    assert ed(**{"options-text_en": NEW}, **NOTE).status_code == 302

    form.refresh_from_db()
    assert [r.number for r in Revision.objects.all()] == [1, 2]
    assert form.options["revision"] == 2
    assert "note" not in form.options
    assert "We now ask for all of it." in shown(client)
    page = client.get(f"/en/actions/{form.public_id}/open_letter/revisions/").content.decode()
    assert "<ins>whole </ins>" in page
    assert "Protect the meadow." in html.unescape(re.sub("<[^>]+>", "", page))


def test_saving_the_sheet_without_another_text_is_no_revision(ed, form):
    co_sign(form, revision=1)

    assert ed(name_en="Another name").status_code == 302

    form.refresh_from_db()
    assert not Revision.objects.exists()
    assert form.name["en"] == "Another name"
    assert form.options["revision"] == 1


def test_a_third_text_is_the_third_revision(ed, form):
    co_sign(form, revision=1)
    ed(**{"options-text_en": NEW}, **NOTE)
    ed(**{"options-text_en": f"{NEW} Now."}, **NOTE)

    assert [r.number for r in Revision.objects.all()] == [1, 2, 3]
    form.refresh_from_db()
    assert form.options["revision"] == 3


def test_signers_are_told_once_in_their_language_with_a_way_out(form):
    co_sign(form, revision=1)
    gone = co_sign(form, email="omar@post.example", name="Omar Haddad", revision=1)
    confirmations.withdraw(gone)
    form.options = {**form.options, "text": {**LETTER_TEXT, "en": NEW}}
    form.save()
    revision = revisions.revise(
        form, before=Words(LETTER_TEXT), note=Words(en="All of it."), by=None
    )
    co_sign(form, email="late@post.example", name="Late Comer", revision=2)

    assert [revisions.tell(revision), revisions.tell(revision)] == [1, 0]

    [envelope] = Envelope.objects.filter(kind="revision")
    message = mails.compose([envelope])[envelope.pk]
    assert envelope.to_address == "suzie@post.example"
    assert "All of it." in message.text
    assert "/en/withdrawal/" in message.text
    assert f"/en/actions/{form.public_id}/open_letter/revisions/" in message.html


def test_who_takes_it_back_meanwhile_is_not_told(form):
    act = co_sign(form, revision=1)
    form.options = {**form.options, "text": {"en": NEW}}
    form.save()
    revision = revisions.revise(form, before=Words(LETTER_TEXT), note=Words(en="x"), by=None)
    revisions.tell(revision)
    confirmations.withdraw(act)

    assert mails.compose([RevisionNotice.objects.get().envelope]) == {}


def test_the_worker_tells_everybody(form):
    for number in range(3):
        co_sign(form, email=f"s{number}@post.example", revision=1)
    form.options = {**form.options, "text": {"en": NEW}}
    form.save()
    revision = revisions.revise(form, before=Words(LETTER_TEXT), note=Words(en="x"), by=None)

    tasks.tell_revision(revision_id=revision.pk)

    assert Envelope.objects.filter(kind="revision").count() == 3


@pytest.mark.parametrize(
    ("sent", "kept"), [("1", 1), ("2", 2), ("3", 2), ("0", 2), ("-1", 2), ("²", 2), ("", 2)]
)
def test_the_revision_that_was_on_the_page_is_kept(client, form, sent, kept):
    form.options = {**form.options, "revision": 2}
    form.save()

    send(client, form, **SUZIE, signing_as="self", revision=sent)

    assert Action.objects.get().content["revision"] == kept


def test_who_signed_an_earlier_text_is_told_on_their_page(client, form):
    act = co_sign(form, revision=1)
    ActionForm.objects.filter(pk=form.pk).update(options={**form.options, "revision": 2})

    page = client.get(f"/en{messages.confirmation_path(act)[3:]}")

    assert "has been revised since you signed it" in text_of(page)
