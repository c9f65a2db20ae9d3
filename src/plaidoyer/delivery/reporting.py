"""The letters' rungs of the count ladder, and the lists of the back office."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from plaidoyer.actions.models import ActionForm
from plaidoyer.delivery.models import Letter
from plaidoyer.mail.models import Envelope

State = Envelope.State


@dataclass(frozen=True, slots=True)
class Ladder:
    """How many letters stand on each rung at a moment; docs/reference/count-ladder.md."""

    queued: int  # put into an envelope, and neither cancelled nor suppressed since
    accepted: int  # the target's server said that it takes it, whatever came back later
    refused: int
    in_doubt: int
    bounced: int
    replied: int | None  # None: replies are not recorded


def ladder(forms: Iterable[ActionForm], until: datetime.datetime | None = None) -> Ladder:
    """Where the letters of `forms` stood just before `until`, or stand now."""
    until = until or timezone.now() + datetime.timedelta(seconds=1)

    def ended(*states: State) -> Count:
        return Count("id", filter=Q(envelope__state__in=states, envelope__ended_at__lt=until))

    queued = Q(envelope__queued_at__lt=until) & ~Q(
        envelope__state__in=[State.CANCELLED, State.SUPPRESSED]
    )
    counts = Letter.objects.filter(action__form__in=list(forms)).aggregate(
        queued=Count("id", filter=queued),
        accepted=ended(State.ACCEPTED, State.BOUNCED),
        refused=ended(State.REFUSED),
        in_doubt=ended(State.IN_DOUBT),
        bounced=ended(State.BOUNCED),
    )
    return Ladder(**counts, replied=None)
