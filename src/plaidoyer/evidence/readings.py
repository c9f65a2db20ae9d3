"""Reading a link that somebody gives as evidence: what it is, its hash and, if wanted, a copy."""

import datetime
import hashlib
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from plaidoyer.civics import fetching
from plaidoyer.evidence import pages
from plaidoyer.evidence.links import proofs
from plaidoyer.evidence.models import MEGABYTES, EvidenceSettings, Reading

# Somebody waits for it.
SECONDS = 10
UNUSED_FOR = datetime.timedelta(days=7)


class UnreadableError(Exception):
    """A link that could not be read: why, in the reader's language."""


def read(address: str, by: Any) -> Reading:
    """Reads what stands at `address`, kept as it was at this moment.

    A link by http is asked by https. Raises UnreadableError: not of a public machine, no answer,
    an error, too large, or the site wants no programs.
    """
    try:
        found = fetching.ask(fetching.secure(address), within=SECONDS, limit=MEGABYTES * 1_000_000)
    except fetching.SourceError as error:
        raise UnreadableError(error.told) from error
    if found.status != 200:
        words = {"address": address, "status": found.status}
        raise UnreadableError(_("%(address)s answered %(status)s") % words)
    return keep(address, found, by)


def keep(address: str, found: fetching.Reply, by: Any) -> Reading:
    """The row of what an address answered."""
    kind = found.headers.get("content-type", "")
    language = found.headers.get("content-language", "")
    said = pages.about(found.content, kind, found.address or address, language)
    return Reading.objects.create(
        address=address[:500],
        found_at=(found.address or address)[:2000],
        content_type=pages.parsed_type(kind)[0][:100],
        sha256=hashlib.sha256(found.content).hexdigest(),
        size=len(found.content),
        title=said.title,
        publisher=said.publisher,
        published_on=said.published_on,
        language=said.language,
        content=found.content if EvidenceSettings.current().keeps_copies else b"",
        read_by=by,
    )


def of(address: str) -> Reading | None:
    """The last reading of `address`, for the evidence that gives it."""
    return Reading.objects.filter(address=address).order_by("-read_at", "-id").first()


def forget_unused() -> int:
    """Deletes readings of which nobody made evidence within a week; how many."""
    old = Reading.objects.filter(read_at__lt=timezone.now() - UNUSED_FOR)
    for proof in proofs():
        old = old.exclude(pk__in=proof.objects.filter(reading__isnull=False).values("reading"))
    return old.delete()[0]
