"""What is kept of a supporter's asking for their page: shown to them, and erased when they ask."""

from typing import Any

from plaidoyer.mail import envelopes
from plaidoyer.mail.models import Envelope
from plaidoyer.supporters.models import Supporter
from plaidoyer.website.models import LinkRequest


def export(supporter: Supporter) -> list[dict[str, Any]]:
    """When the link to their page was asked for."""
    asked = LinkRequest.objects.filter(supporter=supporter).order_by("id")
    return [{"requested_at": one.requested_at, "language": one.language} for one in asked]


def erase(supporter: Supporter) -> None:
    """Empties the envelopes; that a link was asked for stays, so that it can say what happened."""
    envelopes.erase(Envelope.objects.filter(link_request__supporter=supporter))
