"""Everything is killed again and again (kill -9) while people sign: one web process or all of them,
the worker, PostgreSQL.

Every thank-you is kept in a ledger outside the product. After the last kill each thanked act must
have one row, each row one match and one request to confirm it, and nobody may have got a mail
twice. `--lossy` lets the database answer before its disk has the act: then acts
must be missing, or nothing would be noticed.
"""

import argparse
import contextlib
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import stage
from bench.crowd import Crowd

# What must not be, however often it is struck.
NEVER = ("doubled", "unmatched", "matched to nobody or twice", "not asked", "mailed twice")
# How often each is struck, in a hundred.
SHARES = {"web process": 30, "web": 30, "worker": 25, "database": 15}
SECONDS = 900  # for the work that is left when the killing ends


class Havoc:
    """Strikes one part of an installation, and lets it come back: what ends by itself too, as
    systemd would. (A web process that dies again as soon as it began lets its master give up.)"""

    def __init__(self, product: Any, cluster: Any) -> None:
        self.product, self.cluster = product, cluster
        self.struck, self.came_back, self.ends = threading.Lock(), 0, threading.Event()
        self.supervisor = threading.Thread(target=self.supervise)
        self.strikes: dict[str, Callable[[], None]] = {
            "web process": self.strike_process,
            "web": self.strike_web,
            "worker": self.strike_worker,
            "database": self.strike_database,
        }

    def __enter__(self) -> "Havoc":
        self.supervisor.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.ends.set()
        self.supervisor.join()

    def supervise(self) -> None:
        while not self.ends.wait(0.5):
            with self.struck:
                for is_there, start in (
                    (self.product.web.runs, self.product.start_web),
                    (self.product.worker.runs, self.product.start_worker),
                ):
                    if not is_there:
                        start()
                        self.came_back += 1

    def strike(self, kind: str) -> None:
        with self.struck:
            self.strikes[kind]()

    def strike_process(self) -> None:
        """One of those that serve; their master starts another."""
        _program, _master, *serving = stage.family(self.product.web.process.pid)
        with contextlib.suppress(ProcessLookupError):
            os.kill(random.choice(serving), signal.SIGKILL)

    def strike_web(self) -> None:
        self.product.web.kill()
        self.product.start_web()

    def strike_worker(self) -> None:
        self.product.worker.kill()
        self.product.start_worker()

    def strike_database(self) -> None:
        self.cluster.kill()
        self.cluster.engine.start()


def rage(options: argparse.Namespace, havoc: Havoc, crowd: Crowd) -> Counter[str]:
    """The kills, each at any moment of the work; how many of each kind."""
    # Over a database that answers early no program would start again.
    shares = {"database": 1} if options.lossy else SHARES
    kinds, struck = random.choices(list(shares), shares.values(), k=options.kills), Counter[str]()
    for number, kind in enumerate(kinds, 1):
        crowd.thanked(10)
        time.sleep(random.uniform(0, 1))
        havoc.strike(kind)
        struck[kind] += 1
        if number % 20 == 0:
            thanked = len(crowd.result.acknowledged)
            print(f"{number} kills, {thanked} thanked", file=sys.stderr, flush=True)
    crowd.thanked(100)
    return struck


def settle(product: Any) -> None:
    """Waits until all that follows from the acts is done, or SECONDS have passed."""
    left = """
        SELECT count(*) FROM actions_action act
        LEFT JOIN actions_confirmationrequest asked ON asked.action_id = act.id
        LEFT JOIN mail_envelope ON mail_envelope.id = asked.envelope_id
        WHERE asked.id IS NULL OR state IN ('queued', 'leased', 'deferred')
    """
    until = time.monotonic() + SECONDS
    while product.sql(left)[0][0] and time.monotonic() < until:
        time.sleep(2)


def compare(product: Any, crowd: Crowd) -> dict[str, Any]:
    """The ledgers of thank-yous and of the relay against the rows."""
    lost, doubled = crowd.compare()
    [(rows, matched, people, asked)] = product.sql(
        "SELECT (SELECT count(*) FROM actions_action), (SELECT count(*) FROM actions_match),"
        " (SELECT count(*) FROM supporters_supporter),"
        " (SELECT count(DISTINCT action_id) FROM actions_confirmationrequest)"
    )
    states = dict(product.sql("SELECT state, count(*) FROM mail_envelope GROUP BY state"))
    came = Counter(address for mail in product.catcher.caught for address in mail.rcpt_to)
    return {
        "thanked": len(crowd.result.acknowledged),
        "told to try again": crowd.result.refused.total(),
        "rows": rows,
        "lost": lost,
        "doubled": doubled,
        "unmatched": rows - matched,
        "matched to nobody or twice": abs(matched - people),
        "not asked": rows - asked,
        "mails": states,
        "mailed twice": sum(number > 1 for number in came.values()),
        "mails that came": len(came),
    }


def measure(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """The storm on an installation of its own; what was found after it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plaidoyer.config.settings")
    from plaidoyer.config import postgres

    postgres.ensure_url()
    import django

    django.setup()
    from tests import databases, relay, servers

    databases.collect_static(stage.VAR_DIR)
    cluster = databases.Cluster(folder / "cluster")
    url = databases.make_database(cluster.url, "kills")
    product = servers.Product(stage.VAR_DIR, url, relay.Catcher())
    with product.orm():
        public_id = stage.petition()
    product.serve_with(2)
    product.catcher.start()
    try:
        product.start()
        if options.lossy:
            cluster.answer_early()
        began = time.monotonic()
        with Crowd(product, public_id) as crowd, Havoc(product, cluster) as havoc:
            struck = rage(options, havoc, crowd)
        lasted = round(time.monotonic() - began)
        settle(product)
        told = {"kills": dict(struck), "ended by themselves": havoc.came_back, "seconds": lasted}
        return told | compare(product, crowd)
    finally:
        product.web.kill()
        product.worker.kill()
        product.catcher.stop()
        cluster.engine.leave()


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--lossy", action="store_true", help="the control, which must fail")
    options = parser.parse_args()
    machine = stage.machine()
    with tempfile.TemporaryDirectory() as folder:
        figures = machine | {"lossy": options.lossy} | measure(options, Path(folder))
    stage.judge("kills", figures)
    if wrong := [what for what in NEVER if figures[what] and not options.lossy]:
        raise SystemExit(f"This must not be: {', '.join(wrong)}.")


if __name__ == "__main__":
    main()
