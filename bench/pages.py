"""Public pages: how heavy, what they ask of whom, and how many a second.

Kept: to readers without a cookie, as the product gives them. Made: to readers with one, so that
each page is made anew.
"""

import argparse
import os
import re
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

import uvloop

from bench import stage
from bench.load import Request, closed_load

ASKED = re.compile(r'(?:src|href)="([^"]+\.(?:css|js|woff2|svg|png|jpg)[^"]*)"')


def weight(url: str) -> dict[str, int]:
    """Bytes of the page, of all that it asks for, and how much of that is somebody else's."""
    page = urllib.request.urlopen(url).read()
    asked = {urllib.parse.urljoin(url, path) for path in ASKED.findall(page.decode())}
    ours = [one for one in asked if one.startswith(url.split("/fr/")[0])]
    whole = sum(len(urllib.request.urlopen(one).read()) for one in ours)
    return {"html": len(page), "first_view": len(page) + whole, "foreign": len(asked) - len(ours)}


READERS = {"kept": "", "made": "Cookie: theme=dark\r\n"}


def reading(port: int, path: str, reader: str) -> Iterator[Request]:
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{READERS[reader]}\r\n".encode()
    while True:
        yield Request("", head)


def read(served: Any, path: str, reader: str, seconds: float) -> dict[str, Any]:
    """How many a second, and at what price."""
    spent = stage.spent(served.web.process.pid)
    asking = closed_load(served.port, reading(served.port, path, reader), 32, seconds)
    result = uvloop.run(asking)
    many = max(len(result.acknowledged), 1)
    return {
        "per_second": round(result.per_second),
        "web_us": round((stage.spent(served.web.process.pid) - spent) / many * 1e6),
        "p99_ms": round(result.milliseconds(0.99)),
        "refused": dict(result.refused),
        "load": round(os.getloadavg()[0], 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench pages", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args()
    figures: dict[str, Any] = {**stage.machine(), "pages": {}}
    with stage.product("pages", build=stage.petition) as (served, form):
        paths = ["/fr/campagnes/meadow/agir/", f"/fr/ledger/{form}/", f"/actions/{form}/count"]
        for path in paths:
            figures["pages"][path] = one = weight(served.url + path)
            for reader in READERS:
                one[reader] = read(served, path, reader, options.seconds)
            print(path, one, flush=True)
    stage.write("pages", figures)


if __name__ == "__main__":
    main()
