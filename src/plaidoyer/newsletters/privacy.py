"""What the newsletters keep about a supporter: shown to them, and erased when they ask."""

from typing import Any

from django.db.models import Q

from plaidoyer.mail import envelopes
from plaidoyer.mail.models import Envelope
from plaidoyer.newsletters.models import Copy
from plaidoyer.newsletters.topics import staying
from plaidoyer.supporters.models import Supporter


def export(supporter: Supporter) -> list[dict[str, Any]]:
    """Every mailing that was addressed to `supporter`, what became of their copy, and each time
    they were asked whether they stay."""
    copies = Copy.objects.filter(supporter=supporter).select_related("mailing", "envelope")
    told = [
        {"mailing": copy.mailing.name, **sent(copy.envelope)} for copy in copies.order_by("mailing")
    ]
    asked = supporter.stay_questions.select_related("envelope").order_by("pk")
    return told + [{"question": staying.KIND, **sent(one.envelope)} for one in asked]


def sent(envelope: Envelope) -> dict[str, Any]:
    """What became of one mail."""
    return {
        "queued_at": envelope.queued_at,
        "state": envelope.state,
        "ended_at": envelope.ended_at,
    }


def erase(supporter: Supporter) -> None:
    """Empties the envelopes of their copies; one that has not left does not leave any more."""
    theirs = Q(copy__supporter=supporter) | Q(stay_question__supporter=supporter)
    envelopes.erase(Envelope.objects.filter(theirs))
