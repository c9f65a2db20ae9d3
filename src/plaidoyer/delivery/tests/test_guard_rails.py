"""What keeps letters few and stops them at once: caps of a supporter and a mailbox, freezes."""

import datetime
import time

import pytest
from django.test import Client
from django.utils import timezone

from plaidoyer.actions import confirmations
from plaidoyer.campaigns.models import Target
from plaidoyer.delivery import caps, letters
from plaidoyer.delivery.mailboxes import freezes, turns
from plaidoyer.delivery.models import Courtesy, Freeze, Letter, Mailbox
from plaidoyer.delivery.tests.test_letters import lauras_letter
from plaidoyer.mail.models import Envelope
from plaidoyer.testing import make_campaign, make_form, make_minister

pytestmark = pytest.mark.django_db


def letter_form(slug="meadow", campaign=None):
    campaign = campaign or make_campaign(slug=slug, post=make_minister(email=f"{slug}@m.example"))
    return make_form(campaign, kind="letter")


def write(*acts):
    return letters.write(acts)


def due():
    """How many letters may leave now."""
    soon = timezone.now() + datetime.timedelta(minutes=1)
    waiting = Envelope.objects.filter(kind="letter", state__in=["queued", "deferred"])
    return waiting.filter(due_at__lt=soon).count()


def test_one_supporter_writes_once_to_a_reader_in_one_campaign():
    first = letter_form()
    second = letter_form(campaign=first.campaign)
    assert len(write(lauras_letter(first))) == 1

    assert write(lauras_letter(second)) == []

    other = Target.objects.create(campaign=first.campaign, post=make_minister(email="x@m.example"))
    third = write(lauras_letter(letter_form(campaign=first.campaign)))
    assert [letter.target for letter in third] == [other]


def test_who_took_a_letter_back_may_write_again():
    form = letter_form()
    act = lauras_letter(form)
    write(act)
    confirmations.withdraw(act)

    assert len(write(lauras_letter(letter_form(campaign=form.campaign)))) == 1


def test_the_sixth_letter_of_a_day_waits_and_leaves_the_next():
    acts = [lauras_letter(letter_form(slug=f"cause-{number}")) for number in range(6)]
    assert [len(write(act)) for act in acts] == [1, 1, 1, 1, 1, 0]
    assert letters.mend() == 0

    yesterday = timezone.now() - caps.DAY - datetime.timedelta(minutes=1)
    Letter.objects.update(written_at=yesterday)

    assert letters.mend() == 1
    assert Letter.objects.count() == 6


def test_the_control_another_supporter_is_not_kept_back():
    for number in range(5):
        write(lauras_letter(letter_form(slug=f"cause-{number}")))

    assert len(write(lauras_letter(letter_form(slug="cause-9"), name="suzie"))) == 1


def test_a_mailbox_gets_no_more_in_a_day_than_was_promised(monkeypatch):
    monkeypatch.setattr(Courtesy, "current", classmethod(lambda cls: cls(per_day=3, per_hour=1000)))
    form = letter_form()
    Mailbox.objects.update(per_hour=1000, warm_at=timezone.now() - datetime.timedelta(days=2))
    write(*(lauras_letter(form, name=f"s{number}") for number in range(8)))
    start = timezone.now()

    for minute in range(30):
        turns.go_round(start + datetime.timedelta(minutes=minute))

    assert Letter.objects.exclude(turn_at=None).count() == 3


@pytest.fixture
def flood():
    """Letters of many that have their turn or wait for it."""
    form = letter_form()
    write(*(lauras_letter(form, name=f"s{number}") for number in range(30)))
    Letter.objects.update(turn_at=timezone.now())
    Envelope.objects.filter(kind="letter").update(due_at=timezone.now())
    assert due() == 30
    return form


@pytest.mark.parametrize("kind", ["campaign", "form", "target"])
def test_a_freeze_stops_what_leaves_at_once(flood, kind):
    subject = {"campaign": flood.campaign, "form": flood, "target": flood.campaign.targets.get()}
    began = time.monotonic()

    freezes.place(subject[kind], because="A threat")

    assert due() == 0
    assert time.monotonic() - began < 10
    turns.go_round()
    assert due() == 0
    flood.refresh_from_db()
    assert flood.is_open == (kind == "target")


def test_what_is_written_meanwhile_waits_too(flood):
    freezes.place(flood.campaign, because="A threat")

    write(lauras_letter(flood, name="late"))
    turns.go_round()

    assert due() == 0
    assert Letter.objects.count() == 31


def test_another_campaign_goes_on(flood):
    write(lauras_letter(letter_form(slug="rail"), name="s1"))
    freezes.place(flood.campaign, because="A threat")

    turns.go_round()

    assert due() == 1


def test_a_lifted_freeze_loses_nothing_and_opens_what_it_closed(flood):
    other = make_form(flood.campaign, paused_at=timezone.now() - datetime.timedelta(days=1))
    freeze = freezes.place(flood.campaign, because="A threat")
    assert freezes.place(flood.campaign, because="Again") == freeze

    assert freezes.lift(freeze)

    assert not freezes.lift(freeze)
    flood.refresh_from_db()
    other.refresh_from_db()
    assert (flood.is_open, other.opening) == (True, "paused")
    assert not Letter.objects.exclude(turn_at=None).exists()
    turns.go_round(timezone.now() + datetime.timedelta(minutes=20))
    assert Letter.objects.exclude(turn_at=None).exists()
    assert Letter.objects.count() == 30


def test_an_organiser_freezes_by_one_button_and_lets_go(flood, admin_client):
    page = admin_client.get("/admin/letters/freezes/", {"what": f"form-{flood.pk}"})
    assert "Nothing is frozen." in page.text

    admin_client.post(
        "/admin/letters/freezes/", {"what": f"form-{flood.pk}", "because": "A threat"}
    )

    freeze = Freeze.objects.get()
    assert freeze.placed_by.username == "admin"
    assert "A threat" in admin_client.get("/admin/letters/freezes/").text
    admin_client.post("/admin/letters/freezes/", {"step": "lift", "freeze": freeze.pk})
    assert Freeze.objects.get().lifted_at


@pytest.mark.parametrize("typed", [{}, {"what": "form-0", "because": "x"}, {"what": "%00"}])
def test_what_cannot_be_frozen_is_told(flood, admin_client, typed):
    answer = admin_client.post("/admin/letters/freezes/", typed)

    assert answer.status_code == 422
    assert not Freeze.objects.exists()


def test_strangers_freeze_nothing(flood):
    assert Client().post("/admin/letters/freezes/", {"what": f"form-{flood.pk}"}).status_code == 302
    assert not Freeze.objects.exists()
