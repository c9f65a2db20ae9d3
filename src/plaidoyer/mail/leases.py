"""Who holds which envelope: a sender's number, its lock, and what becomes of a dead sender's.

A sender holds, on a database session of its own, an advisory lock with its number, and its number
stands on every envelope it leases. Before the first byte of a body it writes `begun_at` on that
very session: when that succeeds the lock was still held, so nobody else can have the envelope.
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.utils import timezone

from plaidoyer.mail.models import Envelope

State = Envelope.State

LOCK = 0x6D61696C  # the first of the two numbers of our advisory locks: "mail"


class Holder:
    """A sender's session with the database."""

    def __init__(self) -> None:
        self.database = connections.create_connection(DEFAULT_DB_ALIAS)
        self.number = 0
        while not self.number:
            number = secrets.randbelow(2**31 - 1) + 1
            if self.rows("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, number])[0][0]:
                self.number = number

    def rows(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any]) -> list[tuple]:
        """The rows that one statement gives; it is committed with it."""
        with self.database.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall()

    def lease(self, size: int) -> list[Envelope]:
        """Up to `size` due envelopes, in the order of leaving, now ours."""
        leased = self.rows(
            """
            WITH due AS MATERIALIZED (
                SELECT id FROM mail_envelope
                WHERE state IN ('queued', 'deferred') AND due_at <= now()
                ORDER BY urgency DESC, due_at, id
                LIMIT %s
                FOR UPDATE SKIP LOCKED
            )
            UPDATE mail_envelope SET state = 'leased', sender = %s, begun_at = NULL
            FROM due WHERE mail_envelope.id = due.id
            RETURNING mail_envelope.id
            """,
            [size, self.number],
        )
        envelopes = Envelope.objects.filter(id__in=[row[0] for row in leased])
        return list(envelopes.order_by("-urgency", "due_at", "id"))

    def begin(self, envelope: Envelope) -> bool:
        """Commits that the body is about to leave; False when the envelope is not ours any more."""
        return bool(
            self.rows(
                """
                UPDATE mail_envelope SET begun_at = now()
                WHERE id = %s AND state = 'leased' AND sender = %s
                RETURNING id
                """,
                [envelope.pk, self.number],
            )
        )

    def leave(
        self, envelope: Envelope, state: State, words: str = "", after: int | None = None
    ) -> bool:
        """Lets an envelope of ours go into `state`; back in line, `after` so many seconds."""
        return bool(
            self.rows(
                """
                UPDATE mail_envelope SET
                    state = %(state)s, sender = NULL,
                    -- Erased since it began to leave: the words may repeat the address.
                    reply = CASE WHEN to_address = '' THEN '' ELSE %(words)s END,
                    attempts = attempts + %(attempt)s,
                    due_at = coalesce(now() + make_interval(secs => %(after)s), due_at),
                    ended_at = CASE WHEN %(final)s THEN now() END,
                    begun_at = CASE WHEN %(final)s THEN begun_at END
                WHERE id = %(id)s AND state = 'leased' AND sender = %(sender)s
                RETURNING id
                """,
                {
                    "state": state,
                    "words": words,
                    "attempt": int(state in {State.ACCEPTED, State.REFUSED, State.DEFERRED}),
                    "after": after,
                    "final": state in Envelope.FINAL,
                    "id": envelope.pk,
                    "sender": self.number,
                },
            )
        )

    def give_back(self) -> None:
        """Puts all that we hold and have not begun back in line, as it was."""
        self.rows(
            """
            UPDATE mail_envelope SET state = 'queued', sender = NULL
            WHERE state = 'leased' AND sender = %s AND begun_at IS NULL
            RETURNING id
            """,
            [self.number],
        )

    def close(self) -> None:
        """Ends the session and with it the lock."""
        self.database.close()


def recover() -> int:
    """Takes over what dead senders held: not begun leaves again, begun is in doubt. How many.

    A sender is dead when its lock can be had; we keep that lock until we have committed.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        leased = Envelope.objects.filter(state=State.LEASED)
        dead = []
        for number in leased.values_list("sender", flat=True).distinct():
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, number])
            if cursor.fetchone()[0]:
                dead.append(number)
        held = leased.filter(sender__in=dead)
        doubtful = held.exclude(begun_at=None).update(
            state=State.IN_DOUBT, sender=None, ended_at=timezone.now()
        )
        return doubtful + held.filter(begun_at=None).update(state=State.QUEUED, sender=None)
