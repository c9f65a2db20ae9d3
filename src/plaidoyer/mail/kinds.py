"""Which room composes which kind of envelope.

A room registers its composer when Django starts (its `apps.py`), so that mail knows no room.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from plaidoyer.mail.models import Envelope


@dataclass(frozen=True, slots=True)
class Message:
    """What stands in one message; the engine adds Date, Message-ID and the MIME frame."""

    subject: str
    text: str
    html: str
    sender_name: str
    language: str
    reply_to: tuple[str, str] | None = None  # name, address
    headers: dict[str, str] = field(default_factory=dict)
    mailbox: str = "contact"  # what stands before the @ of MAIL_DOMAIN in From
    # Files: name, and a text, or bytes with their content type.
    attachments: tuple[tuple[str, str] | tuple[str, bytes, str], ...] = ()


# An envelope without an entry in what a composer gives back must not be sent any more.
Composer = Callable[[Sequence[Envelope]], dict[int, Message]]

# What makes the bytes of each of those that are still to be sent (Template.fill), for kinds that go
# to many: no row of ours is read one by one. They get what a sender leased (mail.pieces.Leased).
# No line of those bytes begins with a dot.
Filler = Callable[[Sequence[Any]], Mapping[int, Callable[[], bytes]]]

COMPOSERS: dict[str, Composer] = {}
FILLERS: dict[str, Filler] = {}
LABELS: dict[str, str | Promise] = {}
# Kinds that go to many who agreed: a complaint stops these.
BULK: set[str] = set()
# Kinds that their reader asked for a moment ago, such as a confirmation: what is wrong with an
# address (mail.suppressions) stops them for a day, not for ever.
ASKED: set[str] = set()
# Kinds whose reader is in office: what comes back is for their room to see to, no suppression.
OFFICIAL: set[str] = set()


def register(
    kind: str,
    composer: Composer,
    label: str | Promise = "",
    *,
    bulk: bool = False,
    asked: bool = False,
    official: bool = False,
    filler: Filler | None = None,
) -> None:
    """Lets `composer` write the envelopes of `kind`, which the back office calls `label`.

    With a `filler` the senders use that, and the composer only shows what they send.
    """
    COMPOSERS[kind] = composer
    if filler:
        FILLERS[kind] = filler
    LABELS[kind] = label or kind
    if bulk:
        BULK.add(kind)
    if asked:
        ASKED.add(kind)
    if official:
        OFFICIAL.add(kind)
