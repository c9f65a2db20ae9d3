"""Senders are killed again and again (kill -9) while a newsletter leaves to a relay full of faults.

Every recipient must come to one end; nobody is missed, nobody gets it twice. The relay keeps a
ledger of its own, which is compared with the rows at the end. `--lossy` sends with a journal that
forgets what was begun: then the comparison must fail.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import signal
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Of so many recipients, one meets each of these faults.
EVERY = 500
GONE, LATER, TOO_BIG, KEPT_THEN_DROPPED, DROPPED, SLOW, LISTED = range(1, 8)
CONNECTIONS, SENDERS = 8, 2
HELLO = b"250-relay\r\n250-PIPELINING\r\n250 SIZE 52428800\r\n"


class Relay:
    """An SMTP server on the loopback with faults that depend on the recipient's number."""

    def __init__(self, listener: socket.socket, ledger: Path) -> None:
        self.listener = listener
        self.ledger = os.open(ledger, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        self.tries: Counter[str] = Counter()

    async def serve(self) -> None:
        server = await asyncio.start_server(self.talk, sock=self.listener, limit=1 << 20)
        await server.serve_forever()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = ""
        writer.write(b"220 relay\r\n")
        try:
            while line := await reader.readline():
                verb = line[:4].upper()
                if verb == b"EHLO":
                    writer.write(HELLO)
                elif verb == b"RCPT":
                    address = line.partition(b"<")[2].partition(b">")[0].decode()
                    self.tries[address] += 1
                    answer = self.word(address)
                    writer.write(answer)
                    if answer.startswith(b"421"):
                        break
                    if not answer.startswith(b"250"):
                        address = ""
                elif verb == b"DATA" and not address:
                    writer.write(b"503 5.5.1 no recipients\r\n")
                elif verb == b"DATA":
                    writer.write(b"354 go on\r\n")
                    await reader.readuntil(b"\r\n.\r\n")
                    if not await self.take(address, writer):
                        break
                else:
                    writer.write(b"250 ok\r\n")
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        writer.close()

    def word(self, address: str) -> bytes:
        """What the relay says of a recipient."""
        if self.tries[address] == 1 and fault(address) == GONE:
            return b"421 4.3.2 going down\r\n"
        if self.tries[address] == 1 and fault(address) == LATER:
            return b"450 4.2.1 greylisted\r\n"
        return b"250 ok\r\n"

    async def take(self, address: str, writer: asyncio.StreamWriter) -> bool:
        """Keeps a message, or not; False ends the session without a word."""
        met = fault(address)
        if met == TOO_BIG:
            writer.write(b"552 5.3.4 too big\r\n")
            return True
        if met == SLOW:
            await asyncio.sleep(0.3)
        if met != DROPPED:
            os.write(self.ledger, f"{address}\n".encode())
        if met in {DROPPED, KEPT_THEN_DROPPED}:
            writer.transport.abort()
            return False
        writer.write(b"250 2.0.0 kept\r\n")
        return True


def fault(address: str) -> int:
    """Which fault a recipient meets; 0 or more than LISTED: none."""
    return int(address[1:].partition("@")[0]) % EVERY


def forked(work: Callable[[], Any]) -> int:
    """The pid of a fork of this process that does `work` and ends."""
    from django.db import connections

    connections.close_all()
    if pid := os.fork():
        return pid
    try:
        work()
    finally:
        os._exit(0)


def killed(pid: int) -> None:
    """Ends a fork without a warning."""
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def send(*, lossy: bool) -> None:
    """Sends until it is killed or all came to an end."""
    from django.db import InterfaceError, OperationalError

    from plaidoyer.mail import journals, sending, verdicts

    verdicts.BACK_OFF[:] = [0.2] * len(verdicts.BACK_OFF)
    sending.RELAY_REST_SECONDS = sending.LOST_SECONDS = 0.2
    if lossy:
        journals.Journal.intend = lambda self, envelope: None
    while True:
        # While the database is away; a worker's job would be begun anew.
        with contextlib.suppress(OperationalError, InterfaceError):
            sending.send_due()
        time.sleep(0.02)


def left() -> int:
    """How many envelopes have not come to an end."""
    from plaidoyer.mail.models import Envelope

    return Envelope.objects.exclude(state__in=Envelope.FINAL).count()


def recovered() -> None:
    """Takes over what the dead held, if the database answers."""
    from django.db import InterfaceError, OperationalError, connection

    from plaidoyer.mail import recoveries

    try:
        recoveries.recover()
    except (OperationalError, InterfaceError):
        connection.close()


def await_growth(ledger: Path, messages: float) -> None:
    """Waits until so many more messages have come, so that a kill falls into work; 10 s at most."""
    wanted = ledger.stat().st_size + messages * len("s12345@post.example\n")
    until = time.monotonic() + 10
    while ledger.stat().st_size < wanted and time.monotonic() < until:
        time.sleep(0.001)


def rage(options: argparse.Namespace, engine: Any, ledger: Path) -> int:
    """The storm, and the calm until all came to an end; how often it killed."""
    chance, kills = random.Random(options.seed), 0
    senders = [forked(lambda: send(lossy=options.lossy)) for _ in range(SENDERS)]
    restarts = {options.kills * (n + 1) // (options.restarts + 1) for n in range(options.restarts)}
    try:
        while kills < options.kills:
            await_growth(ledger, chance.uniform(0, 1.5 * options.recipients / options.kills))
            victim = chance.randrange(SENDERS)
            killed(senders[victim])
            kills += 1
            if kills in restarts:
                engine.control("restart", "-m", "immediate", "-l", engine.data / "log")
            recovered()
            senders[victim] = forked(lambda: send(lossy=options.lossy))
            if kills % 20 == 0:
                print(f"{kills} kills, {left()} left", file=sys.stderr, flush=True)
        until = time.monotonic() + options.seconds
        while left() and time.monotonic() < until:
            recovered()
            time.sleep(0.2)
    finally:
        for pid in senders:
            killed(pid)
    recovered()
    return kills


def compare(ledger: Path, planned: int, kills: int) -> dict[str, Any]:
    """The rows against the relay's ledger."""
    from plaidoyer.mail.models import Envelope
    from plaidoyer.vault import marks

    rows = dict(Envelope.objects.values_list("mark", "state"))
    came = Counter(map(marks.address, ledger.read_text().split()))
    states = Counter(rows.values())
    return {
        "planned": planned,
        "kills": kills,
        **states,
        "ended": sum(states[state] for state in map(str, Envelope.FINAL)),
        "missed": sum(state == "accepted" and reader not in came for reader, state in rows.items()),
        "twice": sum(number > 1 for number in came.values()),
        "unexplained": sum(rows.get(reader) not in {"accepted", "in_doubt"} for reader in came),
        # What the relay itself dropped without a word, and one for each session of each kill.
        "doubt_allowed": CONNECTIONS * kills + 2 * (planned // EVERY + 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench storm", description=__doc__)
    parser.add_argument("--recipients", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--restarts", type=int, default=3, help="of PostgreSQL, meanwhile (3)")
    parser.add_argument("--seconds", type=float, default=300, help="for the calm after (300)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lossy", action="store_true", help="the control, which must fail")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        said = storm(options, Path(folder))
    print(json.dumps(said))


def storm(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    listener = socket.create_server(("127.0.0.1", 0))
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "plaidoyer.config.settings",
        "VAR_DIR": str(folder),
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(listener.getsockname()[1]),
        "SMTP_TIMEOUT": "10",
        "MAIL_CONNECTIONS": str(CONNECTIONS),
    }
    from plaidoyer.config import postgres

    with contextlib.ExitStack() as afterwards:
        engine = postgres.Embedded(folder)
        os.environ["DATABASE_URL"] = engine.join()
        afterwards.callback(engine.leave)
        import django

        django.setup()
        from django.db import connection

        from bench.mailing import frozen
        from plaidoyer.config import tables
        from plaidoyer.mail import suppressions

        afterwards.callback(connection.close)
        tables.lay()
        frozen(options.recipients)
        for number in range(LISTED, options.recipients + 1, EVERY):
            suppressions.suppress(f"s{number}@post.example", reason=suppressions.Reason.BY_HAND)
        ledger = folder / "ledger"
        ledger.touch()
        relay = forked(lambda: asyncio.run(Relay(listener, ledger).serve()))
        afterwards.callback(killed, relay)
        kills = rage(options, engine, ledger)
        return compare(ledger, options.recipients, kills)


if __name__ == "__main__":
    main()
