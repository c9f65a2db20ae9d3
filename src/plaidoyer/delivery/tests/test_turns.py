"""Letters reach a mailbox by turns: never too many in an hour, never outside its hours."""

import datetime
import random
import threading
from itertools import pairwise

import pytest
from django.db import connection
from django.utils import timezone

from plaidoyer.actions import confirmations
from plaidoyer.delivery import letters
from plaidoyer.delivery.mailboxes import turns
from plaidoyer.delivery.models import Letter, Mailbox
from plaidoyer.mail.models import Envelope
from plaidoyer.testing import make_campaign, make_form

from .simulated import HOUR, by_address, leave, midnight, most_in_an_hour, pass_time, without_budget
from .simulated import write as people_write

pytestmark = pytest.mark.django_db
TUESDAY = midnight(2026, 11, 24)
VALE = "vale@ministry.example"


def office_hours(address=VALE, **facts):
    """The reader at `address` is there from nine to five on weekdays, in Toronto."""
    chosen = {"opens": None, "closes": None, "weekends": None, "time_zone": "America/Toronto"}
    Mailbox.objects.filter(address=address).update(**chosen | facts)


def vale(**facts):
    form = make_form(kind="letter", opens_at=TUESDAY)
    office_hours(**facts)
    return form


def test_a_day_never_exceeds_the_pace_in_any_hour():
    form = vale()
    people_write(form, 80, at=TUESDAY + 8 * HOUR)

    left = pass_time(TUESDAY + 8 * HOUR, TUESDAY + 12 * HOUR)

    moments = [at for _address, at in left]
    assert most_in_an_hour(moments) <= 40
    assert most_in_an_hour([at for at in moments if at < TUESDAY + 10 * HOUR]) <= 10
    assert min(moments) >= TUESDAY + 9 * HOUR
    assert 55 <= len(moments) <= 70


def test_without_turns_the_same_day_breaks_the_pace():
    form = vale()
    people_write(form, 80, at=TUESDAY + 8 * HOUR)

    left = pass_time(TUESDAY + 8 * HOUR, TUESDAY + 9 * HOUR, give=without_budget)

    assert by_address(left)[VALE] == 80


def test_order_is_kept_and_nothing_leaves_at_night_or_on_a_sunday():
    form = vale(per_hour=1)
    people_write(form, 6, at=midnight(2026, 11, 27) + 15.5 * HOUR)

    left = pass_time(midnight(2026, 11, 27) + 15 * HOUR, midnight(2026, 12, 1), every=HOUR / 6)

    local = [timezone.localtime(at) for _address, at in left]
    assert {at.date() for at in local} == {datetime.date(2026, 11, 27), datetime.date(2026, 11, 30)}
    assert all(9 <= at.hour < 17 for at in local)
    turns_in_order = Letter.objects.order_by("id").values_list("turn_at", flat=True)
    assert list(turns_in_order) == sorted(turns_in_order)


def test_all_campaigns_share_one_budget():
    first = vale()
    other = make_form(
        make_campaign(slug="well", post=first.campaign.targets.get().post), kind="letter"
    )
    people_write(first, 30, at=TUESDAY + 10 * HOUR)
    people_write(other, 30, at=TUESDAY + 10 * HOUR, first=30)

    left = pass_time(TUESDAY + 10 * HOUR, TUESDAY + 11 * HOUR)

    assert by_address(left) == {VALE: 10}


def test_the_first_letter_leaves_at_once_within_the_hours():
    form = vale()

    people_write(form, 3, at=TUESDAY + 10 * HOUR)

    due = Letter.objects.order_by("id").values_list("turn_at", "envelope__due_at")
    assert due[0] == (TUESDAY + 10 * HOUR, TUESDAY + 10 * HOUR)
    assert [turn for turn, _due in due[1:]] == [None, None]


def test_a_withdrawn_letter_takes_nobodys_turn():
    form = vale()
    actions = people_write(form, 12, at=TUESDAY + 8 * HOUR)
    for action in actions[:6]:
        confirmations.withdraw(action)
    letters.cancel(actions[:6])

    left = pass_time(TUESDAY + 9 * HOUR, TUESDAY + 10 * HOUR)

    assert len(left) == 6


def test_what_the_relay_did_not_take_in_time_waits_for_the_morning_and_counts_once():
    form = vale()
    people_write(form, 2, at=TUESDAY + 16.99 * HOUR)
    assert Letter.objects.exclude(turn_at=None).count() == 1

    turns.go_round(TUESDAY + 17 * HOUR)

    assert not Letter.objects.exclude(turn_at=None).exists()
    assert leave(TUESDAY + 20 * HOUR) == []
    assert len(pass_time(TUESDAY + 32 * HOUR, TUESDAY + 34 * HOUR)) == 2


def test_letters_that_a_relay_kept_waiting_do_not_come_all_at_once():
    form = vale(per_hour=10)
    people_write(form, 60, at=TUESDAY + 9 * HOUR)
    for minute in range(180):  # the relay is away for three hours
        turns.go_round(TUESDAY + 9 * HOUR + minute * HOUR / 60)

    left = leave(TUESDAY + 12 * HOUR)

    assert 1 <= len(left) <= 10


def test_while_a_server_says_later_few_letters_ask_it():
    form = vale(per_hour=600)
    people_write(form, 30, at=TUESDAY + 9 * HOUR)
    for minute in range(60):
        at = TUESDAY + 9 * HOUR + minute * HOUR / 60
        turns.go_round(at)
        due = list(Envelope.objects.filter(state="queued", due_at__lte=at + HOUR).values_list("pk"))
        keys = [pk for (pk,) in due]
        Envelope.objects.filter(pk__in=keys).update(state="leased", sender=1)
        Envelope.objects.filter(pk__in=keys).update(
            state="deferred", sender=None, due_at=at + 4 * HOUR
        )

    assert 1 <= Envelope.objects.filter(state="deferred").count() <= 6


def test_letters_to_one_server_are_never_nearer_than_it_takes_them():
    form = vale(per_hour=1000)
    Mailbox.objects.update(warm_at=TUESDAY - 9 * HOUR * 24, next_at=TUESDAY - HOUR)
    people_write(form, 40, at=TUESDAY + 9 * HOUR)

    given = turns.go_round(TUESDAY + 9.1 * HOUR)

    given_turns = Letter.objects.exclude(turn_at=None)
    spaced = sorted(given_turns.values_list("envelope__due_at", flat=True))
    gaps = [later - earlier for earlier, later in pairwise(spaced)]
    assert given > 3
    assert min(gaps) >= HOUR / 3000


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_in_between_no_hour_has_more_than_its_pace(seed):
    chance = random.Random(seed)
    form = vale(per_hour=20, opens=0, closes=24, weekends=True)
    at, left, written = TUESDAY, [], 0
    people_write(form, 60, at=at)
    written += 60
    while at < TUESDAY + 6 * HOUR:
        at += datetime.timedelta(seconds=chance.choice([10, 60, 300, 900]))
        if chance.random() < 0.9:
            turns.go_round(at)
        if chance.random() < 0.1:
            Mailbox.objects.update(per_hour=chance.randint(5, 20))
        if chance.random() < 0.7:  # else the relay is away
            due = Envelope.objects.filter(state="queued", due_at__lte=at, kind="letter")
            left += [at] * due.count()
            leave(at)

    assert most_in_an_hour(left) <= 20
    assert len(left) > 20


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_share_one_budget():
    form = vale(per_hour=5, opens=0, closes=24, weekends=True)
    people_write(form, 40, at=TUESDAY)
    begin = threading.Barrier(4)

    def work():
        begin.wait()
        for minute in range(0, 60, 4):
            turns.go_round(TUESDAY + minute * HOUR / 60)
        connection.close()

    workers = [threading.Thread(target=work) for _worker in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    given = list(Letter.objects.exclude(turn_at=None).values_list("envelope__due_at", flat=True))
    assert len(given) <= 5
