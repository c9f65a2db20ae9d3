"""Against those who try stolen cards: limits, a proof of work in trouble, a pause in a storm.

Card testers send many small gifts at once, from few places, with many cards. We count tries by
place, by address and by amount, and declined cards by place; nothing else is kept of anybody.
"""

import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from plaidoyer.actions.guards import challenges
from plaidoyer.donations import messages
from plaidoyer.donations.cards import offering
from plaidoyer.donations.cards.models import CardFact, CardPause
from plaidoyer.donations.models import Donation, Fund
from plaidoyer.donations.settings import GivingSettings
from plaidoyer.donations.words import Method
from plaidoyer.vault import marks

HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
# How soon declined cards are trouble.
BURST = datetime.timedelta(minutes=10)
# So many different cards declined from one place within a day are not one donor's.
CARDS_A_PLACE = 4
# So many gifts of one amount within BURST, and none of them paid, are a machine's.
SAME_AMOUNT = 10

TOO_OFTEN = _("Too many tries from here for now. Try in an hour, or give another way.")
NO_PROOF = _(
    "Cards are being tried here by somebody, so your browser has to solve a riddle first. It needs "
    "JavaScript. Press the button again, or give another way."
)
RESTS = _("Cards are not taken at this moment. Please give another way.")


def refusal(
    fund: Fund, facts: dict[str, Any], proof: str, settings: GivingSettings
) -> str | Promise:
    """Why this gift by card may not begin now; empty when it may."""
    if not offering.is_offered():
        return RESTS
    if is_too_often(facts, settings):
        return TOO_OFTEN
    if asks_proof(settings) and not challenges.solved(fund, proof):
        return NO_PROOF
    return ""


def is_too_often(facts: dict[str, Any], settings: GivingSettings) -> bool:
    """Whether this place, this address or this amount was tried too often."""
    now, most = timezone.now(), settings.tries_an_hour
    tries = Donation.objects.filter(method=Method.CARD, promised_at__gt=now - HOUR)
    if tries.filter(mark=marks.address(facts["email"])).count() >= most:
        return True
    same = tries.filter(promised_at__gt=now - BURST, amount=facts["amount"], payments=None)
    if same.filter(fund=facts["fund"]).count() >= SAME_AMOUNT:
        return True
    place = facts["network"]
    return bool(place) and (tries.filter(network=place).count() >= most or has_many_cards(place))


def has_many_cards(place: str) -> bool:
    """Whether several different cards of one place were declined within a day."""
    lately = declined(DAY).filter(donation__network=place).exclude(facts__card="")
    return lately.values("facts__card").distinct().count() >= CARDS_A_PLACE


def declined(span: datetime.timedelta) -> QuerySet[CardFact]:
    """The cards declined on the provider's page in the last `span`.

    Not those of monthly gifts: many expire on the first of a month, and nobody tries them.
    """
    since = timezone.now() - span
    failed = CardFact.objects.filter(kind="charge.failed", received_at__gt=since)
    return failed.filter(donation__recurring=None)


def asks_proof(settings: GivingSettings) -> bool:
    """Whether so many cards are declined that a proof of work is asked."""
    return declined(BURST).count() >= settings.trouble_failures


def watch() -> CardPause | None:
    """Lets the card form rest when twice as many cards as are trouble were declined.

    Tells organisers by mail, once a pause. None when nothing is amiss, or it rests already.
    """
    number = declined(BURST).count()
    if number < 2 * GivingSettings.current().trouble_failures:
        return None
    because = str(_("%(number)d cards were declined within ten minutes")) % {"number": number}
    pause, is_new = CardPause.objects.get_or_create(ended_at=None, defaults={"because": because})
    if not is_new:
        return None
    messages.alarm()
    return pause
