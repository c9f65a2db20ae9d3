"""Acts a second that the production server takes in, each committed before its thank-you.

Starts `plaidoyer serve` on a database of its own, sends signatures over HTTP, and compares every
acknowledgement with the rows: none may be missing, none may be there twice.
"""

import argparse
import time
from typing import Any

import uvloop

from bench import stage
from bench.load import Result, closed_load, open_load
from bench.stage import busy, machine, signatures


def verify(product: Any, mark: str, result: Result) -> dict[str, int]:
    """The rows of a stage against its acknowledgements."""
    rows = [row[0] for row in product.sql(
        "SELECT page FROM actions_action WHERE page LIKE %s", f"/{mark}-%"
    )]  # fmt: skip
    return {
        "acknowledged": len(result.acknowledged),
        "rows": len(rows),
        "lost": len(set(result.acknowledged) - set(rows)),
        "doubled": len(rows) - len(set(rows)),
    }


def measure(product: Any, public_id: str, name: str, load: Any) -> dict[str, Any]:
    """One stage: the load, its figures, and the comparison with the rows."""
    mark = f"{name.replace('/', '').replace(' ', '')}-{time.time_ns()}"
    ours, everybody = time.process_time(), busy()
    result = uvloop.run(load(product.port, signatures(product.port, public_id, mark)))
    ours, everybody = time.process_time() - ours, busy() - everybody
    figures = {
        "stage": name,
        "per_second": round(result.per_second, 1),
        **{f"p{p}_ms": round(result.milliseconds(p / 100), 1) for p in (50, 95, 99)},
        "refused": dict(result.refused),
        "cores_busy": round(everybody / result.seconds, 2),
        "cores_of_generator": round(ours / result.seconds, 2),
        **verify(product, mark, result),
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
            for number in (8, 32, 128)
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench intake", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="length of each stage (20)")
    parser.add_argument("--workers", type=int, default=2, help="web processes (2)")
    parser.add_argument("--with-worker", action="store_true", help="match and mail meanwhile")
    options = parser.parse_args()

    about = {**machine(), "workers": options.workers, "with_worker": options.with_worker}
    print(*(f"{name}: {value}" for name, value in about.items()), sep="\n", end="\n\n")
    print(
        f"{'stage':>16} {'acts/s':>9} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8} {'thanked':>8} "
        f"{'rows':>8} {'lost':>5} {'doubled':>7} {'refused':>8} {'busy':>6} {'generator':>10}"
    )
    with stage.product("intake", build=stage.petition, workers=options.workers) as (served, form):
        if options.with_worker:
            served.start_worker()
        warm_up = lambda port, requests: closed_load(port, requests, 8, 2)  # noqa: E731
        figures = [
            measure(served, form, name, load)
            for name, load in {"warm-up": warm_up, **stages(options.seconds)}.items()
        ]
    print(f"\nbusy and generator: cores, of {about['cores']}.")
    stage.write("intake", {**about, "stages": figures})
    if any(one["lost"] or one["doubled"] for one in figures):
        raise SystemExit("Acknowledged acts were lost or doubled.")


if __name__ == "__main__":
    main()
