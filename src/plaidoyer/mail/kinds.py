"""Which room composes which kind of envelope.

A room registers its composer when Django starts (its `apps.py`), so that mail knows no room.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.functional import Promise

from plaidoyer.mail.models import Envelope
from plaidoyer.mail.pieces import Leased


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
# to many: no row of ours is read one by one. No line of those bytes begins with a dot.
Filler = Callable[[Sequence[Leased]], Mapping[int, Callable[[], bytes]]]


class Reader(NamedTuple):
    """Whom an envelope goes to, and what its room has read of them, which its filler gets."""

    address: str
    known: Any = None


# The readers of those that still have one, for kinds whose envelopes bear no address.
Finder = Callable[[Sequence[int]], Mapping[int, Reader]]

COMPOSERS: dict[str, Composer] = {}
READERS: dict[str, Finder] = {}
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
    readers: Finder | None = None,
) -> None:
    """Lets `composer` write the envelopes of `kind`, which the back office calls `label`.

    With a `filler` the senders use that, and the composer only shows what they send. With
    `readers` its envelopes bear no address: it is looked up, by their ids, when they leave.
    """
    COMPOSERS[kind] = composer
    if filler:
        FILLERS[kind] = filler
    if readers:
        READERS[kind] = readers
    LABELS[kind] = label or kind
    if bulk:
        BULK.add(kind)
    if asked:
        ASKED.add(kind)
    if official:
        OFFICIAL.add(kind)


def addressed(leased: Sequence[Leased]) -> list[Leased]:
    """`leased` in their order, with the addresses of those that bear none."""
    found: dict[int, Reader] = {}
    for kind in {one.kind for one in leased} & READERS.keys():
        found |= READERS[kind]([one.pk for one in leased if one.kind == kind])
    return [
        one._replace(to_address=found[one.pk].address, known=found[one.pk].known)
        if one.pk in found
        else one
        for one in leased
    ]


def address(envelope: Envelope) -> str:
    """Where one envelope goes, wherever its address is kept; nothing once its reader is erased."""
    found = READERS[envelope.kind]([envelope.pk]) if envelope.kind in READERS else {}
    return found[envelope.pk].address if envelope.pk in found else envelope.to_address
