"""No letter leaves, and no form of letters takes acts, but as a second person has seen it."""

import random

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from plaidoyer.actions import approvals
from plaidoyer.actions.models import ActionForm, FormApproval
from plaidoyer.campaigns.models import Target
from plaidoyer.civics.models import ContactDetail
from plaidoyer.delivery import letters
from plaidoyer.delivery.models import Letter
from plaidoyer.delivery.tests.test_letters import lauras_letter
from plaidoyer.testing import make_campaign, make_form, make_minister, make_organiser

pytestmark = pytest.mark.django_db

WORDS = {
    "subject": {"fr": "Le pré", "en": "The meadow"},
    "body": {"fr": "Protégez le pré.", "en": "Protect the meadow."},
}
GOOD = {"given_name": "Suzie", "family_name": "Roy", "page": "/", "step": "send"}


@pytest.fixture
def ed():
    return make_organiser("ed")


@pytest.fixture
def anne():
    return make_organiser("anne")


@pytest.fixture
def form(ed):
    """A letter that Ed has written and nobody has read."""
    form = make_form(make_campaign(), kind="letter", options=WORDS)
    write(form, ed)
    return form


def write(form, by, body="Protect the meadow."):
    form.options = {**WORDS, "body": {**WORDS["body"], "en": body}}
    approvals.edited(form, by=by)
    form.save()


def test_a_letter_opens_once_a_second_person_has_read_it(form, ed, anne):
    assert form.opening == "awaiting"
    with pytest.raises(ValidationError, match="Somebody else"):
        approvals.approve(form, by=ed)

    approvals.approve(form, by=anne, mark=approvals.seen(form))

    form.refresh_from_db()
    assert form.is_open


def test_another_word_sends_it_back_and_the_same_words_do_not(form, ed, anne):
    approvals.approve(form, by=anne)
    form.refresh_from_db()
    write(form, ed)
    assert form.is_open

    write(form, ed, body="Protect it, or else.")

    assert form.opening == "awaiting"


def test_who_looked_before_a_change_approves_nothing(form, ed, anne):
    mark = approvals.seen(form)
    write(form, ed, body="Something else.")

    with pytest.raises(ValidationError, match="since you looked"):
        approvals.approve(form, by=anne, mark=mark)


def test_letters_wait_when_an_address_was_swapped(form, anne):
    approvals.approve(form, by=anne)
    act = lauras_letter(form)
    ContactDetail.objects.update(value="mallory@elsewhere.example")

    assert letters.write([act]) == []

    form.refresh_from_db()
    assert form.opening == "awaiting"
    approvals.approve(form, by=anne)
    assert letters.mend() == 1  # nothing is lost


def test_nor_do_they_go_to_somebody_who_was_added(form, anne):
    approvals.approve(form, by=anne)
    Target.objects.create(
        campaign=form.campaign, post=make_minister(email="other@ministry.example")
    )

    assert letters.write([lauras_letter(form)]) == []


def test_the_control_an_approved_letter_leaves(form, anne):
    approvals.approve(form, by=anne)

    assert len(letters.write([lauras_letter(form)])) == 1


def test_what_no_person_wrote_here_waits_for_nobody():
    form = make_form(kind="letter", options=WORDS)

    assert approvals.covers(form)
    assert form.is_open


def test_no_sequence_of_steps_sends_what_no_second_person_saw(form, ed, anne):
    """Three thousand steps drawn by lot: texts, addresses, approvals right and stale, letters."""
    lot, people, marks = random.Random(4), [ed, anne], [""]
    approved = set()
    for _step in range(300):
        by = lot.choice(people)
        step = lot.choice(["text", "address", "look", "approve", "approve", "send"])
        if step == "text":
            write(form, by, body=lot.choice(["One.", "Two."]))
        elif step == "address":
            ContactDetail.objects.update(value=lot.choice(["a@m.example", "b@m.example"]))
        elif step == "look":
            marks.append(approvals.seen(form))
        elif step == "approve":
            try:
                approvals.approve(form, by=by, mark=lot.choice([marks[-1], approvals.seen(form)]))
            except ValidationError:
                pass
            else:
                assert by.pk != form.edited_by_id
                approved.add(approvals.seen(form))
        form = ActionForm.objects.select_related("campaign").get(pk=form.pk)
        if form.is_open and approvals.covers(form):
            assert approvals.seen(form) in approved
    assert len(approved) > 1  # not all was refused


def test_a_form_that_waits_takes_no_act_and_says_so(client, form):
    answer = client.post(f"/en/actions/{form.public_id}/", GOOD | {"email": "s@post.example"})

    assert answer.status_code == 403
    assert "Somebody reads this once more" in answer.text


def test_anne_reads_what_leaves_and_to_whom_and_presses(form, anne):
    client = Client()
    client.force_login(anne)
    page = client.get(reverse("forms:approve", args=[form.pk]))
    for words in ("Protect the meadow.", "vale@ministry.example", "https://ministry.example/"):
        assert words in page.text

    client.post(page.request["PATH_INFO"], {"mark": page.context["mark"]})

    assert FormApproval.objects.get().approved_by == anne


def test_ed_cannot_press_and_is_told_why(form, ed):
    client = Client()
    client.force_login(ed)

    page = client.get(reverse("forms:approve", args=[form.pk]))
    client.post(page.request["PATH_INFO"], {"mark": page.context["mark"]})

    assert "Somebody else approves what you wrote." in page.text
    assert not FormApproval.objects.exists()
    assert not Letter.objects.exists()
