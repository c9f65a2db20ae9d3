"""Newsletters a second that leave the whole engine: frozen, leased, filled, journalled, recorded.

Beside it, in the same run and to the same sink: postfix' own smtp-source, which makes nothing and
records nothing (the limit), Django's mail on one kept connection, and nodemailer's pool where node
is installed. Needs Debian's `postfix` for smtp-sink and smtp-source.
"""

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.stage import ROOT, VAR_DIR, machine

SBIN = "/usr/sbin:/usr/local/sbin"
SENTENCE = "The meadow by the river floods in spring, and herons stand in it until May. "
SIZE = 15_000
NODEMAILER = """
const mailer = require("nodemailer"), [port, number, size] = process.argv.slice(2).map(Number);
const pool = mailer.createTransport({pool: true, maxConnections: 16, maxMessages: Infinity,
  host: "127.0.0.1", port, ignoreTLS: true});
const words = "The meadow by the river floods in spring. ".repeat(size / 84);
let sent = 0, next = 0;
const one = () => next < number && pool.sendMail({from: "a@river.example",
  to: `s${next++}@a.example`, subject: "The meadow", text: words, html: `<p>${words}`
}).then(() => { sent++; return one(); });
Promise.all(Array.from({length: 64}, one)).then(() => { console.log(sent); pool.close(); });
"""


@contextmanager
def sink(port: int) -> Iterator[None]:
    """postfix' smtp-sink, which takes everything and keeps nothing."""
    program = shutil.which("smtp-sink", path=f"{os.environ['PATH']}:{SBIN}")
    if not program:
        sys.exit("bin/bench mailing: smtp-sink is missing: apt-get install postfix")
    # It refuses to be root.
    command = [
        program,
        *(["-u", "nobody"] if os.getuid() == 0 else []),
        f"127.0.0.1:{port}",
        "1024",
    ]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def limit(port: int, number: int) -> float:
    """Messages a second of smtp-source: the same bytes again and again, on 16 sessions."""
    program = shutil.which("smtp-source", path=f"{os.environ['PATH']}:{SBIN}")
    command = [program, "-s", "16", "-m", str(number), "-l", str(SIZE)]
    command += ["-f", "a@river.example", "-t", "b@river.example", f"127.0.0.1:{port}"]
    return number / timed(lambda: subprocess.run(command, check=True))


def with_django(number: int) -> float:
    """Messages a second of Django's mail on one kept connection."""
    from django.core.mail import EmailMultiAlternatives, mailers

    words = SENTENCE * (SIZE // len(SENTENCE) // 2)

    def send() -> None:
        connection = mailers["default"]
        connection.open()
        for n in range(number):
            message = EmailMultiAlternatives(
                "The meadow", words, "a@river.example", [f"s{n}@a.example"]
            )
            message.attach_alternative(f"<p>{words}", "text/html")
            connection.send_messages([message])
        connection.close()

    return number / timed(send)


def with_nodemailer(port: int, number: int) -> float | None:
    """Messages a second of nodemailer's pool of 16; nothing where it cannot be had."""
    if not shutil.which("npm"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        asked = ["npm", "install", "--silent", "--no-audit", "--no-fund", "nodemailer@7"]
        if subprocess.run(asked, cwd=folder, capture_output=True).returncode:
            return None
        (Path(folder) / "bench.js").write_text(NODEMAILER)
        command = ["node", "bench.js", str(port), str(number), str(SIZE)]
        return number / timed(lambda: subprocess.run(command, cwd=folder, check=True, stdout=-3))


AGREED = """
    WITH agreed AS (
        INSERT INTO supporters_consent (supporter_id, purpose, answer, basis, page, answered_at)
        SELECT id, 'newsletter', 'given', 'express', '/', now() FROM supporters_supporter
        RETURNING id, supporter_id
    )
    INSERT INTO supporters_subscription (supporter_id, consent_id, began_at)
    SELECT supporter_id, id, now() FROM agreed
"""


def seal_readers(number: int) -> None:
    """So many supporters, each sealed: their addresses are read as the mail leaves."""
    from plaidoyer.supporters.models import Supporter
    from plaidoyer.vault import marks

    for start in range(0, number, 5000):
        Supporter.objects.bulk_create(
            Supporter(
                mark=marks.address(f"s{n}@post.example"),
                email=f"s{n}@post.example",
                given_name=f"Suzie {n}",
                language="fr" if n % 3 == 0 else "en",
            )
            for n in range(start, min(start + 5000, number))
        )


def frozen(number: int) -> tuple[Any, float]:
    """A mailing of 15 kB to so many readers, and how long its audience took to freeze."""
    from django.db import connection

    from plaidoyer.newsletters import mailings

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE supporters_supporter, mail_batch, mail_envelope CASCADE")
        seal_readers(number)
        cursor.execute(AGREED)
        for table in ("supporters_supporter", "supporters_consent", "supporters_subscription"):
            cursor.execute(f"ANALYZE {table}")
    words = SENTENCE * (SIZE // len(SENTENCE) // 2)
    slots = f"{mailings.GIVEN_NAME}, {mailings.UNSUBSCRIBE_URL}"
    versions = {
        code: mailings.Words(
            subject="The meadow",
            html=f"<p>{hello}{slots}</p><p>{words}",
            text=f"{hello}{slots} {words}",
        )
        for code, hello in (("en", "Hello"), ("fr", "Bonjour"))
    }
    mailing = mailings.create(name="Bench", versions=versions)
    seconds = timed(lambda: mailings.freeze(mailing))
    mailing.refresh_from_db()
    return mailing, seconds


class Memory(threading.Thread):
    """Looks now and then at how much memory the processes of a crew have."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.most = pid, 0

    def run(self) -> None:
        while Path(f"/proc/{self.pid}").exists():
            self.most = max([self.most, *map(memory, children(self.pid))])
            time.sleep(0.5)


def children(pid: int) -> list[int]:
    """The processes that process `pid` has begun."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def memory(pid: int) -> int:
    """Bytes of memory of a process, shared pages by their share (PSS); 0 when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    except (OSError, StopIteration):
        return 0


def with_us(number: int, url: str, *, senders: int, selectors: str) -> dict[str, Any]:
    """The whole engine: `senders` processes of `plaidoyer sender`, from the first lease to the end.

    The clock runs from the first message's beginning to the last one's end, as the database has
    them: to start a program is no part of sending.
    """
    from django.db import connection

    from plaidoyer.mail.models import Envelope

    mailing, freezing = frozen(number)
    settings = {"DATABASE_URL": url, "DKIM_SELECTORS": selectors, "MAIL_CONNECTIONS": "16"}
    connection.close()
    program = [Path(sys.executable).parent / "plaidoyer", "sender", f"--processes={senders}"]
    process = subprocess.Popen(program, env=os.environ | settings)
    watch = Memory(process.pid)
    watch.start()
    process.wait()
    states = Envelope.objects.filter(batch=mailing.batch).values_list("state", flat=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM max(ended_at) - min(begun_at)) FROM mail_envelope"
            " WHERE batch_id = %s",
            [mailing.batch.pk],
        )
        seconds = float(cursor.fetchone()[0])
    accepted = sum(state == Envelope.State.ACCEPTED for state in states)
    return {
        "per_second": accepted / seconds,
        "accepted": accepted,
        "planned": number,
        "freezing_seconds": round(freezing, 2),
        "most_megabytes": round(watch.most / 1e6),
    }


def run(port: int, number: int, url: str, rounds: int) -> dict[str, Any]:
    """Everybody in turn, `rounds` times; medians, so that a noisy moment touches all alike."""
    few = min(number, 2000)
    found: dict[str, list[float]] = {}
    ours: dict[str, dict[str, Any]] = {}
    ways: dict[str, Callable[[], Any]] = {
        "smtp-source (the limit)": lambda: limit(port, number),
        "Django, one connection": lambda: with_django(few),
        "nodemailer, pool of 16": lambda: with_nodemailer(port, few * 2),
    }
    for name, senders, selectors in (
        ("Plaidoyer, 2 processes", 2, ""),
        ("Plaidoyer, 1 process", 1, ""),
        ("Plaidoyer, 2 processes, RSA-2048", 2, "bench"),
    ):
        ways[name] = lambda s=senders, k=selectors: with_us(number, url, senders=s, selectors=k)
    for _ in range(rounds):
        for name, way in ways.items():
            said = way()
            if isinstance(said, dict):
                ours[name], said = said, said["per_second"]
            if said is not None:
                found.setdefault(name, []).append(said)
                print(f"  {name:<36} {said:>9,.0f}/s", flush=True)
    return {
        "number": number,
        "per_second": {name: round(statistics.median(all_)) for name, all_ in found.items()},
        "ours": ours,
    }


def table(figures: dict[str, Any]) -> str:
    """The medians, each as a share of the limit and of Django's."""
    speeds = figures["per_second"]
    top, django = speeds["smtp-source (the limit)"], speeds["Django, one connection"]
    lines = [f"{figures['number']:,} messages of 15 kB (medians)"]
    for name, speed in speeds.items():
        ours = figures["ours"].get(name, {})
        memory = f"{ours['most_megabytes']} MB each" if ours else ""
        lines.append(
            f"{name:<36} {speed:>8,}/s {speed / top:>6.0%} {speed / django:>7.1f}x {memory}"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench mailing", description=__doc__)
    parser.add_argument("--numbers", default="20000,200000", help="readers (20000,200000)")
    parser.add_argument("--rounds", type=int, default=3, help="of the first number; the rest: 1")
    options = parser.parse_args()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    os.environ |= {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(port)}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plaidoyer.config.settings")
    from plaidoyer.config import postgres

    cluster = postgres.ensure_url()
    import django

    django.setup()
    from django.db import connection

    from tests import databases

    url = databases.make_database(cluster, "bench")
    connection.close()
    connection.settings_dict["NAME"] = "bench"
    from plaidoyer.mail import signatures

    if not signatures.key_path("bench").exists():
        signatures.make_key("bench")
    said: dict[str, Any] = {"machine": machine(), "runs": []}
    with sink(port):
        for place, number in enumerate(int(one) for one in options.numbers.split(",")):
            said["runs"].append(run(port, number, url, options.rounds if place == 0 else 1))
            print(table(said["runs"][-1]), flush=True)
    path = VAR_DIR / "mailing.json"
    path.write_text(json.dumps(said, indent=2))
    print(f"Written to {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
