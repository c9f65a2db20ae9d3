"""Who holds which envelope: a sender's number, its lock, its leases, and what it found out.

A sender holds, on a database session of its own, an advisory lock with its number, and its number
stands on every envelope it leases. What it does with them is in its journal first (mail.journals)
and in SQL some moments later, hundreds at a time.
"""

import datetime
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections

from plaidoyer.mail import kinds
from plaidoyer.mail.journals import AliveError, Journal, place
from plaidoyer.mail.models import Envelope
from plaidoyer.mail.pieces import Leased
from plaidoyer.vault.seals import Box

State = Envelope.State

LOCK = 0x6D61696C  # the first of the two numbers of our advisory locks: "mail"

# The first of every line: each urgency is one, each batch that goes on is one.
LEASE = """
    WITH RECURSIVE going AS (
        SELECT id FROM mail_batch
        WHERE paused_at IS NULL AND cancelled_at IS NULL
            -- Spares a look at the envelopes of batches that are done.
            AND total > accepted + refused + in_doubt + suppressed + cancelled + bounced
                + complained
    ), urgencies (urgency) AS (
        SELECT max(urgency) FROM mail_envelope
        WHERE state IN ('queued', 'deferred') AND batch_id IS NULL
        UNION ALL
        SELECT (
            SELECT max(urgency) FROM mail_envelope
            WHERE state IN ('queued', 'deferred') AND batch_id IS NULL
                AND urgency < urgencies.urgency
        ) FROM urgencies WHERE urgencies.urgency IS NOT NULL
    ), first AS MATERIALIZED (
        SELECT e.* FROM urgencies u CROSS JOIN LATERAL (
            SELECT id, urgency, due_at FROM mail_envelope
            WHERE state IN ('queued', 'deferred') AND batch_id IS NULL
                AND urgency = u.urgency AND urgency > %(above)s AND due_at <= now()
            ORDER BY due_at, id LIMIT %(size)s FOR UPDATE SKIP LOCKED
        ) e
        UNION ALL
        SELECT e.* FROM going g CROSS JOIN LATERAL (
            SELECT id, urgency, due_at FROM mail_envelope
            WHERE state IN ('queued', 'deferred') AND batch_id = g.id
                AND urgency > %(above)s AND due_at <= now()
                AND (due_at, id) > (%(due_at)s, %(id)s)
            ORDER BY due_at, id LIMIT %(size)s FOR UPDATE SKIP LOCKED
        ) e
    ), due AS MATERIALIZED (
        SELECT id FROM first ORDER BY urgency DESC, due_at, id LIMIT %(size)s
    ), taken AS (
        UPDATE mail_envelope e
        SET state = 'leased', sender = %(sender)s, leased_at = clock_timestamp(), begun_at = NULL
        FROM due WHERE e.id = due.id
        RETURNING e.id, e.uid, e.kind, e.sealed, e.urgency, e.attempts, e.batch_id, e.due_at
    )
    SELECT taken.id, taken.uid, kind, uuid_send(taken.uid) || wrapped || sealed, urgency, attempts,
        batch_id, due_at
    FROM taken LEFT JOIN vault_key ON vault_key.uid = taken.uid
    ORDER BY urgency DESC, due_at, id
"""
# Erased since it began to leave: the server's words may repeat the address.
RECORD = """
    UPDATE mail_envelope e SET
        state = CASE WHEN r.state IN ('queued', 'deferred') AND e.unwanted_at IS NOT NULL
            THEN 'cancelled' ELSE r.state END,
        sender = NULL,
        reply = CASE WHEN e.mark = '' THEN '' ELSE coalesce(r.words, e.reply) END,
        attempts = e.attempts + r.attempt,
        due_at = coalesce(now() + make_interval(secs => r.after), e.due_at),
        begun_at = r.begun_at,
        ended_at = CASE WHEN r.state NOT IN ('queued', 'deferred') THEN r.at
            WHEN e.unwanted_at IS NOT NULL THEN now() END
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::int[], %s::float[], %s::timestamptz[],
        %s::timestamptz[]) AS r (id, state, words, attempt, after, begun_at, at)
    WHERE e.id = r.id AND e.state = 'leased' AND e.sender = %s
    RETURNING e.id
"""
# Where a line of a batch begins, and how many leases in a row may go on where the last one ended.
START = (datetime.datetime.min.replace(tzinfo=datetime.UTC), 0)
IN_A_ROW = 16
LEAST = -32768  # below every urgency
TRIED = {State.ACCEPTED, State.REFUSED, State.DEFERRED}


def array(values: Iterable[Any]) -> str:
    """Numbers, moments and plain words as PostgreSQL writes an array."""
    said = ",".join("NULL" if value is None else f'"{value}"' for value in values)
    return f"{{{said}}}"


def opened(raw: bytes | None) -> str:
    """The address in an envelope's document, as LEASE reads it; nothing where it has none."""
    return Box(Envelope._meta.db_table, raw).parts.get("to_address", "")


class Verdict(NamedTuple):
    """What becomes of an envelope; `after` so many seconds when it is to be tried again."""

    state: str
    words: str | None = None
    after: float | None = None
    begun_at: datetime.datetime | None = None
    at: datetime.datetime | None = None


class Holder:
    """A sender's number, its session with the database and its journal."""

    def __init__(self) -> None:
        self.database = connections.create_connection(DEFAULT_DB_ALIAS)
        self.leases, self.after = 0, START
        while True:
            self.number = secrets.randbelow(2**31 - 1) + 1
            try:
                self.journal = Journal(self.number)
            except AliveError:
                continue
            if self.lock():
                break
            self.journal.close()
        self.rows(
            "INSERT INTO mail_sender (number, place, seen_at) VALUES (%s, %s, now())"
            " RETURNING number",
            [self.number, place()],
        )

    def lock(self) -> bool:
        """Takes the advisory lock with our number; False when another session has it."""
        return self.rows("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, self.number])[0][0]

    def rows(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any]) -> list[tuple]:
        """The rows that one statement gives; it is committed with it."""
        with self.database.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall()

    def lease(self, size: int, *, above: int = LEAST) -> list[Leased]:
        """Up to `size` due envelopes of an urgency `above` that, the urgent first, now ours.

        Goes on where the last lease of a batch ended, for the index still has all that was leased
        before, until it is vacuumed: to step over it takes a tenth of the speed of a mailing of
        200,000. Now and then, and once the line ends, it begins anew: something was put back.
        """
        rows = self.follow(size) if above == LEAST else self.next(size, above, START)
        leased = [
            Leased(pk, uid, kind, opened(raw), *rest) for pk, uid, kind, raw, *rest, _due in rows
        ]
        return kinds.addressed(leased)

    def follow(self, size: int) -> list[tuple]:
        """The rows of the next lease, those of batches behind the last one."""
        self.leases += 1
        if self.leases % IN_A_ROW == 0:
            self.after = START
        rows = self.next(size, LEAST, self.after)
        if not rows and self.after != START:
            rows = self.next(size, LEAST, START)
        batched = [(due_at, pk) for pk, *_, batch, due_at in rows if batch]
        self.after = max(batched, default=START) if len(rows) == size else START
        return rows

    def next(self, size: int, above: int, after: tuple[datetime.datetime, int]) -> list[tuple]:
        """The first rows of every line, of batches those that come `after` there; now ours."""
        due_at, pk = after
        values = {"size": size, "above": above, "sender": self.number, "due_at": due_at, "id": pk}
        return self.rows(LEASE, values)

    def record(self, verdicts: Mapping[int, Verdict]) -> set[int]:
        """Writes what became of envelopes of ours; which of them were ours indeed."""
        if not verdicts:
            return set()
        known = [(pk, *verdict, int(verdict.state in TRIED)) for pk, verdict in verdicts.items()]
        ids, states, words, after, begun, at, attempts = zip(*known, strict=True)
        # All but the server's words as texts: lists are written one by one.
        plain = (array(one) for one in (attempts, after, begun, at))
        values = [array(ids), array(states), list(words), *plain, self.number]
        recorded = {row[0] for row in self.rows(RECORD, values)}
        self.journal.forget(list(ids))
        return recorded

    def give_back(self, envelopes: Sequence[int], *, after: float | None = None) -> None:
        """Puts what has not begun back in line, as it was, or for `after` so many seconds."""
        self.record({pk: Verdict(State.QUEUED, after=after) for pk in envelopes})

    def unwanted(self) -> set[int]:
        """What somebody cancelled while we hold it. That it answers shows that we hold it."""
        held = "SELECT id FROM mail_envelope WHERE state = 'leased' AND sender = %s"
        return {row[0] for row in self.rows(f"{held} AND unwanted_at IS NOT NULL", [self.number])}

    def live(self) -> None:
        """Tells the others that we live; they may be on machines that cannot see our journal."""
        self.rows(
            "UPDATE mail_sender SET seen_at = now() WHERE number = %s RETURNING number",
            [self.number],
        )

    def reopen(self) -> bool:
        """Another session after a lost one, with the same number; False when it is still locked."""
        self.database.close()
        return self.lock()

    def close(self) -> None:
        """Ends the session and with it the lock; what we still hold is left to `recoveries`."""
        try:
            if not self.journal.unflushed:
                self.rows(
                    "DELETE FROM mail_sender WHERE number = %s AND NOT EXISTS (SELECT FROM"
                    " mail_envelope WHERE state = 'leased' AND sender = %s) RETURNING number",
                    [self.number, self.number],
                )
        finally:
            self.database.close()
            self.journal.close()
