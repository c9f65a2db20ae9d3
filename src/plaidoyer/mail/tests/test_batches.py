"""Batches: counted by the database, paused with a reason, cancelled for good."""

from contextlib import nullcontext
from itertools import permutations

import pytest
from django.db import IntegrityError

from plaidoyer.mail import batches, envelopes
from plaidoyer.mail.models import Batch, Envelope, Turn

pytestmark = pytest.mark.django_db
State = Envelope.State


@pytest.fixture
def batch():
    return Batch.objects.create(name="Spring", kind="note")


def fill(batch, number=10):
    addresses = [f"s{n}@home.example" for n in range(number)]
    return envelopes.queue(kind="note", to_addresses=addresses, batch=batch)


def move(some, *states):
    for state in states:
        Envelope.objects.filter(pk__in=[one.pk for one in some]).update(state=state)


@pytest.mark.parametrize(("before", "after"), list(permutations(State.values, 2)))
def test_the_database_allows_what_the_code_allows_and_nothing_else(before, after):
    envelope = Envelope.objects.create(kind="note", to_address="a@b.example", state=before)

    refused = pytest.raises(IntegrityError, match=f"cannot go from {before} to {after}")
    with nullcontext() if after in Envelope.NEXT.get(before, set()) else refused:
        Envelope.objects.filter(pk=envelope.pk).update(state=after)


def test_the_database_counts_a_batch(batch):
    made = fill(batch)

    move(made[:6], "leased", "accepted")
    move(made[:1], "bounced")
    move(made[6:8], "leased", "deferred")
    move(made[8:9], "leased")

    progress = batches.progress(batch)
    counted = {state: n for state, n in progress.by_state.items() if n}
    assert counted == {"queued": 1, "leased": 1, "deferred": 2, "accepted": 5, "bounced": 1}
    assert (progress.total, progress.left) == (10, 4)
    assert progress.per_second > 0
    assert progress.seconds_left


def test_what_leaves_the_common_way_leaves_a_dated_row(batch):
    first, second = fill(batch, 2)

    move([first], "leased", "accepted", "complained")
    move([second], "leased", "queued", "leased", "deferred", "leased", "accepted")

    told = list(Turn.objects.values_list("envelope", "before", "after"))
    assert told == [(first.pk, "accepted", "complained"), (second.pk, "leased", "deferred")]
    assert all(turn.since <= turn.at for turn in Turn.objects.all())


def test_the_first_reason_of_a_pause_stays(batch):
    assert batches.pause(batch, "Ed asked")
    assert not batches.pause(batch, "Anne asked")

    batch.refresh_from_db()
    assert (batch.paused_because, bool(batch.paused_at)) == ("Ed asked", True)
    assert batches.resume(batch)
    assert not batches.resume(batch)


def test_a_cancelled_batch_ends(batch):
    made = fill(batch)
    move(made[:3], "leased", "accepted")

    assert batches.cancel(batch)
    assert not batches.cancel(batch)
    assert not batches.resume(batch)

    counted = {state: n for state, n in batches.progress(batch).by_state.items() if n}
    assert counted == {"accepted": 3, "cancelled": 7}


@pytest.mark.parametrize(
    ("ends", "because"),
    [
        ({"refused": 9, "accepted": 20}, ""),
        ({"refused": 6, "bounced": 5, "accepted": 189}, "5.5 % came back or were refused."),
        ({"refused": 10, "accepted": 190}, ""),
        ({"complained": 1, "accepted": 10}, ""),
        ({"complained": 2, "accepted": 398}, "0.5 % of the readers reported it as spam."),
    ],
)
def test_a_batch_that_comes_back_too_often_pauses_itself_and_tells_why(batch, ends, because):
    for state, number in ends.items():
        Envelope.objects.bulk_create(
            Envelope(kind="note", to_address="a@b.example", batch=batch, state=state)
            for _ in range(number)
        )

    batches.watch([batch.pk])

    batch.refresh_from_db()
    assert (batch.paused_because, batch.paused_at is not None) == (because, bool(because))
