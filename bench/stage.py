"""What every measurement stands on: the product on a database of its own, and where it ran."""

import json
import os
import platform
import subprocess
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.load import Request

ROOT = Path(__file__).parents[1]
VAR_DIR = Path(os.environ.setdefault("VAR_DIR", str(ROOT / "var" / "bench")))
SUZIE = {"given_name": "Suzie", "postal_code": "G1R 2B5", "page": "/fr/campagnes/meadow/agir/"}


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


def busy() -> float:
    """Seconds of processor time that the whole machine has spent so far."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n")[0].split()[1:]]
    return (sum(fields[:8]) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")


def spent(pid: int) -> float:
    """Seconds of processor time that a process and its children have spent so far."""
    ticks = 0
    for one in family(pid):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def family(pid: int) -> Iterator[int]:
    """A process and all that came of it."""
    yield pid
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in path.read_text().split():
            yield from family(int(child))


def post(port: int, path: str, name: str, fields: dict[str, str]) -> Request:
    """The bytes of one form that is sent; `name` stands in the ledger of thank-yous."""
    body = urllib.parse.urlencode(fields).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return Request(name, head.encode() + body)


def signatures(port: int, public_id: str, stage: str) -> Iterator[Request]:
    """Signatures of people who never come twice."""
    number = 0
    while True:
        number += 1
        # The page says who it was: what is personal cannot be read from the rows.
        who = {"email": f"{stage}-{number}@people.example", "page": f"/{stage}-{number}/"}
        fields = {**SUZIE, "family_name": f"Bench {number}", **who}
        yield post(port, f"/fr/actions/{public_id}/", who["page"], fields)


@contextmanager
def product(name: str, *, build: Callable[[], Any], workers: int = 2) -> Iterator[tuple[Any, Any]]:
    """The product with its web started, on a new database, and what `build` made in it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plaidoyer.config.settings")
    from plaidoyer.config import postgres

    cluster = postgres.ensure_url()
    import django

    django.setup()
    from tests import databases, relay, servers

    databases.collect_static(VAR_DIR)
    database = databases.make_database(cluster, f"bench_{name}")
    product = servers.Product(VAR_DIR, database, relay.Catcher())
    product.serve_with(workers)
    with product.orm():
        made = build()
    try:
        product.start_web()
        yield product, made
    finally:
        product.stop()


def petition() -> str:
    """The public id of an open petition with its pages."""
    from plaidoyer import testing

    form = testing.make_form()
    testing.make_pages(form)
    return form.public_id


def write(name: str, figures: dict[str, Any]) -> Path:
    """Keeps what was measured, as JSON."""
    path = VAR_DIR / f"{name}-{datetime.now():%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps(figures, indent=2) + "\n")
    print(f"\nWritten to {path}")
    return path


def tell(name: str, figures: dict[str, Any]) -> None:
    """Prints what was measured and keeps it."""
    figures["load_after"] = round(os.getloadavg()[0], 2)
    print(*(f"{what}: {figure}" for what, figure in figures.items()), sep="\n")
    write(name, figures)


def finish(name: str, figures: dict[str, Any]) -> None:
    """Tells what was measured. Ends with 1 where a thank-you was not kept."""
    tell(name, figures)
    if figures["lost"] or figures["doubled"]:
        raise SystemExit("Acknowledged acts were lost or doubled.")


def judge(name: str, figures: dict[str, Any]) -> None:
    """Tells what was found. Ends with 1 where acts are missing; if `lossy`, where none is."""
    tell(name, figures)
    if bool(figures["lost"]) != figures["lossy"]:
        raise SystemExit("Thanked acts are missing." if figures["lost"] else "Nothing was lost.")
