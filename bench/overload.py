"""Five times what the server can do, acts and pages together: who is thanked, who is told to wait.

First its capacity is measured; then so many come at a fixed rate, whatever it answers; then few,
until they are served as before.
"""

import argparse
import asyncio
import itertools
import time
from collections.abc import Iterator
from typing import Any

import uvloop

from bench import stage
from bench.intake import verify
from bench.load import Request, Result, closed_load, open_load
from plaidoyer.config import cli

CALM, CALM_SECONDS = 0.25, 120
# Connections on which acts, and pages, are asked at once.
MOST = 2000


def pages(port: int) -> Iterator[Request]:
    """Readers of the form's page, none of whom a cache answers."""
    head = "GET /fr/campagnes/meadow/agir/?n={} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n"
    for number in itertools.count():
        yield Request("page", head.format(number, port).encode())


async def together(port: int, form: str, rate: float, seconds: float) -> tuple[Result, Result]:
    acts = open_load(port, stage.signatures(port, form, "crowd"), rate, seconds, MOST)
    return await asyncio.gather(acts, open_load(port, pages(port), rate / 10, seconds, MOST))


def recovered(port: int, form: str) -> float:
    """Seconds until a second of acts is answered as on a calm day."""
    began = time.monotonic()
    while time.monotonic() < began + CALM_SECONDS:
        requests = stage.signatures(port, form, f"calm-{time.time_ns()}")
        result = uvloop.run(open_load(port, requests, 30, 1))
        if not result.refused and result.milliseconds(0.99) <= CALM * 1000:
            break
    return time.monotonic() - began


def told(result: Result) -> dict[str, Any]:
    return {
        "done": len(result.acknowledged),
        "refused": dict(result.refused),
        "p50_ms": round(result.milliseconds(0.5)),
        "p99_ms": round(result.milliseconds(0.99)),
        "longest_s": round(result.longest, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench overload", description=__doc__)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--times", type=float, default=5, help="the capacity, offered (5)")
    options = parser.parse_args()
    cli.open_all_files()
    figures: dict[str, Any] = stage.machine()
    with stage.product("overload", build=stage.petition) as (served, form):
        for name in ("warm", "capacity"):
            requests = stage.signatures(served.port, form, name)
            result = uvloop.run(closed_load(served.port, requests, 128, 8))
        capacity = result.per_second
        rate = capacity * options.times
        acts, readers = uvloop.run(together(served.port, form, rate, options.seconds))
        figures |= {"capacity": round(capacity), "offered": round(rate)}
        figures |= {"offered_in_truth": round(rate * options.seconds / acts.seconds)}
        figures |= {"acts": told(acts), "pages": told(readers)}
        figures |= {"recovered_after_s": round(recovered(served.port, form), 1)}
        figures |= verify(served, "crowd", acts)
    stage.finish("overload", figures)


if __name__ == "__main__":
    main()
