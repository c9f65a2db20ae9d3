"""How acts say that they came by a mailing (Action.via)."""

from plaidoyer.actions import sharing
from plaidoyer.newsletters.models import Mailing


def channel(mailing: Mailing) -> str:
    """What an act that came by `mailing` has as its way: our own mail, and which."""
    return f"{sharing.LETTER.name}.{mailing.public_id}"
