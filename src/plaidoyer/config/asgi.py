"""What granian serves: acts the short way, kept pages at once, all else in Django's threads."""

import functools
import gc
import urllib.parse
from collections.abc import Callable, MutableMapping
from typing import Any

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language_from_path, override

from plaidoyer.config.shelf import Shelf
from plaidoyer.config.wsgi import application as django

# Django is set up by then.
from plaidoyer.actions.rush import Receive, Rush, Scope, Send, respond  # isort: skip

# How many readers may wait for each thread: in a rush of acts, a page can take half a second.
PATIENCE = 5
RETRY_AFTER = b"5"


class Pages:
    """Django in threads of its own. Who would wait too long to read is told so at once; whoever
    sends something is never turned away here."""

    def __init__(self, threads: int) -> None:
        self.django = WSGIMiddleware(django, workers=threads)  # type: ignore[arg-type]
        self.asked, self.most = 0, threads * PATIENCE
        self.is_rushed: Callable[[], bool] = lambda: False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.django(scope, receive, send)  # type: ignore[arg-type]
        if scope["method"] in {"GET", "HEAD"} and (self.asked >= self.most or self.is_rushed()):
            return await busy(scope, send)
        self.asked += 1
        try:
            await self.django(  # type: ignore[misc]
                {**scope, "query_string": ascii_of(scope)},  # type: ignore[arg-type]
                unbroken(receive),  # type: ignore[arg-type]
                send,  # type: ignore[arg-type]
            )
        finally:
            self.asked -= 1


def unbroken(receive: Receive) -> Receive:
    """Lets no form be read that was cut off: half an address is nobody's."""

    async def received() -> MutableMapping[str, Any]:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError("the sender hung up")
        return message

    return received


def ascii_of(scope: Scope) -> bytes:
    """The query as CGI has it: some programs send it with raw letters."""
    query = scope["query_string"]
    return (
        query if query.isascii() else urllib.parse.quote(query, safe="%&=+/?;:@,!$'()*~").encode()
    )


async def busy(scope: Scope, send: Send) -> None:
    """An honest 503 for readers, at no price: acts come first."""
    language = get_language_from_path(scope["path"]) or settings.LANGUAGE_CODE
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"retry-after", RETRY_AFTER),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", b"default-src 'none'"),
        *((name.lower().encode(), said.encode()) for name, said in settings.SECURE_HEADERS.items()),
    ]
    await respond(send, 503, headers, busy_page(language))


@functools.cache
def busy_page(language: str) -> bytes:
    with override(language):
        return render_to_string("website/busy.html").encode()


pages = Pages(settings.WEB_THREADS)
shelf = Shelf(pages)
application = Rush(shelf)
pages.is_rushed = shelf.is_rushed = lambda: application.batches.is_full
# What was loaded stays: to look through it again for garbage would cost every act.
gc.collect()
gc.freeze()
