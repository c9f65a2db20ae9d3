"""Public pages, kept in each web process for as long as they say they may be (RFC 9111).

Many who ask for a page that is being made wait for the same one. Kept are answers to GET without a
cookie or credentials, that call themselves public, for the max-age they give; nothing else.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Key = tuple[bytes, str, bytes]

MOST_PAGES = 500
MOST_BYTES = 500_000
# However long a page says it may be kept, an organiser who mends it waits no longer than this.
MOST_SECONDS = 20
MAX_AGE = re.compile(rb"\bmax-age=(\d{1,9})\b")
# Who sends one of these is not everybody, or wants something else than the page.
PERSONAL = {b"cookie", b"authorization", b"range", b"cache-control", b"pragma"}


class Page(NamedTuple):
    """An answer, whole, as it was made."""

    made_at: float
    until: float
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Shelf:
    """The ASGI application that answers from what it keeps, and asks `usual` for the rest."""

    def __init__(self, usual: Application) -> None:
        self.usual = usual
        self.pages: dict[Key, Page] = {}
        self.making: dict[Key, asyncio.Future[None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = key_of(scope)
        if key is None:
            return await self.usual(scope, receive, send)
        if key not in self.making and not self.fresh(key):
            return await self.make(key, scope, receive, send)
        if key in self.making:
            await asyncio.shield(self.making[key])
        if page := self.fresh(key):
            return await give(page, scope, send)
        return await self.usual(scope, receive, send)

    def fresh(self, key: Key) -> Page | None:
        """The page, where it may still be given."""
        page = self.pages.get(key)
        if page and page.until < time.monotonic():
            del self.pages[key]
            page = None
        return page

    async def make(self, key: Key, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets `usual` answer, and keeps the answer where it may be kept."""
        if scope["method"] != "GET":
            return await self.usual(scope, receive, send)
        self.making[key] = done = asyncio.get_running_loop().create_future()
        said: list[Message] = []

        async def heard(message: Message) -> None:
            said.append(message)
            await send(message)

        try:
            await self.usual(scope, receive, heard)
            if page := kept(said):
                while len(self.pages) >= MOST_PAGES:
                    del self.pages[next(iter(self.pages))]
                self.pages[key] = page
        finally:
            del self.making[key]
            done.set_result(None)


def key_of(scope: Scope) -> Key | None:
    """What tells one page from another; None where the asker is somebody."""
    if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
        return None
    said = dict(scope["headers"])
    if not PERSONAL.isdisjoint(said):
        return None
    return said.get(b"host", b""), scope["path"], scope["query_string"]


def kept(said: list[Message]) -> Page | None:
    """The answer as it may be kept; None where it may not."""
    if not said or said[0].get("status") != 200 or said[-1].get("more_body"):
        return None
    headers = [(bytes(name).lower(), bytes(value)) for name, value in said[0]["headers"]]
    known, body = dict(headers), b"".join(message.get("body", b"") for message in said[1:])
    control, varies = known.get(b"cache-control", b""), known.get(b"vary", b"").lower()
    ages = MAX_AGE.search(control)
    is_everybodys = b"public" in control and b"set-cookie" not in known
    if not (ages and is_everybodys and varies in {b"", b"cookie"} and len(body) <= MOST_BYTES):
        return None
    now = time.monotonic()
    return Page(now, now + min(int(ages[1]), MOST_SECONDS), headers, body)


async def give(page: Page, scope: Scope, send: Send) -> None:
    """Answers with `page` and its age, or that the asker has it already."""
    headers = [*page.headers, (b"age", str(int(time.monotonic() - page.made_at)).encode())]
    known, asked = dict(page.headers), dict(scope["headers"]).get(b"if-none-match", b"")
    has_it = bool(known.get(b"etag")) and known[b"etag"] in asked
    if has_it:
        headers = [one for one in headers if one[0] not in {b"content-length", b"content-type"}]
    body = b"" if has_it or scope["method"] == "HEAD" else page.body
    start = {"type": "http.response.start", "status": 304 if has_it else 200, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": body})
