"""Acts a second that the production server takes in, each committed before its thank-you.

Starts `plaidoyer serve` on a database of its own, sends signatures over HTTP, and compares every
acknowledgement with the rows: none may be missing, none may be there twice.
"""

import argparse
import asyncio
import json
import os
import platform
import subprocess
import time
import urllib.parse
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.load import Request, Result, closed_load, open_load

ROOT = Path(__file__).parents[1]
VAR_DIR = Path(os.environ.setdefault("VAR_DIR", str(ROOT / "var" / "bench")))


def signatures(port: int, public_id: str, stage: str) -> Iterator[Request]:
    """Signatures of people who never come twice."""
    number = 0
    while True:
        number += 1
        email = f"{stage}-{number}@people.example"
        body = urllib.parse.urlencode(
            {"given_name": "Suzie", "family_name": f"Bench {number}", "email": email,
             "postal_code": "G1R 2B5", "page": "/fr/campagnes/meadow/agir/"}
        ).encode()  # fmt: skip
        head = (
            f"POST /fr/actions/{public_id}/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        yield Request(email, head.encode() + body)


def machine() -> dict[str, Any]:
    """Where this was measured."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True
    )
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit.stdout.strip(),
        "processor": models[0] if models else platform.processor(),
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 2),
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def verify(product: Any, stage: str, result: Result) -> dict[str, int]:
    """The rows of a stage against its acknowledgements."""
    rows = [row[0] for row in product.sql(
        "SELECT email FROM actions_action WHERE email LIKE %s", f"{stage}-%"
    )]  # fmt: skip
    return {
        "acknowledged": len(result.acknowledged),
        "rows": len(rows),
        "lost": len(set(result.acknowledged) - set(rows)),
        "doubled": len(rows) - len(set(rows)),
    }


def busy() -> float:
    """Seconds of processor time that the whole machine has spent so far."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n")[0].split()[1:]]
    return (sum(fields[:8]) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")


def measure(product: Any, public_id: str, name: str, load: Any) -> dict[str, Any]:
    """One stage: the load, its figures, and the comparison with the rows."""
    stage = f"{name.replace('/', '').replace(' ', '')}-{time.time_ns()}"
    ours, everybody = time.process_time(), busy()
    result = asyncio.run(load(product.port, signatures(product.port, public_id, stage)))
    ours, everybody = time.process_time() - ours, busy() - everybody
    figures = {
        "stage": name,
        "per_second": round(result.per_second, 1),
        **{f"p{p}_ms": round(result.milliseconds(p / 100), 1) for p in (50, 95, 99)},
        "refused": dict(result.refused),
        "cores_busy": round(everybody / result.seconds, 2),
        "cores_of_generator": round(ours / result.seconds, 2),
        **verify(product, stage, result),
    }
    print(
        f"{name:>16} {figures['per_second']:>9} {figures['p50_ms']:>8} {figures['p95_ms']:>8} "
        f"{figures['p99_ms']:>8} {figures['acknowledged']:>8} {figures['rows']:>8} "
        f"{figures['lost']:>5} {figures['doubled']:>7} {sum(result.refused.values()):>8} "
        f"{figures['cores_busy']:>6} {figures['cores_of_generator']:>10}"
    )
    return figures


def stages(seconds: float) -> dict[str, Any]:
    """The loads, by name."""
    return {
        **{
            f"{rate}/s": lambda port, requests, rate=rate: open_load(port, requests, rate, seconds)
            for rate in (34, 200)
        },
        **{
            f"{number} at once": lambda port, requests, number=number: closed_load(
                port, requests, number, seconds
            )
            for number in (8, 32, 64)
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench intake", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="length of each stage (20)")
    parser.add_argument("--workers", type=int, default=2, help="web processes (2)")
    parser.add_argument("--with-worker", action="store_true", help="match and mail meanwhile")
    options = parser.parse_args()

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plaidoyer.config.settings")
    from plaidoyer.config import postgres

    cluster = postgres.ensure_url()
    import django

    django.setup()
    from plaidoyer import testing
    from tests import servers

    servers.collect_static(VAR_DIR)
    database = servers.make_database(cluster, "bench")
    product = servers.Product(VAR_DIR, database, servers.Catcher())
    with product.orm():
        form = testing.make_form()
        testing.make_pages(form)
    product.web.arguments += ["--workers", str(options.workers)]
    about = {**machine(), "workers": options.workers, "with_worker": options.with_worker}
    print(*(f"{name}: {value}" for name, value in about.items()), sep="\n", end="\n\n")
    print(
        f"{'stage':>16} {'acts/s':>9} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8} {'thanked':>8} "
        f"{'rows':>8} {'lost':>5} {'doubled':>7} {'refused':>8} {'busy':>6} {'generator':>10}"
    )
    try:
        product.start() if options.with_worker else product.start_web()
        warm_up = lambda port, requests: closed_load(port, requests, 8, 2)  # noqa: E731
        figures = [
            measure(product, form.public_id, name, load)
            for name, load in {"warm-up": warm_up, **stages(options.seconds)}.items()
        ]
    finally:
        product.stop()
    path = VAR_DIR / f"intake-{datetime.now():%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps({**about, "stages": figures}, indent=2) + "\n")
    print(f"\nbusy and generator: cores, of {about['cores']}. Written to {path}")
    if any(stage["lost"] or stage["doubled"] for stage in figures):
        raise SystemExit("Acknowledged acts were lost or doubled.")


if __name__ == "__main__":
    main()
