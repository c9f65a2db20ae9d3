"""What an act and a page cost as the table of acts grows: nothing more, or something is wrong.

Rows are added by SQL, each with its match and its confirmation; then as many acts are sent as in
the round before, and the processor time of web and database is divided by them.
"""

import argparse
import os
import time
import urllib.request
from typing import Any

import uvloop

from bench import stage
from bench.load import closed_load

# Ids begin with their hour, as those of the product do (lib/uids).
FILL = """
WITH made AS (
    -- Documents as long as real ones, with keys that open nothing.
    INSERT INTO actions_action (uid, form_id, submitted_at, language, sealed, mark, domain, facts,
        page, via, network, proof)
    SELECT (
            lpad(to_hex(floor(extract(epoch FROM at) / 3600)::int), 8, '0')
            || overlay(substr(gen_random_uuid()::text, 9) PLACING '8' FROM 7)
        )::uuid, (SELECT min(id) FROM actions_actionform), at, 'fr',
        '\\x4b' || decode(repeat(md5(n::text), 4), 'hex') || decode(repeat(md5(n::text), 8), 'hex'),
        md5(n::text), 'people' || n %% 500 || '.example', '{}', '/fr/', '', '', ''
    FROM generate_series(%s + 1, %s) AS n,
        LATERAL (SELECT now() - interval '0.8 seconds' * (10000000 - n)) AS moment (at)
    RETURNING id, form_id, submitted_at, mark
), people AS (
    INSERT INTO supporters_supporter (uid, mark, sealed, language, created_at)
    SELECT gen_random_uuid(), mark, decode(repeat(mark, 8), 'hex'), 'fr', submitted_at FROM made
    RETURNING id, mark
), matched AS (
    INSERT INTO actions_match (action_id, supporter_id, matched_at)
    SELECT made.id, people.id, submitted_at FROM made JOIN people USING (mark)
)
INSERT INTO actions_confirmation (action_id, form_id, supporter_id, person, seat, confirmed_at)
SELECT made.id, form_id, people.id, '', 1, submitted_at FROM made JOIN people USING (mark)
"""
STEP = 250_000


def grow(served: Any, before: int, size: int) -> None:
    for start in range(before, size, STEP):
        served.sql(FILL, start, min(start + STEP, size))
    served.sql("VACUUM (ANALYZE) actions_action")
    with served.orm():
        from plaidoyer.actions import counting

        counting.recount()


def page(url: str, times: int) -> float:
    """Milliseconds to make the page anew, as for readers with a cookie; of the quickest third."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        urllib.request.urlopen(urllib.request.Request(url, headers={"Cookie": "a=b"})).read()
        took.append((time.perf_counter() - began) * 1000)
    return sorted(took)[times // 3]


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench growth", description=__doc__)
    parser.add_argument("--sizes", default="0,10000,100000,1000000,10000000")
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args()
    figures: dict[str, Any] = {**stage.machine(), "rounds": []}
    with stage.product("growth", build=stage.petition) as (served, form):
        from plaidoyer.config import postgres

        data = postgres.Embedded(stage.VAR_DIR).data
        server = int((data / "postmaster.pid").read_text().split()[0])
        before = 0
        for size in map(int, options.sizes.split(",")):
            grow(served, before, size)
            before = size
            for name in ("warm", "real"):
                requests = stage.signatures(served.port, form, f"{name}-{size}")
                spent = stage.spent(served.web.process.pid), stage.spent(server)
                result = uvloop.run(closed_load(served.port, requests, 64, options.seconds))
            many = max(len(result.acknowledged), 1)
            one = {
                "rows": size,
                "acts_per_second": round(result.per_second),
                "web_us": round((stage.spent(served.web.process.pid) - spent[0]) / many * 1e6),
                "database_us": round((stage.spent(server) - spent[1]) / many * 1e6),
                "p99_ms": round(result.milliseconds(0.99), 1),
                "page_ms": round(page(f"{served.url}/fr/campagnes/meadow/agir/", 30), 1),
                "load": round(os.getloadavg()[0], 1),
            }
            print(*(f"{name} {value:>9}" for name, value in one.items()), sep="  ", flush=True)
            figures["rounds"].append(one)
    stage.write("growth", figures)


if __name__ == "__main__":
    main()
