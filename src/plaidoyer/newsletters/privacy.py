"""What the newsletters keep about a supporter: shown to them, and erased when they ask."""

from typing import Any

from plaidoyer.mail import envelopes
from plaidoyer.mail.models import Envelope
from plaidoyer.newsletters.models import Copy
from plaidoyer.supporters.models import Supporter


def export(supporter: Supporter) -> list[dict[str, Any]]:
    """Every mailing that was addressed to `supporter`, and what became of their copy."""
    copies = Copy.objects.filter(supporter=supporter).select_related("mailing", "envelope")
    return [
        {
            "mailing": copy.mailing.name,
            "queued_at": copy.envelope.queued_at,
            "state": copy.envelope.state,
            "ended_at": copy.envelope.ended_at,
        }
        for copy in copies.order_by("mailing")
    ]


def erase(supporter: Supporter) -> None:
    """Empties the envelopes of their copies; one that has not left does not leave any more."""
    envelopes.erase(Envelope.objects.filter(copy__supporter=supporter))
