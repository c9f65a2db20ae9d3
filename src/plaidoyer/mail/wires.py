"""All sessions of one sender with the relay, in a thread of their own: give pieces, get ends.

The thread that leases talks to the database and composes; this one waits for nobody but the relay.
"""

import asyncio
import contextlib
import heapq
import threading
import time
from collections import deque
from collections.abc import Iterable

import uvloop
from django.conf import settings

from plaidoyer.mail import messages
from plaidoyer.mail.journals import Journal
from plaidoyer.mail.lanes import Lane
from plaidoyer.mail.pieces import End, Leased, Piece, Stage
from plaidoyer.mail.relay import LostError, Reply, Session
from plaidoyer.mail.scrubbing import scrubbed

# So many sessions lost one after the other mean that the relay is ill, not a message.
MOST_LOSSES = 3
# Another session is opened where each has more than so many messages before it.
CROWDED = 4
# No session more than there are, for so long, where the relay takes no more.
FULL_SECONDS = 10
# Without news of our lease from the database nothing begins any more.
HELD_SECONDS = 60
TICK_SECONDS = 0.2


class Wire:
    """The sessions, the messages before them, and the ends that nobody has taken yet."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.ends: deque[End] = deque()
        # Set when there are `wake_at` ends, or nothing is left to do.
        self.news = threading.Event()
        self.wake_at = 1
        self.unwanted: set[int] = set()
        self.ill = ""
        self.held_until = time.monotonic() + HELD_SECONDS
        self.lanes: set[Lane] = set()
        self.line: list[tuple[int, int, Piece]] = []
        self.number = 0
        self.opening: asyncio.Task | None = None
        self.full_until = 0.0
        self.losses = 0
        self.parked: list[Lane] = []
        self.disk = threading.Event()
        self.closes = False
        self.loop = uvloop.new_event_loop()
        self.threads = [
            threading.Thread(target=self._live, name="wire", daemon=True),
            threading.Thread(target=self._keep_synced, name="disk", daemon=True),
        ]
        for thread in self.threads:
            thread.start()

    # What the other thread may ask.

    def give(self, pieces: Iterable[Piece]) -> None:
        """These are to leave, the urgent before all that waits."""
        self.loop.call_soon_threadsafe(self._take_in, list(pieces))

    def hold(self) -> None:
        """The database has just said that what we leased is ours."""
        self.held_until = time.monotonic() + HELD_SECONDS
        self.loop.call_soon_threadsafe(self._wake)

    def take_back(self) -> list[Leased]:
        """All that has not been named to the relay; it does not leave any more."""

        async def taken() -> list[Leased]:
            line, self.line = self.line, []
            return [piece.leased for _urgency, _number, piece in line]

        return asyncio.run_coroutine_threadsafe(taken(), self.loop).result()

    def rest(self) -> None:
        """Nothing to do for now: takes leave of the relay."""

        async def left() -> None:
            for lane in [lane for lane in self.lanes if lane.is_idle]:
                self.lanes.discard(lane)
                lane.session.close(politely=True)
            self.losses, self.ill, self.full_until = 0, "", 0.0

        asyncio.run_coroutine_threadsafe(left(), self.loop).result()

    def close(self) -> None:
        """Ends both threads; a body on the line is cut off."""
        self.closes = True
        self.disk.set()
        self.loop.call_soon_threadsafe(self.loop.stop)
        for thread in self.threads:
            thread.join()

    # What happens in the thread of the sessions.

    def _live(self) -> None:
        asyncio.set_event_loop(self.loop)
        tick = self.loop.create_task(self._tick())
        self.loop.run_forever()
        for task in (tick, self.opening):
            if task:
                task.cancel()
        for lane in self.lanes:
            lane.session.broke = lambda words: None
            lane.session.close()
        with contextlib.suppress(asyncio.CancelledError):
            self.loop.run_until_complete(tick)
        self.loop.close()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now = time.monotonic()
            for lane in list(self.lanes):
                if lane.session.overdue and now > lane.session.overdue:
                    lane.session.lose("The relay did not answer in time.")
            self._wake()

    def _take_in(self, pieces: list[Piece]) -> None:
        for piece in pieces:
            self._put(piece)
        self._wake()

    def _put(self, piece: Piece) -> None:
        self.number += 1
        heapq.heappush(self.line, (-piece.leased.urgency, self.number, piece))

    def _wake(self) -> None:
        """Whoever can offer something does; where too much waits another session is opened."""
        for lane in list(self.lanes):
            if not self.line:
                break
            lane.offer()
        crowded = len(self.line) > CROWDED * len(self.lanes)
        full = time.monotonic() < self.full_until or len(self.lanes) >= settings.MAIL_CONNECTIONS
        if self.line and crowded and not full and not self.opening and not self.ill:
            self.opening = self.loop.create_task(self._open())

    async def _open(self) -> None:
        try:
            lane = Lane(self, await Session.open())
            self.lanes.add(lane)
            lane.offer()
        except LostError as error:
            if not self.lanes:
                self._fall_ill(str(error))
            self.full_until = time.monotonic() + FULL_SECONDS
        finally:
            self.opening = None
        self._wake()

    def take(self) -> Piece | None:
        """The next to leave, made; None when there is none or we do not know whether it is ours."""
        while self.line and not self.ill and time.monotonic() < self.held_until:
            _urgency, _number, piece = heapq.heappop(self.line)
            if piece.id in self.unwanted:
                self.end(piece, Stage.UNWANTED, Reply(0, ""))
            elif self._made(piece):
                return piece
        return None

    def _made(self, piece: Piece) -> bool:
        try:
            piece.mail_from = messages.bounce_address(piece.leased).encode("ascii")
            piece.rcpt_to = messages.wire_address(piece.leased.to_address).encode("ascii")
            piece.data = piece.make() + b".\r\n"
        except Exception as error:
            self.end(piece, Stage.UNMADE, Reply(0, ""), error)
            return False
        return True

    def intend(self, lane: Lane) -> None:
        """The body of what `lane` offered may begin, once the journal says so."""
        assert lane.offered
        if time.monotonic() > self.held_until:
            lane.session.close()
            self.leave(lane)
            return
        self.journal.intend(lane.offered.id)
        if not self.journal.syncs:
            lane.pour()
            return
        lane.waits_for_disk = True
        self.parked.append(lane)
        if not self.disk.is_set():  # to wake a thread that is awake costs as much
            self.disk.set()

    def _keep_synced(self) -> None:
        """The thread of the disk: one wait for all that want to begin at that moment."""
        while self.disk.wait() and not self.closes:
            self.disk.clear()
            lanes, self.parked = self.parked, []
            if lanes:
                self.journal.sync()
                with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile
                    self.loop.call_soon_threadsafe(self._pour, lanes)

    def _pour(self, lanes: list[Lane]) -> None:
        for lane in lanes:
            lane.pour()

    def end(self, piece: Piece, stage: Stage, reply: Reply, error: Exception | None = None) -> None:
        """`piece` came to an end here, for now or for good."""
        words = scrubbed(reply.words, piece.leased.to_address)
        self.ends.append(End(piece, stage, Reply(reply.code, words), time.time(), error))
        if stage is not Stage.LOST:
            self.losses = 0
        if len(self.ends) >= self.wake_at and not self.news.is_set():
            self.news.set()

    def leave(self, lane: Lane, *, lost: bool = False) -> None:
        """The session of `lane` is gone; what it had only named waits for another."""
        self.lanes.discard(lane)
        if lane.offered:
            if lane.waits_for_disk:
                self.journal.take_back(lane.offered.id)
            self._put(lane.offered)
            lane.offered = None
        self.losses += lost
        if self.losses >= MOST_LOSSES:
            self._fall_ill(self.ends[-1].reply.words if self.ends else "")
        if self.loop.is_running():
            self.loop.call_soon(self._wake)

    def _fall_ill(self, words: str) -> None:
        self.ill = words or "The relay is lost."
        self.news.set()
