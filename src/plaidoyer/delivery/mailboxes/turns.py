"""Whose letter leaves next: turns, given so that no mailbox gets more than it was promised.

A letter waits in an envelope that is due never. Every few seconds a round gives the next ones
their moment, for half a minute ahead only. What was given is counted from the letters themselves,
under a lock on the row of the mailbox's server, so any number of workers share one budget; a
letter that is withdrawn or cancelled while it waits never had a slot that could be lost; another
pace, or a clock that is changed, holds from the next round on.
"""

import datetime
import heapq
import random
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from plaidoyer.delivery.mailboxes import budgets
from plaidoyer.delivery.mailboxes.hours import DAY, HOUR, Rhythm
from plaidoyer.delivery.mailboxes.models import (
    MOST_PER_SERVER,
    NEVER,
    Courtesy,
    Mailbox,
    MailboxHold,
    MailServer,
)
from plaidoyer.delivery.models import Letter
from plaidoyer.mail.models import Envelope

State = Envelope.State
# Turns are given so far ahead; rounds come more often.
AHEAD = datetime.timedelta(seconds=30)
# The relay may take a little longer than we think: what left is counted for a little longer.
COUNTED = HOUR + datetime.timedelta(minutes=1)
# After so long without a letter a series begins anew, slowly.
QUIET = datetime.timedelta(days=7)
# While so many are put off by the server, no others go there: it is ill, or does not want them.
MOST_PUT_OFF = 3
# Of the mean time between two letters; in the mean a little less, so that the cap decides.
JITTER = (0.6, 1.2)
SERVER_GAP = HOUR / MOST_PER_SERVER
READ_AHEAD = 20


@dataclass(slots=True)
class Line:
    """A mailbox with the letters that wait there, at a moment."""

    mailbox: Mailbox
    rhythm: Rhythm
    limit: int
    given: int
    # How many may still leave today.
    today: int = MOST_PER_SERVER
    waiting: list[tuple[int, int]] = field(default_factory=list)  # letter, envelope

    def gap(self) -> datetime.timedelta:
        return HOUR / self.limit * random.uniform(*JITTER)


def go_round(at: datetime.datetime | None = None) -> int:
    """Takes back turns nobody used in time, and gives new ones everywhere; how many."""
    at = at or timezone.now()
    keep_up(at)
    take_back(at)
    waiting = Letter.objects.waiting().filter(mailbox=OuterRef("pk"))
    open_somewhere = one_by_one().filter(Exists(waiting))
    servers = open_somewhere.values_list("server", flat=True).distinct()
    return sum(give(server, at) for server in sorted(servers))


def one_by_one() -> QuerySet[Mailbox]:
    """Mailboxes whose letters have turns: not those that are held, or want one mail a day."""
    return Mailbox.objects.exclude(held()).exclude(flow=Mailbox.Flow.DIGEST)


def held() -> Q:
    """Mailboxes of which all letters are held."""
    whole = MailboxHold.objects.filter(
        mailbox=OuterRef("pk"), campaign=None, effect="hold", lifted_at=None
    )
    return Q(Exists(whole))


def keep_up(at: datetime.datetime) -> None:
    """A turn that was given and is not used yet is now: it counts until the letter has left."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE delivery_letter SET turn_at = %(at)s
            FROM mail_envelope AS envelope
            WHERE envelope.id = delivery_letter.envelope_id
                AND envelope.state IN ('queued', 'deferred')
                AND envelope.kind = %(kind)s AND envelope.urgency = %(urgency)s
                AND envelope.due_at < %(never)s
                AND coalesce(turn_at, '-infinity') < %(at)s
            """,
            {"at": at, "kind": budgets.KIND, "urgency": budgets.URGENCY, "never": NEVER},
        )


def unused() -> list[Letter]:
    """Those whose turn has been given and who have not left; few at any time."""
    given = Envelope.objects.filter(
        state__in=[State.QUEUED, State.DEFERRED],
        kind=budgets.KIND,
        urgency=budgets.URGENCY,
        due_at__lt=NEVER,
    )
    letters = Letter.objects.filter(envelope__in=given, mailbox__isnull=False)
    return list(letters.select_related("mailbox", "envelope", "target"))


def take_back(at: datetime.datetime) -> int:
    """Letters whose turn passed until their reader's hours ended, or was held, wait again.

    The relay was away, or asked us to come back later. One that is leaving at this moment leaves.
    """
    if not (letters := unused()):
        return 0
    courtesy = Courtesy.current()
    stops = set(
        MailboxHold.objects.filter(effect="hold", lifted_at=None).values_list("mailbox", "campaign")
    )
    frozen = set(
        Letter.objects.frozen()
        .filter(pk__in=[one.pk for one in letters])
        .values_list("pk", flat=True)
    )
    late = [
        letter
        for letter in letters
        if letter.pk in frozen
        or not budgets.rhythm(letter.mailbox, courtesy).is_open(at)  # type: ignore[arg-type]
        or stops & {(letter.mailbox_id, None), (letter.mailbox_id, letter.target.campaign_id)}
    ]
    return put_back(late)


@transaction.atomic
def put_back(letters: Collection[Letter]) -> int:
    """Lets `letters` wait for a turn again, as far as they have not begun to leave; how many."""
    waiting = Envelope.objects.filter(
        letter__in=[letter.pk for letter in letters], state__in=[State.QUEUED, State.DEFERRED]
    )
    keys = list(waiting.select_for_update(skip_locked=True).values_list("pk", flat=True))
    Envelope.objects.filter(pk__in=keys).update(due_at=NEVER)
    return Letter.objects.filter(envelope__in=keys).update(turn_at=None)


def give_to(letters: Iterable[Letter], at: datetime.datetime | None = None) -> None:
    """A round for the mailboxes of `letters` alone, so that the first of a line leave at once."""
    mailboxes = {letter.mailbox_id for letter in letters if letter.mailbox_id}
    servers = Mailbox.objects.filter(pk__in=mailboxes).values_list("server", flat=True)
    for server in sorted(set(servers)):
        give(server, at)


@transaction.atomic
def give(server: int, at: datetime.datetime | None = None) -> int:
    """Gives turns to letters that wait on one server, for half a minute ahead; how many.

    Where somebody else does so at this moment, nothing is done.
    """
    at = at or timezone.now()
    locked = MailServer.objects.select_for_update(skip_locked=True, no_key=True)
    row = locked.filter(pk=server).first()
    if row is None:
        return 0
    given = recently(row, at)
    lines = in_line(row, at, given)
    turns = dealt(row, lines, at, sum(given.values()))
    if turns:
        save(turns)
        row.save(update_fields=["next_at"])
        fields = ["next_at", "warm_at"]
        Mailbox.objects.bulk_update([line.mailbox for line in lines], fields)
    return len(turns)


def recently(
    server: MailServer, at: datetime.datetime, span: datetime.timedelta = COUNTED
) -> Counter[int]:
    """How many turns each mailbox of `server` had within `span` before `at`: the hour, the day."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT letter.mailbox_id, count(*) FROM delivery_letter AS letter
            JOIN delivery_mailbox AS mailbox ON mailbox.id = letter.mailbox_id
            WHERE mailbox.server_id = %s AND letter.turn_at > %s
            GROUP BY letter.mailbox_id
            """,
            [server.pk, at - span],
        )
        return Counter(dict(cursor.fetchall()))


def in_line(server: MailServer, at: datetime.datetime, given: Counter[int]) -> list[Line]:
    """The mailboxes of `server` whose readers are at work and for whom letters wait."""
    courtesy, lines = Courtesy.current(), {}
    day = recently(server, at, DAY)
    for mailbox in one_by_one().filter(server=server):
        rhythm = budgets.rhythm(mailbox, courtesy)
        if rhythm.is_open(at):
            if mailbox.next_at is None or mailbox.next_at < at - QUIET:
                mailbox.warm_at = None
            limit = rhythm.limit(at, mailbox.warm_at)
            left = courtesy.per_day - day[mailbox.pk]
            lines[mailbox.pk] = Line(mailbox, rhythm, limit, given[mailbox.pk], left)
    free = [key for key, line in lines.items() if room(line)]
    for key, letter, envelope in next_letters(free, at):
        lines[key].waiting.append((letter, envelope))
    return [line for line in lines.values() if line.waiting]


def room(line: Line) -> bool:
    """Whether the hour and the day have any left for its mailbox."""
    return line.given < line.limit and line.today > 0


def next_letters(mailboxes: list[int], at: datetime.datetime) -> list[tuple[int, int, int]]:
    """The first letters in each line: mailbox, letter, envelope; none where the server says later.

    Those of a campaign that is held there, and what is frozen, are passed over.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT mailbox.id, first.id, first.envelope_id
            FROM unnest(%(mailboxes)s::bigint[]) AS mailbox (id)
            CROSS JOIN LATERAL (
                SELECT letter.id, letter.envelope_id FROM delivery_letter AS letter
                JOIN mail_envelope AS envelope ON envelope.id = letter.envelope_id
                WHERE letter.mailbox_id = mailbox.id AND letter.turn_at IS NULL
                    AND envelope.state IN ('queued', 'deferred')
                    AND NOT EXISTS (
                        SELECT FROM delivery_mailboxhold AS hold
                        JOIN campaigns_target AS target ON target.campaign_id = hold.campaign_id
                        WHERE hold.mailbox_id = mailbox.id AND hold.lifted_at IS NULL
                            AND hold.effect = 'hold' AND target.id = letter.target_id
                    )
                    AND NOT EXISTS (
                        SELECT FROM delivery_freeze AS stop
                        JOIN campaigns_target AS target ON target.id = letter.target_id
                        JOIN actions_action AS act ON act.id = letter.action_id
                        WHERE stop.lifted_at IS NULL AND (
                            stop.campaign_id = target.campaign_id
                            OR stop.target_id = target.id OR stop.form_id = act.form_id
                        )
                    )
                ORDER BY letter.id LIMIT %(most)s
            ) AS first
            WHERE (
                SELECT count(*) FROM delivery_letter AS letter
                JOIN mail_envelope AS envelope ON envelope.id = letter.envelope_id
                WHERE letter.mailbox_id = mailbox.id AND letter.turn_at > %(recent)s
                    AND envelope.state = 'deferred'
            ) < %(put_off)s
            ORDER BY mailbox.id, first.id
            """,
            {
                "mailboxes": mailboxes,
                "most": READ_AHEAD,
                "put_off": MOST_PUT_OFF,
                "recent": at - COUNTED,
            },
        )
        return cursor.fetchall()


def dealt(
    server: MailServer, lines: list[Line], at: datetime.datetime, given: int
) -> list[tuple[int, int, datetime.datetime]]:
    """Who leaves when: letter, envelope, moment; written on `server` and mailboxes, not saved."""
    turns: list[tuple[int, int, datetime.datetime]] = []
    until = at + AHEAD
    line_by_key = {line.mailbox.pk: line for line in lines}
    heap = [(max(one.mailbox.next_at or at, at), key) for key, one in line_by_key.items()]
    heapq.heapify(heap)
    while heap and given + len(turns) < MOST_PER_SERVER:
        moment, key = heapq.heappop(heap)
        line, moment = line_by_key[key], max(moment, server.next_at or at)
        full = not room(line) or not line.waiting
        if full or moment >= until or moment >= line.rhythm.closes_at(at):
            continue
        turns.append((*line.waiting.pop(0), moment))
        line.given += 1
        line.today -= 1
        line.mailbox.warm_at = line.mailbox.warm_at or moment
        line.mailbox.next_at = moment + line.gap()
        server.next_at = moment + SERVER_GAP
        heapq.heappush(heap, (line.mailbox.next_at, key))
    return turns


def save(turns: list[tuple[int, int, datetime.datetime]]) -> None:
    """Dates the letters, and lets their envelopes leave."""
    letters, keys, moments = (list(column) for column in zip(*turns, strict=True))
    with connection.cursor() as cursor:
        for table, ids, column in (
            ("delivery_letter", letters, "turn_at"),
            ("mail_envelope", keys, "due_at"),
        ):
            cursor.execute(
                f"UPDATE {table} SET {column} = given.moment "
                "FROM unnest(%s::bigint[], %s::timestamptz[]) AS given (id, moment) "
                f"WHERE {table}.id = given.id",
                [ids, moments],
            )
