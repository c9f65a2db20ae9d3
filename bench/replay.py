"""The half-year again: 227,800 acts of five kinds through real HTTP, none lost, none counted twice.

A B A B: a part of them goes to `plaidoyer serve`, then as many to the prototype, which checks
nothing; both each on two processes and the same PostgreSQL. Letters are sent as they were shown;
that page was asked for once. In the end every thank-you is looked up among the rows.
"""

import argparse
import itertools
import os
import statistics
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvloop

from bench import stage
from bench.load import Request, Result, counted_load

# What people did in the half-year, by kind of act.
HALF_YEAR = {
    "petition": 79_800,
    "official_petition": 82_000,
    "vote_drive": 35_000,
    "open_letter": 18_000,
    "letter": 13_000,
}
LETTER = {"subject": "The meadow", "body": "Protect it, for those who come after us."}


def build() -> dict[str, str]:
    """An open form of each kind, by its kind; a drive is a letter to one body here."""
    from plaidoyer import testing

    campaign = testing.make_campaign(post=testing.make_minister())
    kinds = {"petition": {}, "official_petition": {}, "letter": {}}
    forms = {kind: testing.make_form(campaign, kind=kind) for kind in kinds}
    forms["open_letter"] = testing.make_open_letter(campaign)
    forms["vote_drive"] = testing.make_form(campaign, kind="letter")
    testing.make_pages(forms["petition"])
    return {kind: form.public_id for kind, form in forms.items()}


def shown(url: str) -> dict[str, str]:
    """What the page that shows a letter carries, to be sent as it is."""
    from html.parser import HTMLParser

    carried: dict[str, str] = {}

    class Hidden(HTMLParser):
        def handle_starttag(self, tag: str, attrs: Any) -> None:
            said = dict(attrs)
            if tag == "input" and said.get("type") == "hidden":
                carried[said["name"]] = said.get("value") or ""

    person = {"given_name": "A", "family_name": "B", "email": "a@people.example"}
    body = urllib.parse.urlencode(LETTER | person).encode()
    with urllib.request.urlopen(url, body) as answer:
        Hidden().feed(answer.read().decode())
    return {name: carried[name] for name in ("subject", "body", "shown")} | {"step": "send"}


def acts(port: int, forms: dict[str, str], total: int) -> Iterator[Request]:
    """The half-year's acts, kinds mixed in their shares, each by somebody who comes once."""
    extra: dict[str, dict[str, str]] = {
        "petition": {},
        "official_petition": {"answer": "signed"},
        "open_letter": {"signing_as": "self", "revision": "1", "named": "on"},
    }
    for kind in ("letter", "vote_drive"):
        extra[kind] = shown(f"http://127.0.0.1:{port}/fr/actions/{forms[kind]}/")
    owed = dict.fromkeys(HALF_YEAR, 0.0)
    for number in range(total):
        for kind, many in HALF_YEAR.items():
            owed[kind] += many
        kind = max(owed, key=owed.__getitem__)
        owed[kind] -= sum(HALF_YEAR.values())
        who = {"email": f"person-{number}@people.example", "page": f"/person-{number}/"}
        fields = {**stage.SUZIE, "family_name": f"No {number}", **who, **extra[kind]}
        yield stage.post(port, f"/fr/actions/{forms[kind]}/", who["page"], fields)


def yardstick(port: int, served: Any) -> subprocess.Popen:
    """The prototype, served as the product is."""
    [(form,)] = served.sql("SELECT min(id) FROM actions_actionform")
    granian = Path(sys.executable).parent / "granian"
    command = (
        f"{granian} --interface asgi --host 127.0.0.1 --port {port} --workers 2 --no-access-log"
    )
    return subprocess.Popen(
        [*command.split(), "--log-level", "warning", "bench.prototype:application"],
        env={**served.environment, "PROTOTYPE_FORM": str(form)}, cwd=stage.ROOT,
    )  # fmt: skip


def run(port: int, requests: Iterator[Request], part: int, at_once: int) -> Result:
    """The next `part` of them, written down before the clock starts."""
    written = list(itertools.islice(requests, part))
    return uvloop.run(counted_load(port, iter(written), at_once))


def compare(product: Any, thanked: list[str]) -> dict[str, int]:
    """The ledger of thank-yous against the rows."""
    rows = [
        row[0]
        for row in product.sql("SELECT page FROM actions_action WHERE page NOT LIKE '/bare-%'")
    ]
    return {
        "thanked": len(thanked),
        "rows": len(rows),
        "lost": len(set(thanked) - set(rows)),
        "doubled": len(rows) - len(set(rows)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench replay", description=__doc__)
    parser.add_argument("--acts", type=int, default=sum(HALF_YEAR.values()))
    parser.add_argument("--parts", type=int, default=10, help="A B parts (10)")
    parser.add_argument("--at-once", type=int, default=128, help="connections (128)")
    options = parser.parse_args()
    about = {**stage.machine(), "acts": options.acts, "at_once": options.at_once}
    print(*(f"{name}: {value}" for name, value in about.items()), sep="\n", end="\n\n")
    with stage.product("replay", build=build) as (served, forms):
        from tests import waiting

        port = waiting.free_port()
        raw = yardstick(port, served)
        try:
            waiting.wait_until(lambda: answers(port))
            figures = race(served, forms, port, options)
        finally:
            raw.terminate()
            raw.wait(20)
        figures |= compare(served, figures.pop("ledger"))
    stage.finish("replay", about | figures)


def answers(port: int) -> bool:
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).status == 200
    except OSError:
        return False


def race(served: Any, forms: dict[str, str], port: int, options: Any) -> dict[str, Any]:
    """Part by part, ours and the prototype's; what each took."""
    part = -(-options.acts // options.parts)
    ours = acts(served.port, forms, options.acts)
    bare = stage.signatures(port, "x", "bare")
    ledger: list[str] = []
    refused: dict[str, int] = {}
    rates: list[tuple[float, float]] = []
    seconds, spent = 0.0, stage.spent(served.web.process.pid)
    for number in range(options.parts):
        one = run(served.port, ours, part, options.at_once)
        two = run(port, bare, part // 4, options.at_once)
        ledger += one.acknowledged
        seconds += one.seconds
        for why, many in one.refused.items():
            refused[why] = refused.get(why, 0) + many
        rates.append((one.per_second, two.per_second))
        print(f"part {number + 1}: {one.per_second:,.0f}/s, prototype {two.per_second:,.0f}/s,"
              f" p99 {one.milliseconds(0.99):.0f} ms, at {time.strftime('%H:%M:%S')},"
              f" load {os.getloadavg()[0]:.1f}")  # fmt: skip
    web = stage.spent(served.web.process.pid) - spent
    return {
        "seconds": round(seconds, 1),
        "per_second": round(len(ledger) / seconds, 1),
        "prototype_per_second": round(statistics.median(two for _one, two in rates), 1),
        "share_of_prototype": round(statistics.median(one / two for one, two in rates), 3),
        "web_microseconds_an_act": round(web / max(len(ledger), 1) * 1e6),
        "refused": refused,
        "ledger": ledger,
    }


if __name__ == "__main__":
    main()
