"""The reference case as an organiser has it: the demo's book, a spreadsheet, the papers.

Twenty campaigns: seven won before, of which three have news, and thirteen of the half-year.
"""

import csv
import datetime
import http.server
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

from plaidoyer.demo import book
from plaidoyer.outcomes.models import EVIDENCED

EARLIER = {"first": datetime.date(2025, 11, 1), "last": datetime.date(2026, 4, 30)}
PERIOD = {"first": datetime.date(2026, 5, 1), "last": datetime.date(2026, 10, 31)}
NOW, BEFORE = "2026-10", "2026-04"
# Told in the report before as won: its organiser has them in a spreadsheet.
WON = [one for one in book.campaigns() if one["items"].get(BEFORE, {}).get("heading") == "victory"]
TOLD = [one for one in book.campaigns() if NOW in one["items"] and one not in WON]
OFFICES = book.read("organisation.toml")["offices"]
PUBLISHERS = book.read("organisation.toml")["publishers"]


class Press(http.server.BaseHTTPRequestHandler):
    """The papers that wrote of it: each page says what it is, as papers do."""

    pages: dict[str, str] = {}

    def do_GET(self) -> None:
        page = self.pages.get(self.path)
        self.send_response(200 if page else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write((page or "").encode())

    def log_message(self, *_args) -> None:
        """Nothing of it on the screen."""


def article(proof: dict) -> str:
    """The page of a piece of evidence."""
    publisher = PUBLISHERS[proof["publisher"]]
    return f"""<!doctype html><html lang="{publisher["language"]}"><head>
<meta property="og:title" content="{escape(proof["title"])}">
<meta property="og:site_name" content="{escape(publisher["name"])}">
<meta property="article:published_time" content="{proof["published_on"]}"></head></html>"""


@contextmanager
def printed() -> Iterator[str]:
    """Where the press is read: a server on the loopback."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Press)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def link(press: str, milestone: dict) -> str:
    """The address of a milestone's first piece of evidence."""
    proof = milestone["evidence"][0]
    path = f"/{proof['publisher']}/{proof['path']}"
    Press.pages[path] = article(proof)
    return press + path


def happened(sheet: dict) -> list[dict]:
    """The milestones that are entered of a campaign: its outcomes, else the last of the period."""
    within = [
        m for m in sheet["milestones"] if PERIOD["first"] <= m["happened_on"] <= PERIOD["last"]
    ]
    last = {(to["demand"], to["target"]): one for one in within for to in one.get("moves", [])}
    return [one for one in within if one in last.values() and claims(one)] or within[-1:]


def claims(milestone: dict) -> bool:
    """Whether it says that something was achieved or lost: a second person is asked."""
    return any(move["standing"] in EVIDENCED for move in milestone.get("moves", []))


def won_before() -> bytes:
    """The organiser's own spreadsheet of what was won before."""
    text = io.StringIO()
    table = csv.writer(text)
    words = [f"{name}_{code}" for name in ("name", "summary", "demand") for code in ("fr", "en")]
    whom = [f"{name}_{code}" for name in ("office", "organization") for code in ("fr", "en")]
    table.writerow([*words, *whom, "opened_on", "standing", "happened_on", "evidence"])
    for sheet in WON:
        office = OFFICES[sheet["targets"][0]]
        met = next(one for one in sheet["milestones"] if one.get("moves"))
        proof = met["evidence"][0]
        told = [sheet["name"], sheet["summary"], sheet["demands"][0]["words"]]
        told += [office.get("office", {}), office["organization"]]
        cells = [one.get(code, "") for one in told for code in ("fr", "en")]
        url = f"{PUBLISHERS[proof['publisher']]['url']}/{proof['path']}"
        table.writerow([*cells, sheet["opened_on"], "met", met["happened_on"], url])
    return text.getvalue().encode()
