"""Proof of work: a riddle for the browser, none for the person (ALTCHA, MIT, no third party).

The browser fetches a riddle of its own, tries a few hundred keys, and sends what fits with the
act. The riddle is signed, good for one form and for 20 minutes, and counts once. An act without
a proof where one is asked is never refused: it is held (rates).
"""

import datetime
import hmac
import secrets
from collections.abc import Collection
from typing import Protocol

import altcha
from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone

from plaidoyer.actions.guards.models import GuardSettings
from plaidoyer.actions.models import ActionForm, Held, Hold

Challenge = ActionForm.Challenge

# A key of this many rounds is derived for each of LEAST to LEAST + SPREAD tries: half a second
# on a computer of today, two on an old phone.
ALGORITHM, ROUNDS, LEAST, SPREAD = "PBKDF2/SHA-256", 2000, 150, 300
VALID = datetime.timedelta(minutes=20)
# Whoever opened the page before the trouble began has no proof and is no suspect.
GRACE = datetime.timedelta(minutes=10)
HOUR = datetime.timedelta(hours=1)
LONGEST = 4000
MARK = 40
# What an act keeps that came without the proof its form may ask for.
MISSING = "none"


def secret(purpose: str) -> bytes:
    return hmac.digest(
        settings.SECRET_KEY.encode(), f"plaidoyer.proof.{purpose}".encode(), "sha256"
    )


def asked(form: ActionForm) -> bool:
    """Whether `form` asks for a proof at this moment; one query where it may."""
    if form.challenge == Challenge.TROUBLE:
        return form.pk in troubled([form.pk], timezone.now(), GuardSettings.current())
    return form.challenge == Challenge.ALWAYS


def troubled(forms: Collection[int], since: datetime.datetime, guard: GuardSettings) -> set[int]:
    """Those of `forms` on which so many acts are held for their rate that it is trouble: both in
    the hour before now and in that before `since`. What was released troubles nobody."""
    now = timezone.now()
    rates = Held.objects.filter(
        hold__form__in=forms,
        hold__cause__in=[Hold.Cause.NETWORK, Hold.Cause.DOMAIN],
        held_at__gt=min(since, now) - HOUR,
        released_at=None,
    )
    counts = rates.values("hold__form").annotate(
        now=Count("id", Q(held_at__gt=now - HOUR)), then=Count("id", Q(held_at__lte=since))
    )
    enough = counts.filter(now__gte=guard.trouble_acts, then__gte=guard.trouble_acts)
    return set(enough.values_list("hold__form", flat=True))


class Asking(Protocol):
    """What a riddle is about: a form of acts, or a fund."""

    @property
    def public_id(self) -> str: ...


def make(form: Asking) -> dict:
    """A new riddle for one act on `form`, as the browser's module reads it (website/proof.js)."""
    return altcha.create_challenge(
        ALGORITHM,
        ROUNDS,
        counter=LEAST + secrets.randbelow(SPREAD),
        expires_at=timezone.now() + VALID,
        data={"form": form.public_id},
        hmac_secret=secret("riddle"),
        hmac_key_secret=secret("answer"),
    ).to_dict()


def kept(form: ActionForm, sent: str) -> str:
    """What an act keeps of the proof that came with it: its riddle's mark, or MISSING.

    Empty on a form that never asks. Asks nothing of the database. Never raises: whatever
    somebody sent that is no proof is none.
    """
    if form.challenge == Challenge.NEVER:
        return ""
    return solved(form, sent) or MISSING


def solved(form: Asking, sent: str) -> str:
    """The mark of the riddle of ours for `form` that `sent` answers in time; empty if none.

    Of one riddle there is one mark, however its answer is spelt.
    """
    if not sent or len(sent) > LONGEST:
        return ""
    try:
        payload = altcha.Payload.from_base64(sent)
        found = altcha.verify_solution(payload, secret("riddle"), hmac_key_secret=secret("answer"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return ""
    riddle = payload.challenge
    is_ours = found.verified and riddle.parameters.data == {"form": form.public_id}
    return (riddle.signature or "")[:MARK] if is_ours else ""
