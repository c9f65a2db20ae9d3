"""What is kept of a supporter's asking for their page: shown to them, and erased when they ask."""

from typing import Any

from plaidoyer.mail import envelopes, suppressions
from plaidoyer.mail.models import Envelope, Suppression
from plaidoyer.supporters.models import Supporter
from plaidoyer.website.models import LinkRequest


def export(supporter: Supporter) -> list[dict[str, Any]]:
    """When the link to their page was asked for."""
    asked = LinkRequest.objects.filter(supporter=supporter).order_by("id")
    return [{"requested_at": one.requested_at, "language": one.language} for one in asked]


def erase(supporter: Supporter) -> None:
    """Empties the envelopes; that a link was asked for stays, so that it can say what happened."""
    envelopes.erase(Envelope.objects.filter(link_request__supporter=supporter))


def export_suppressions(supporter: Supporter) -> list[dict[str, Any]]:
    """Since when, and why, no mail goes to their address."""
    listed = Suppression.objects.filter(mark=supporter.mark).order_by("id")
    return [
        {
            "address": one.address,
            "reason": one.reason,
            "evidence": one.words,
            "suppressed_at": one.suppressed_at,
            "lifted_at": one.lifted_at,
        }
        for one in listed
    ]


def hide_suppressions(supporter: Supporter) -> None:
    """Keeps the mark alone, so that we still know the address when it comes back."""
    suppressions.hide(supporter.email)
