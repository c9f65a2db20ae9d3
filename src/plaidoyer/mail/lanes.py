"""What is said on one session with the relay, message after message.

Where the server takes commands in a row (PIPELINING, RFC 2920), the next message is offered along
with the body of the last one: one round trip a message. Its own body begins only after the verdict
on the last, so that at any moment one body at most is on the line.
"""

import time
from collections import deque
from typing import TYPE_CHECKING

from django.conf import settings

from plaidoyer.mail.pieces import Piece, Stage
from plaidoyer.mail.relay import Reply, Session

if TYPE_CHECKING:
    from plaidoyer.mail.wires import Wire

WANTED = {Stage.DATA: 3}


class Lane:
    """One session, and the messages that are under way on it."""

    def __init__(self, wire: "Wire", session: Session) -> None:
        self.wire, self.session = wire, session
        session.hear, session.broke = self.hear, self.broke
        self.in_a_row = "PIPELINING" in session.extensions
        self.stages: deque[Stage] = deque()
        self.commands: deque[tuple[Stage, bytes]] = deque()
        # Named to the server, its body not begun; and the one whose body is on the line.
        self.offered: Piece | None = None
        self.pouring: Piece | None = None
        self.waits_for_disk = False
        self.no: tuple[Stage, Reply] | None = None
        self.is_dirty = False

    @property
    def is_idle(self) -> bool:
        return self.offered is None and self.pouring is None

    def offer(self) -> None:
        """Names the next message to the server, if there is one."""
        if self.line_up():
            self.say_next()

    def line_up(self) -> bool:
        """Whether there is a next message; its commands wait to be said."""
        if self.offered or (self.pouring and not self.in_a_row) or not self.session.is_open:
            return False
        if not (piece := self.wire.take()):
            return False
        self.offered, self.no = piece, None
        if self.is_dirty:
            self.commands.append((Stage.RSET, b"RSET\r\n"))
            self.is_dirty = False
        self.commands += (
            (Stage.MAIL, b"MAIL FROM:<%b>\r\n" % piece.mail_from),
            (Stage.RCPT, b"RCPT TO:<%b>\r\n" % piece.rcpt_to),
            (Stage.DATA, b"DATA\r\n"),
        )
        return True

    def say_next(self, body: bytes = b"") -> None:
        """The next command; all of them, behind `body`, where the server takes them in a row."""
        if self.in_a_row and (body or self.commands):
            self.session.say(body + b"".join(line for _stage, line in self.commands))
            self.stages += (stage for stage, _line in self.commands)
            self.commands.clear()
        # Without, the verdict on the body is waited for first.
        elif self.commands and not self.stages:
            stage, line = self.commands.popleft()
            self.session.say(line)
            self.stages.append(stage)
        self.mind_the_time()

    def mind_the_time(self) -> None:
        waits = bool(self.stages)
        self.session.overdue = time.monotonic() + settings.SMTP_TIMEOUT if waits else None

    def hear(self, reply: Reply) -> None:
        """A reply came: what it means depends on what it answers."""
        stage = self.stages.popleft() if self.stages else Stage.NONE
        if reply.code == 421:
            self.dismissed(stage, reply)
        elif stage is Stage.NONE or reply.code // 100 not in {WANTED.get(stage, 2), 4, 5}:
            # The end of a message without recipients may be answered by whatever it likes.
            self.session.lose(reply.words)
        else:
            self.mind_the_time()
            self.understood(stage, reply)

    def understood(self, stage: Stage, reply: Reply) -> None:
        if stage is Stage.BODY:
            self.verdict(reply)
        elif stage is Stage.VOID:
            self.declined()
        elif reply.code >= 400 and stage is not Stage.RSET:
            self.no = self.no or (stage, reply)
            self.is_dirty = True
            if stage is Stage.DATA or not self.in_a_row:
                self.commands.clear()
                self.declined()
        elif stage is Stage.DATA and self.no:
            # It takes a body all the same: an empty one, which RFC 2920 has it refuse.
            self.session.say(b".\r\n")
            self.stages.appendleft(Stage.VOID)
        elif stage is Stage.DATA:
            self.wire.intend(self)
        else:
            self.say_next()

    def pour(self) -> None:
        """Sends the body; the intention is on the disk."""
        self.waits_for_disk = False
        piece = self.offered
        if piece is None or not self.session.is_open:
            return
        piece.begun_at = time.time()
        body, piece.data = piece.data, b""
        self.offered, self.pouring = None, piece
        self.stages.append(Stage.BODY)
        if self.in_a_row:
            self.line_up()
            self.say_next(body)
        else:
            self.session.say(body)
            self.mind_the_time()

    def verdict(self, reply: Reply) -> None:
        """The server's word on the body."""
        piece, self.pouring = self.pouring, None
        assert piece
        self.wire.journal.done(piece.id, reply.words)
        self.wire.end(piece, Stage.BODY, reply)
        self.offer()

    def declined(self) -> None:
        """The server takes no body of the message it was offered."""
        piece, no = self.offered, self.no
        self.offered = None
        assert piece
        assert no
        self.wire.end(piece, *no)
        self.offer()

    def dismissed(self, stage: Stage, reply: Reply) -> None:
        """The server ends the session: what it answers by that is put off, the rest goes on."""
        self.session.close()
        if stage is Stage.BODY and self.pouring:
            self.wire.journal.done(self.pouring.id, reply.words)
            self.wire.end(self.pouring, stage, reply)
            self.pouring = None
        elif self.offered and not self.pouring and stage in {Stage.MAIL, Stage.RCPT, Stage.DATA}:
            self.wire.end(self.offered, *(self.no or (stage, reply)))
            self.offered = None
        self.wire.leave(self)

    def broke(self, words: str) -> None:
        """The line is gone: a body that had begun is in doubt."""
        lost, no = not self.is_idle, (Stage.LOST, Reply(0, words))
        if self.pouring:
            self.wire.end(self.pouring, *no)
        elif self.offered and not self.waits_for_disk:
            self.wire.end(self.offered, *(self.no or no))
            self.offered = None
        self.pouring = None
        self.wire.leave(self, lost=lost)
