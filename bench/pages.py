"""Public pages: how heavy, what they ask of whom, and how many a second without any cache."""

import argparse
import asyncio
import os
import re
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

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


def reading(port: int, path: str) -> Iterator[Request]:
    while True:
        yield Request("", f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench pages", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args()
    figures: dict[str, Any] = {**stage.machine(), "pages": {}}
    with stage.product("pages", build=stage.petition) as (served, form):
        paths = ["/fr/campagnes/meadow/agir/", f"/fr/ledger/{form}/", f"/actions/{form}/count"]
        for path in paths:
            spent = stage.spent(served.web.process.pid)
            result = asyncio.run(
                closed_load(served.port, reading(served.port, path), 32, options.seconds)
            )
            many = max(len(result.acknowledged), 1)
            figures["pages"][path] = one = {
                **weight(served.url + path),
                "per_second": round(result.per_second),
                "web_us": round((stage.spent(served.web.process.pid) - spent) / many * 1e6),
                "p99_ms": round(result.milliseconds(0.99)),
                "refused": dict(result.refused),
                "load": round(os.getloadavg()[0], 1),
            }
            print(path, one, flush=True)
    stage.write("pages", figures)


if __name__ == "__main__":
    main()
