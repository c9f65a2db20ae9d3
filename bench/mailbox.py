"""A day of 35,000 letters to one mailbox, and as many to 338 members: the courtesy budget kept.

Rows are made by SQL, time is moved through the product's own rounds, a minute each, and what has
its turn leaves at its moment. No hour may be above its cap, and every writer is looked for.
"""

import argparse
import json
import os
import time
from datetime import datetime, timedelta
from typing import Any

from bench.stage import VAR_DIR, machine


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench mailbox", description=__doc__)
    parser.add_argument("--people", type=int, default=35_000, help="who write (35000)")
    parser.add_argument("--members", type=int, default=338, help="of the parliament (338)")
    parser.add_argument("--hours", type=float, default=8, help="of the working day (8)")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plaidoyer.config.settings")
    from plaidoyer.config import postgres

    cluster = postgres.ensure_url()
    import django

    django.setup()
    from tests import databases, relay, servers

    about = {**machine(), "people": options.people, "members": options.members}
    print(*(f"{name}: {value}" for name, value in about.items()), sep="\n", end="\n\n")
    database = databases.make_database(cluster, "bench_mailbox")
    with servers.Product(VAR_DIR, database, relay.Catcher()).orm():
        figures = measure(options.people, options.members, options.hours)
    print(*(f"{name}: {value}" for name, value in figures.items()), sep="\n")
    path = VAR_DIR / f"mailbox-{datetime.now():%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps({**about, **figures}, indent=2) + "\n")
    print(f"\nWritten to {path}")
    if not (figures["within_caps"] and figures["all_accounted_for"]):
        raise SystemExit("A cap was passed, or a writer is missing.")


def measure(people: int, members: int, hours: float) -> dict[str, Any]:
    """The day's figures; seconds are those of the machine."""
    from dataclasses import asdict

    from plaidoyer import testing
    from plaidoyer.delivery.models import Digest
    from plaidoyer.delivery.tests import flood, simulated

    day, began = simulated.midnight(2026, 11, 24), time.perf_counter()
    form = testing.make_form(kind="letter", opens_at=day)
    flood.flood(form, people=people, members=members, at=day - timedelta(hours=6))
    laid = time.perf_counter()
    nine = day + timedelta(hours=9)
    left = simulated.pass_time(nine, nine + timedelta(hours=hours))
    passed = time.perf_counter()
    account = flood.account()
    busiest = simulated.by_address(left)
    members_hour = simulated.most_in_an_hour([at for to, at in left if "parl.example" in to])
    letter_hour = max(busiest.values())
    return {
        **asdict(account),
        "digests": Digest.objects.count(),
        "digest_letters": [digest.letters.count() for digest in Digest.objects.all()],
        "busiest_hour_of_a_mailbox": letter_hour,
        "busiest_hour_of_the_minister": busiest[flood.VALE],
        "busiest_hour_of_the_members_server": members_hour,
        "within_caps": letter_hour <= flood.cap() and members_hour <= 3000,
        "all_accounted_for": account.is_whole,
        "seconds_to_lay_rows": round(laid - began, 1),
        "seconds_of_the_day": round(passed - laid, 1),
        "seconds_to_account": round(time.perf_counter() - passed, 1),
    }


if __name__ == "__main__":
    main()
