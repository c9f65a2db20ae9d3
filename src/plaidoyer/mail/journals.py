"""What a sender did, on its own machine's disk, faster than any database can commit it.

`I 12` stands in the journal before the first byte of message 12 goes to the relay, `D 12 250 Kept`
after the relay's word. The kernel keeps what is written when a process is killed; with
MAIL_JOURNAL_SYNC the disk has it before the message begins, so that a power cut changes nothing.

A journal is locked for as long as its sender lives. Whoever can lock it knows that the sender is
dead, and by whom nothing more will be written or sent.
"""

import contextlib
import errno
import fcntl
import os
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

# Beyond this size a journal is written anew with what is still open.
MOST_BYTES = 16 * 1024 * 1024


class AliveError(Exception):
    """The sender of this journal still lives."""


class Journal:
    """The journal of one living sender."""

    def __init__(self, number: int) -> None:
        """Begins it, locked. Raises AliveError when another process has this number."""
        self.number = number
        self.lock = locked(number)
        # What SQL has not got yet: the last line of each envelope. Shared with the wire's thread,
        # one operation at a time.
        self.unflushed: dict[int, bytes] = {}
        self.syncs = settings.MAIL_JOURNAL_SYNC
        self.file = self._begin()

    def intend(self, envelope: int) -> None:
        """The body of `envelope` is about to begin (with `sync` in between)."""
        self._write(envelope, b"I %d\n" % envelope)

    def done(self, envelope: int, words: str) -> None:
        """The relay has said `words`, which begin with its code, of the whole message."""
        line = f"D {envelope} {words}".encode("utf-8", "replace").replace(b"\n", b" ")
        self._write(envelope, line + b"\n")

    def take_back(self, envelope: int) -> None:
        """The body of `envelope` did not begin after all."""
        self._write(envelope, b"N %d\n" % envelope)

    def forget(self, envelopes: list[int]) -> None:
        """SQL has committed what became of them."""
        for envelope in envelopes:
            self.unflushed.pop(envelope, None)

    def sync(self) -> None:
        """Waits until the disk has every line written before."""
        try:
            os.fdatasync(self.file)
        except OSError as error:
            # Written anew meanwhile: the new file was waited for.
            if error.errno != errno.EBADF:
                raise

    def close(self) -> None:
        """Ends it; gone without trace when everything in it is in SQL."""
        os.close(self.file)
        if not self.unflushed:
            remove(self.number)
        os.close(self.lock)

    def _write(self, envelope: int, line: bytes) -> None:
        self.unflushed[envelope] = line
        os.write(self.file, line)
        self.size += len(line)
        if self.size > MOST_BYTES:
            old, self.file = self.file, self._begin()
            os.close(old)

    def _begin(self) -> int:
        head = f"{'synced' if self.syncs else 'unsynced'} {boot()}\n".encode()
        draft, path = path_of(self.number, "draft"), path_of(self.number, "journal")
        file = os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_APPEND, 0o600)
        lines = head + b"".join(list(self.unflushed.values()))
        os.write(file, lines)
        os.fsync(file)
        os.rename(draft, path)
        sync_folder()
        self.size = len(lines)
        return file


@dataclass(slots=True)
class Remains:
    """What the journal of a dead sender says: verdicts, and what had begun without one."""

    said: dict[int, str] = field(default_factory=dict)
    begun: set[int] = field(default_factory=set)
    # False: lines may be missing at its end, so that what is not in it may have begun.
    whole: bool = True


def remains(number: int) -> Remains | None:
    """What the dead sender `number` wrote; None when there is no journal of it."""
    try:
        head, _, body = path_of(number, "journal").read_bytes().partition(b"\n")
    except FileNotFoundError:
        return None
    how, _, booted = head.decode("ascii", "replace").partition(" ")
    found = Remains(whole=how == "synced" or (bool(booted) and booted == boot()))
    for line in body.split(b"\n")[:-1]:  # a line without its end is none
        kind, _, rest = line.decode("utf-8", "replace").partition(" ")
        envelope, _, words = rest.partition(" ")
        if not envelope.isdigit():
            continue
        if kind == "I":
            found.begun.add(int(envelope))
            found.said.pop(int(envelope), None)  # sent again later, after a 4xx
        elif kind == "N":
            found.begun.discard(int(envelope))
        elif kind == "D":
            found.said[int(envelope)] = words
    found.begun -= set(found.said)
    return found


def locked(number: int) -> int:
    """The open lock of journal `number`, ours until it is closed. Raises AliveError."""
    lock = os.open(path_of(number, "lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise AliveError(number) from None
    return lock


def remove(number: int) -> None:
    """Deletes the journal `number`, whose lock we hold."""
    for ending in ("journal", "draft", "lock"):
        path_of(number, ending).unlink(missing_ok=True)


def place() -> uuid.UUID:
    """Which folder of journals this is: two machines have two, whatever their names are."""
    path = folder() / "place"
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_text(str(uuid.uuid4()))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return uuid.UUID(path.read_text().strip())


def folder() -> Path:
    """Where the journals are."""
    path = Path(settings.MAIL_JOURNALS)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def path_of(number: int, ending: str) -> Path:
    """One of the files of journal `number`."""
    return folder() / f"{number}.{ending}"


def sync_folder() -> None:
    """Waits until the disk has the names of the files."""
    handle = os.open(folder(), os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def boot() -> str:
    """Changes when the machine starts anew; empty where nobody can tell."""
    path = Path("/proc/sys/kernel/random/boot_id")
    return path.read_text().strip() if path.exists() else ""
