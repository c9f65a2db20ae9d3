"""What comes of what came in: an envelope's state, an address on the list, word to a room."""

import datetime
import logging
import traceback

from django.db import transaction
from django.utils import timezone

from plaidoyer.mail import kinds, returns, suppressions
from plaidoyer.mail.inbound import codes
from plaidoyer.mail.inbound.understanding import Understood, understand
from plaidoyer.mail.models import Envelope, Incoming, Suppression
from plaidoyer.mail.scrubbing import scrubbed
from plaidoyer.vault import marks

logger = logging.getLogger(__name__)

Kind, State = Incoming.Kind, Envelope.State

MOST = 200
# A bounce may be here before the sender has written down that the relay took the mail.
EARLY = datetime.timedelta(seconds=10)
# Then later and later: what a room cannot be told for a day is left for somebody to look at.
MOST_FAILURES = 12
# What an address sent back longer ago is not held against it.
SINCE = datetime.timedelta(days=90)
# A provider that names only the address means a mail of the last days.
BY_ADDRESS = datetime.timedelta(days=7)


def read_waiting(limit: int = MOST) -> int:
    """Reads what waits, each in its own transaction; how many were tried.

    One that breaks (a room's receiver, a database that went away) holds up no other.
    """
    waiting = Incoming.objects.filter(read_at=None, try_at__lte=timezone.now())
    keys = list(waiting.order_by("try_at", "id").values_list("pk", flat=True)[:limit])
    for key in keys:
        try:
            read(key)
        except Exception as error:
            # The error's own words may name a person; its type and place do not.
            place = "".join(traceback.format_tb(error.__traceback__))
            logger.error("Incoming %s: %s\n%s", key, type(error).__name__, place)
            _later(key)
    return len(keys)


def _later(key: int) -> None:
    row = Incoming.objects.filter(pk=key, read_at=None).first()
    if row is None:
        return
    row.failures += 1
    row.try_at = timezone.now() + datetime.timedelta(seconds=10 * 2**row.failures)
    if row.failures >= MOST_FAILURES:
        row.kind, row.read_at = Kind.UNREADABLE, timezone.now()
    row.save(update_fields=["failures", "try_at", "kind", "read_at"])


@transaction.atomic
def read(key: int) -> str:
    """Reads one row and does what follows from it, all or nothing; the kind, empty if not now.

    Read again, or by two workers at once, nothing more happens.
    """
    locked = Incoming.objects.select_for_update(skip_locked=True, no_key=True)
    row = locked.filter(pk=key, read_at=None).first()
    if row is None:
        return ""
    if row.recipient and (receiver := returns.desk(row.recipient)):
        receiver(row)
        row.kind, row.read_at = Kind.AUTO_REPLY, timezone.now()
        row.save(update_fields=["kind", "read_at", "sealed"])
        return row.kind
    said = understand(bytes(row.raw), via=row.via, recipient=row.recipient, sender=row.sender)
    envelope = _envelope(said)
    if envelope and _is_early(envelope, said, row):
        Incoming.objects.filter(pk=key).update(try_at=timezone.now() + EARLY)
        return ""
    row.kind = _kind(said, envelope)
    row.envelope, row.code = envelope, said.code[:16]
    row.words = scrubbed(said.words, envelope.to_address if envelope else "")[:500]
    row.read_at = timezone.now()
    if envelope:
        row.mark = envelope.mark
    row.save()
    if envelope:
        _follow(row, said, envelope)
    return row.kind


def _kind(said: Understood, envelope: Envelope | None) -> str:
    """What it is to us: of a mail that we do not know, nothing."""
    lost = envelope is None and said.kind != Kind.UNREADABLE
    return Kind.STRAY if lost else said.kind


def _envelope(said: Understood) -> Envelope | None:
    """The mail that it is of: by what proves it, else by whom a verified provider names."""
    known = Envelope.objects.select_for_update(no_key=True).order_by("-queued_at")
    if said.uids:
        found = {one.uid: one for one in known.filter(uid__in=said.uids)}
        return next((found[uid] for uid in said.uids if uid in found), None)
    if not said.address:
        return None
    lately = timezone.now() - BY_ADDRESS
    sent = {State.ACCEPTED, State.IN_DOUBT, State.BOUNCED, State.COMPLAINED}
    return known.filter(
        mark=marks.address(said.address), state__in=sent, ended_at__gt=lately
    ).first()


def _is_early(envelope: Envelope, said: Understood, row: Incoming) -> bool:
    """Whether it tells of a mail whose leaving is not written down yet, for a day at most."""
    still = envelope.state in {State.QUEUED, State.LEASED, State.DEFERRED}
    recent = row.received_at > timezone.now() - datetime.timedelta(days=1)
    return still and recent and said.kind in {Kind.BOUNCE, Kind.COMPLAINT}


def _follow(row: Incoming, said: Understood, envelope: Envelope) -> None:
    """What follows, by kind. A second bounce or complaint of one mail is noted and no more."""
    if row.kind == Kind.BOUNCE:
        if not _move(envelope, State.BOUNCED, row):
            return
        _give_up(row, envelope)
    elif row.kind == Kind.COMPLAINT:
        if not _move(envelope, State.COMPLAINED, row):
            return
        _hush(row, envelope)
    elif row.kind not in {Kind.REPLY, Kind.AUTO_REPLY}:
        return
    returns.tell(_coming(row, said, envelope))


def _move(envelope: Envelope, state: str, row: Incoming) -> bool:
    """Brings an envelope to `state` where the table allows it; whether it did."""
    before = [s for s, after in Envelope.NEXT.items() if state in after]
    words = f"{row.code} {row.words}".strip() if row.code not in row.words else row.words
    moved = Envelope.objects.filter(pk=envelope.pk, state__in=before).update(
        state=state,
        ended_at=row.received_at,
        reply=words[:500] if envelope.mark else "",
    )
    if moved:
        envelope.refresh_from_db()
    return bool(moved)


def _give_up(row: Incoming, envelope: Envelope) -> None:
    """Puts the address on the list when it sent back as much as its code has patience for.

    Not that of somebody in office: their room looks for another address instead.
    """
    patience = codes.patience(row.code)
    if patience is None or not (to := kinds.address(envelope)) or envelope.kind in kinds.OFFICIAL:
        return
    if _sent_back(row, patience) >= patience:
        suppressions.suppress(
            to,
            reason=Suppression.Reason.BOUNCED,
            words=f"{row.code} {row.words}",
            envelope=envelope,
            at=row.received_at,
        )


def _sent_back(row: Incoming, patience: int) -> int:
    """How many mails this address sent back lately with a code of no more patience."""
    earlier = Incoming.objects.filter(
        mark=row.mark,
        kind=Kind.BOUNCE,
        received_at__gt=row.received_at - SINCE,
    )
    lately = earlier.values_list("envelope", "code").distinct()
    return len({mail for mail, code in lately if (codes.patience(code) or 99) <= patience})


def _hush(row: Incoming, envelope: Envelope) -> None:
    """Whoever calls our mail spam gets no newsletter any more, from this moment on."""
    if envelope.kind not in kinds.OFFICIAL and (to := kinds.address(envelope)):
        suppressions.suppress(
            to,
            reason=Suppression.Reason.COMPLAINED,
            words=row.words,
            envelope=envelope,
            at=row.received_at,
        )


def _coming(row: Incoming, said: Understood, envelope: Envelope) -> returns.Coming:
    return returns.Coming(
        kind=row.kind,
        envelope=envelope,
        code=row.code,
        words=row.words,
        sender=said.sender,
        sender_name=said.sender_name,
        subject=said.subject,
        text=said.text,
        received_at=row.received_at,
        incoming=row,
        via=said.via,
    )
