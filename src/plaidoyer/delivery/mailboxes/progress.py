"""Where letters stand, in true words for their writers; and when the last of a line will leave."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from plaidoyer.delivery.mailboxes import budgets
from plaidoyer.delivery.mailboxes.hours import Rhythm
from plaidoyer.delivery.mailboxes.models import (
    MOST_PER_SERVER,
    Courtesy,
    Mailbox,
    MailboxHold,
)
from plaidoyer.delivery.models import Letter
from plaidoyer.lib import wording
from plaidoyer.mail import reporting as mail
from plaidoyer.mail.models import Envelope

State = Envelope.State


def told(letters: Iterable[Letter], at: datetime.datetime | None = None) -> dict[int, str]:
    """One sentence for each of `letters`, by its id; a handful of queries, however many."""
    at = at or timezone.now()
    letters = list(letters)
    line = [letter for letter in letters if waits(letter)]
    positions = ahead_of(line)
    holds = held(letter.mailbox_id for letter in line)
    courtesy = Courtesy.current() if line else Courtesy()
    sentences = {}
    for letter in letters:
        if letter.digest_id:
            sentences[letter.pk] = in_digest(letter)
        elif letter.cancelled_by_id and is_cancelled(letter.envelope):
            sentences[letter.pk] = _("Cancelled by the organisers before it left.")
        elif letter.pk not in positions:
            sentences[letter.pk] = mail.explained(letter.envelope)
        elif holds & {(letter.mailbox_id, None), (letter.mailbox_id, letter.target.campaign_id)}:
            sentences[letter.pk] = _("Waiting: letters to this address are held for now.")
        else:
            day = expected(letter, positions[letter.pk], courtesy, at)
            sentences[letter.pk] = in_line(day, letter.mailbox, at)
    return sentences


def waits(letter: Letter) -> bool:
    """Whether it has an address and no turn yet."""
    envelope = letter.envelope
    queued = envelope is not None and envelope.state in {State.QUEUED, State.DEFERRED}
    return bool(queued and letter.mailbox_id and letter.turn_at is None)


def is_cancelled(envelope: Envelope | None) -> bool:
    return envelope is not None and envelope.state == State.CANCELLED


def ahead_of(line: list[Letter]) -> dict[int, int]:
    """How many letters are before each in its line, by its id."""
    before = (
        Letter.objects.waiting()
        .filter(mailbox=OuterRef("mailbox"), id__lt=OuterRef("pk"))
        .order_by()
        .values("mailbox")
        .annotate(number=Count("pk"))
        .values("number")
    )
    counted = Letter.objects.filter(pk__in=[letter.pk for letter in line])
    rows = counted.annotate(ahead=Coalesce(Subquery(before), 0)).values_list("pk", "ahead")
    return dict(rows) if line else {}


def held(mailboxes: Iterable[int | None]) -> set[tuple[int, int | None]]:
    """Which of `mailboxes` are held, each with the campaign, or with None for all."""
    keys = {key for key in mailboxes if key}
    if not keys:
        return set()
    holds = MailboxHold.objects.filter(mailbox__in=keys, effect="hold", lifted_at=None)
    return set(holds.values_list("mailbox", "campaign"))


def expected(
    letter: Letter, ahead: int, courtesy: Courtesy, at: datetime.datetime
) -> datetime.datetime | None:
    """About when its turn comes: by itself, or in the next day's mail of letters."""
    mailbox = letter.mailbox
    assert mailbox is not None
    rhythm = budgets.rhythm(mailbox, courtesy)
    by_itself = rhythm.finish(ahead + 1, at, mailbox.warm_at)
    one_by_one = rhythm.per_day * courtesy.digest_after_days
    if mailbox.flow == Mailbox.Flow.DIGEST or (
        mailbox.flow == Mailbox.Flow.AUTO and ahead >= one_by_one
    ):
        return next_mail(rhythm, at)
    return by_itself


def next_mail(rhythm: Rhythm, at: datetime.datetime) -> datetime.datetime | None:
    """When the next mail of a day leaves that can carry what was written until `at`."""
    morning = rhythm.moment(rhythm.day(at) + datetime.timedelta(days=1), rhythm.opens)
    return rhythm.next_open(morning)


def in_line(day: datetime.datetime | None, mailbox: Mailbox | None, at: datetime.datetime) -> str:
    """That it waits for its turn, and for when we expect that."""
    if day is None:
        return _("Waiting for its turn to leave.")
    local = timezone.localtime(day).date()
    if local == timezone.localtime(at).date():
        return _("Waiting for its turn: so as not to flood its reader, expected today.")
    return _("Waiting for its turn: so as not to flood its reader, expected on %(day)s.") % {
        "day": wording.date(local, get_language() or "")
    }


def in_digest(letter: Letter) -> str:
    """In which day's mail it is, and what became of that."""
    assert letter.digest is not None
    day = wording.date(letter.digest.day, get_language() or "")
    envelope = letter.digest.envelope
    if envelope.state == State.ACCEPTED:
        return _("In the mail of %(day)s with all letters, accepted by the recipient’s server.") % {
            "day": day
        }
    within = _("In the mail of %(day)s with all letters.") % {"day": day}
    return f"{within} {mail.explained(envelope)}"


@dataclass(frozen=True, slots=True)
class Line:
    """How the letters to one mailbox stand."""

    mailbox: Mailbox
    waiting: int
    left: int
    oldest_at: datetime.datetime | None
    # None: no letter waits, or all are held.
    next_at: datetime.datetime | None
    finish_at: datetime.datetime | None
    per_hour: int
    # How many would be carried by a mail of all letters, as things stand.
    beyond: int
    is_held: bool

    @property
    def share(self) -> int:
        """How much of it has left, in percent, rounded down."""
        return 100 * self.left // max(1, self.left + self.waiting)


def lines(
    mailboxes: QuerySet[Mailbox] | Iterable[Mailbox], at: datetime.datetime | None = None
) -> list[Line]:
    """How the letters to each of `mailboxes` stand, in their order; a few queries."""
    at, boxes = at or timezone.now(), list(mailboxes)
    courtesy = Courtesy.current()
    wait = Q(turn_at=None, envelope__state__in=[State.QUEUED, State.DEFERRED])
    rows = (
        Letter.objects.filter(mailbox__in=boxes, cancelled_by=None)
        .values("mailbox")
        .annotate(
            waiting=Count("id", filter=wait),
            oldest=Min("written_at", filter=wait),
            left=Count("id", filter=Q(turn_at__lte=at) | Q(digest__isnull=False)),
        )
    )
    counts: dict[int, Mapping[str, Any]] = {row["mailbox"]: row for row in rows}
    holds = held(box.pk for box in boxes)
    busy = busy_on({box.server_id for box in boxes})
    return [
        line(box, counts.get(box.pk, {}), (box.pk, None) in holds, busy, courtesy, at)
        for box in boxes
    ]


def busy_on(servers: set[int]) -> dict[int, int]:
    """On how many mailboxes of each server letters wait: they share what it takes."""
    waiting = Letter.objects.waiting().filter(mailbox__server__in=servers)
    counts = waiting.values_list("mailbox__server").annotate(Count("mailbox", distinct=True))
    return dict(counts.order_by())


def line(
    mailbox: Mailbox,
    counts: Mapping[str, Any],
    is_held: bool,
    busy: dict[int, int],
    courtesy: Courtesy,
    at: datetime.datetime,
) -> Line:
    rhythm = budgets.rhythm(mailbox, courtesy)
    waiting = counts.get("waiting", 0)
    share = MOST_PER_SERVER // max(1, busy.get(mailbox.server_id, 1))
    pace = min(rhythm.per_hour, max(1, share))
    one_by_one = waiting
    if mailbox.flow == Mailbox.Flow.DIGEST:
        one_by_one = 0
    elif mailbox.flow == Mailbox.Flow.AUTO:
        one_by_one = min(waiting, rhythm.per_day * courtesy.digest_after_days)
    moves = waiting and not is_held
    next_at = finish_at = None
    if moves and mailbox.flow == Mailbox.Flow.DIGEST:
        next_at = finish_at = next_mail(rhythm, at)
    elif moves:
        next_at = rhythm.next_open(max(mailbox.next_at or at, at))
        slow = budgets.paced(rhythm, pace)
        finish_at = slow.finish(max(one_by_one, 1), at, mailbox.warm_at)
    return Line(
        mailbox=mailbox,
        waiting=waiting,
        left=counts.get("left", 0),
        oldest_at=counts.get("oldest"),
        next_at=next_at,
        finish_at=finish_at,
        per_hour=pace,
        beyond=waiting - one_by_one,
        is_held=is_held,
    )
