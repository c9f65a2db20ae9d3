"""A viral peak that lasts: 334 signatures a second, ten times the UK's record, for ten minutes."""

import argparse
from typing import Any

import uvloop

from bench import stage
from bench.intake import verify
from bench.load import open_load


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench steady", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--rate", type=float, default=334)
    parser.add_argument("--with-worker", action="store_true", help="match and mail meanwhile")
    options = parser.parse_args()
    figures: dict[str, Any] = {**stage.machine(), "rate": options.rate}
    with stage.product("steady", build=stage.petition) as (served, form):
        if options.with_worker:
            served.start_worker()
        web = served.web.process.pid
        warm = stage.signatures(served.port, form, "warm")
        uvloop.run(open_load(served.port, warm, 50, 3))
        spent = stage.spent(web)
        requests = stage.signatures(served.port, form, "steady")
        result = uvloop.run(open_load(served.port, requests, options.rate, options.seconds))
        figures |= {
            **{f"p{p}_ms": round(result.milliseconds(p / 100), 1) for p in (50, 95, 99)},
            "web_cores": round((stage.spent(web) - spent) / result.seconds, 3),
            "refused": dict(result.refused),
            **verify(served, "steady", result),
        }
    stage.finish("steady", figures)


if __name__ == "__main__":
    main()
