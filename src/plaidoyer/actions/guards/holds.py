"""Holding acts and letting them go: who, when, why; in batches, and every batch may run twice.

An act counts when it is confirmed, not withdrawn, and under no open hold. Holding a confirmed act
cancels what has not left of it; releasing it writes that again. Figures of past days are counted
anew after each batch.
"""

import datetime
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app

from plaidoyer.actions import confirmations, counting
from plaidoyer.actions.guards.choices import chosen
from plaidoyer.actions.models import Action, ActionForm, Confirmation, Held, Hold

BATCH = 500


class AlreadyLiftedError(ValueError):
    """Somebody lifted the hold before."""


@transaction.atomic
def invalidate(
    form: ActionForm, *, filters: dict[str, Any], reason: str, by: User, upto: int, foreseen: int
) -> Hold:
    """Places a hold on the acts of `form` that fit `filters`, up to the act numbered `upto`.

    What came after the preview was not looked at and stays. The acts are held by a job. Raises
    ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("reason")
    hold = Hold.objects.create(
        cause=Hold.Cause.ORGANISER,
        form=form,
        reason=reason,
        chosen={**filters, "upto": upto},
        foreseen=foreseen,
        placed_by=by,
    )
    app.configure_task("actions.apply_hold").defer(hold_id=hold.pk)
    return hold


@transaction.atomic
def lift(hold: Hold, *, by: User, because: str) -> None:
    """Lets all acts of `hold` go, by a job.

    Raises AlreadyLiftedError for the second of two who do it, ValueError without a reason.
    """
    if not because.strip():
        raise ValueError("because")
    standing = Hold.objects.filter(pk=hold.pk, lifted_at=None)
    if not standing.update(lifted_at=timezone.now(), lifted_by=by, lifted_because=because):
        raise AlreadyLiftedError
    app.configure_task("actions.lift_hold").defer(hold_id=hold.pk)


def release(hold: Hold, acts: Sequence[int], *, by: User, because: str) -> int:
    """Lets those of `acts` go that `hold` still holds; how many. Raises ValueError as lift."""
    if not because.strip():
        raise ValueError("because")
    with transaction.atomic():
        Hold.objects.select_for_update(no_key=True).get(pk=hold.pk)
        going = hold.held.filter(action__in=acts, released_at=None)
        released = let_go(going, released_by=by, released_because=because)
    heal(released)
    return len(released)


def apply(hold_id: int) -> None:
    """Holds the acts that an organiser chose, batch by batch, until none is left or it is lifted.

    May be run again after a crash: an act that was held before, or released since, stays as it
    is.
    """
    after = 0
    while (batch := apply_batch(hold_id, after)) is not None:
        counted, after = batch
        heal(counted)


@transaction.atomic
def apply_batch(hold_id: int, after: int = 0) -> tuple[list[Action], int] | None:
    """One batch of `apply`, of the acts after that one: those that counted until now, and the last
    of the batch. None ends and dates it."""
    hold = Hold.objects.select_for_update(of=("self",), no_key=True).get(pk=hold_id)
    if hold.lifted_at or hold.applied_at:
        return None
    waiting = Action.objects.exclude(id__in=hold.held.values("action"))
    found = chosen(hold.form, {**hold.chosen, "after": after}, among=waiting, limit=BATCH)
    acts = locked(found.values("id").order_by("id")[:BATCH])
    if not acts:
        Hold.objects.filter(pk=hold_id).update(applied_at=timezone.now())
        return None
    counted = counting_among(acts)
    Held.objects.bulk_create((Held(action=act, hold=hold) for act in acts), ignore_conflicts=True)
    confirmations.follow_up(counted, "after_withdrawal")
    return counted, acts[-1].pk


def unapply(hold_id: int) -> None:
    """Lets the acts of a lifted hold go, batch by batch. May be run again."""
    hold = Hold.objects.get(pk=hold_id)
    while True:
        with transaction.atomic():
            Hold.objects.select_for_update(no_key=True).get(pk=hold_id)
            held = hold.held.filter(released_at=None).order_by("action_id")
            going = hold.held.filter(id__in=held.values("id")[:BATCH], released_at=None)
            released = let_go(
                going, released_by=hold.lifted_by, released_because=hold.lifted_because
            )
        if not released:
            return
        heal(released)


def let_go(going: QuerySet[Held], **why: Any) -> list[Action]:
    """Releases the rows of `going`, and has done what waited for those that count now."""
    acts = locked(going.values("action"))
    going.filter(action__in=acts).update(released_at=timezone.now(), **why)
    confirmations.follow_up(counting_among(acts), "after_confirmation")
    return acts


def locked(ids: Any) -> list[Action]:
    """The acts numbered `ids`, locked as a confirmation does: of an act that is confirmed and
    held, or released, at the same instant, one comes after the other and sees it."""
    return list(
        Action.objects.select_for_update(of=("self",), no_key=True)
        .filter(id__in=ids)
        .select_related("form")
        .order_by("id")
    )


def counting_among(acts: Sequence[Action]) -> list[Action]:
    """Those of `acts` that count at this moment."""
    counted = Confirmation.objects.counted().filter(action__in=acts)
    ids = set(counted.values_list("action_id", flat=True))
    return [act for act in acts if act.pk in ids]


def heal(acts: Sequence[Action]) -> None:
    """Counts the days of `acts` anew."""
    first = Confirmation.objects.filter(action__in=acts).aggregate(at=Min("confirmed_at"))["at"]
    if first:
        counting.advance(first.astimezone(datetime.UTC).date(), wait=True)


def numbers(holds: Sequence[Hold]) -> dict[int, dict[str, int]]:
    """For each hold how many acts it took, and of these how many it holds still; one query."""
    found = Held.objects.filter(hold__in=holds).values("hold")
    counts = found.annotate(taken=Count("id"), held=Count("id", Q(released_at=None)))
    return {row["hold"]: {"taken": row["taken"], "held": row["held"]} for row in counts}


def is_running(hold: Hold, numbers: dict[str, int]) -> bool:
    """Whether a job has still to hold acts, or to let them go."""
    return bool(numbers["held"]) if hold.lifted_at else hold.applied_at is None


def waiting_in(hold: Hold) -> int:
    """How many of the acts that `hold` holds would count without any hold."""
    confirmed = Confirmation.objects.filter(withdrawal=None)
    return confirmed.filter(action__held__hold=hold, action__held__released_at=None).count()
