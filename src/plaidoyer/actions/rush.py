"""The short way of an act: judged beside Django's middleware, appended with its neighbours.

Whatever it does not know it hands on whole to the ordinary way (views.act): an error to show, a
letter not yet seen, files, a personal link, a closed form, a kind that asks the database. What it
takes is judged by the same form class, so there is one truth for the rules.

Budget. An act: no query, at most 64 kB, 25 µs to seal it. A batch, gathered for a few milliseconds:
one INSERT, which commits by itself; only then is anybody in it thanked (law 4). A form: one SELECT
a second. A crowd beyond what can be kept gets an honest 503 that carries what was typed.
"""

import asyncio
import functools
import json
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import psycopg
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import SynchronousOnlyOperation
from django.db import Error, close_old_connections, connection
from django.db.models import Field
from django.http import QueryDict
from django.http.request import split_domain_port, validate_host
from django.utils.csp import CSP, build_policy
from django.utils.datastructures import MultiValueDict
from django.utils.html import escape
from django.utils.translation import override

from plaidoyer.actions import intake, messages, views
from plaidoyer.actions.forms import ActForm
from plaidoyer.actions.guards import challenges, networks
from plaidoyer.actions.kinds import KINDS
from plaidoyer.actions.models import Action, ActionForm
from plaidoyer.lib import origins, typed
from plaidoyer.vault import roots, triggers
from plaidoyer.vault.seals import Box

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
# What was typed, and the columns of the act that comes of it.
Post = MultiValueDict[str, str]
Act = dict[str, Any]

LARGEST_BODY = 64 * 1024
MOST_FIELDS = 100
# Seconds for which what an organiser decided about a form is remembered; the clock that opens and
# closes it is looked at for every act.
REMEMBERED = 1.0
MOST_FORMS = 1000
# Seconds in which neighbours of an act may join it, and how many are written at once.
GATHER = 0.003
LARGEST_BATCH = 500
# An act that comes while so many wait, or while this process is so many seconds late, is refused.
MOST_WAITING = 2000
LATEST = 1.5
# Seconds after which whoever waits is told that nobody knows: the database is cut off in silence.
PATIENCE = 4.5

LANGUAGES = "|".join(re.escape(code) for code, _name in settings.LANGUAGES)
PATH = re.compile(rf"/({LANGUAGES})/actions/([-a-zA-Z0-9_]{{1,50}})/")
PLAIN = re.compile(rb"application/x-www-form-urlencoded(; ?charset=utf-8)?", re.IGNORECASE)
COLUMNS: list[Field] = [field for field in Action._meta.concrete_fields if not field.primary_key]


class HandOnError(Exception):
    """The ordinary way has to answer."""


class AwayError(Exception):
    """Nobody knows whether the act is kept: the database went away, or too many wait for it."""


class Batches:
    """Group commit: acts that come within a few milliseconds are one INSERT and one flush."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Act, asyncio.Future[None]]] = []
        self.session: psycopg.AsyncConnection | None = None
        self.writing: asyncio.Task[None] | None = None
        self.late_until = 0.0

    @property
    def is_full(self) -> bool:
        return len(self.waiting) >= MOST_WAITING or time.monotonic() < self.late_until

    async def append(self, act: Act) -> None:
        """Comes back once the act is committed.

        Raises AwayError where that is not known, HandOnError where nothing was written.
        """
        done = asyncio.get_running_loop().create_future()
        self.waiting.append((act, done))
        if self.writing is None:
            self.writing = asyncio.create_task(self.write_all())
        await done

    async def write_all(self) -> None:
        """Writes batch after batch until nobody waits."""
        try:
            while self.waiting:
                began = time.monotonic()
                await asyncio.sleep(GATHER)
                now = time.monotonic()
                if (late := now - began - GATHER) > LATEST:
                    self.late_until = now + late
                batch, self.waiting = self.waiting[:LARGEST_BATCH], self.waiting[LARGEST_BATCH:]
                answer(batch, await self.write([act for act, _done in batch]))
        finally:
            self.writing = None

    async def write(self, acts: list[Act]) -> Exception | None:
        """One INSERT, committed when it comes back; else why not."""
        try:
            session = await self.connected()
            await session.execute(insert(), [json.dumps(acts, default=written)])
        except (psycopg.OperationalError, psycopg.InterfaceError, OSError):
            await self.leave()
            return AwayError()
        except psycopg.Error:
            return HandOnError()
        return None

    async def connected(self) -> psycopg.AsyncConnection:
        """The door's own session; a new one where the database hung up since the last batch."""
        if self.session is not None:
            try:
                # Twice: the first finds the server's last words, the second that it hung up.
                self.session.pgconn.consume_input()
                self.session.pgconn.consume_input()
                if not self.session.closed:
                    return self.session
            except psycopg.OperationalError:
                pass
            await self.leave()
        where = connection.get_connection_params()
        known = {name: where[name] for name in where if name not in OURS}
        self.session = await psycopg.AsyncConnection.connect(**known, autocommit=True)
        return self.session

    async def leave(self) -> None:
        if self.session is not None:
            await self.session.close()
            self.session = None


# Django's own settings of a connection, which a plain one does not know.
OURS = {"cursor_factory", "context", "pool"}


def answer(batch: list[tuple[Act, "asyncio.Future[None]"]], failure: Exception | None) -> None:
    """Tells everybody in the batch what became of it; some have hung up."""
    for _act, done in batch:
        if done.cancelled():
            continue
        done.set_exception(failure) if failure else done.set_result(None)


def written(value: Any) -> str:
    """What JSON has no form for, as PostgreSQL reads it."""
    return f"\\x{bytes(value).hex()}" if isinstance(value, Box) else str(value)


@functools.cache
def insert() -> str:
    """The statement that writes a batch, from the model's own columns. It takes the keys off the
    documents itself: the table's trigger would do so too, row by row."""
    columns = [str(field.column) for field in COLUMNS]
    names = ", ".join(columns)
    types = ", ".join(f"{field.column} {field.db_type(connection)}" for field in COLUMNS)
    kept = ", ".join(triggers.DOCUMENT if name == "sealed" else name for name in columns)
    return f"""
        WITH act AS MATERIALIZED (SELECT * FROM json_to_recordset(%s) AS act ({types})),
        keys AS (INSERT INTO vault_key (uid, wrapped) SELECT uid, {triggers.KEY} FROM act)
        INSERT INTO {Action._meta.db_table} ({names}) SELECT {kept} FROM act
    """


class Forms:
    """What organisers decided about forms, as it was within the last second."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[float, asyncio.Task[ActionForm | None]]] = {}
        self.blank: dict[tuple[str, str], tuple[ActionForm, ActForm]] = {}

    async def find(self, public_id: str) -> ActionForm:
        """Raises HandOnError for a form that is none, or while the database is away."""
        now = time.monotonic()
        until, reading = self.known.get(public_id, (0.0, None))
        if reading is None or now > until:
            if len(self.known) >= MOST_FORMS:
                self.known.clear()
                self.blank.clear()
            reading = asyncio.create_task(read(public_id))
            self.known[public_id] = (now + REMEMBERED, reading)
        form = reading.result() if reading.done() else await asyncio.shield(reading)
        if form is None:
            raise HandOnError
        return form

    def empty(self, form: ActionForm, language: str) -> ActForm:
        """The form of its kind, to be twinned for each act."""
        held = self.blank.get((form.public_id, language))
        if held is None or held[0] is not form:
            kind = KINDS[form.kind].form
            assert kind is not None
            held = self.blank[form.public_id, language] = (form, kind(form))
        return held[1]


@sync_to_async
def read(public_id: str) -> ActionForm | None:
    close_old_connections()
    try:
        roots.keep_fresh()
        return ActionForm.objects.filter(public_id=public_id).first()
    except Error:
        return None


class Rush:
    """The ASGI application that takes acts the short way and hands all else to `usual`."""

    def __init__(self, usual: Application) -> None:
        self.usual, self.batches, self.forms = usual, Batches(), Forms()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_post = scope["type"] == "http" and scope["method"] == "POST"
        found = PATH.fullmatch(scope["path"]) if is_post else None
        length = plain_length(scope) if found else 0
        if found is None or not length:
            await self.usual(scope, receive, send)
        # Else it hung up before it had sent all: there is nobody to answer.
        elif body := await whole(receive, length):
            await self.answer(scope, found[1], found[2], body, receive, send)

    async def answer(
        self, scope: Scope, language: str, public_id: str, body: bytes, receive: Receive, send: Send
    ) -> None:
        """A thank-you for an act that is kept, an honest refusal, or what the ordinary way says."""
        try:
            if self.batches.is_full:
                raise AwayError
            async with asyncio.timeout(PATIENCE):
                location = await self.take(scope, language, public_id, body)
        except HandOnError:
            await self.usual(scope, again(body, receive), send)
        except (AwayError, TimeoutError):
            await refuse(send, language, body)
        else:
            said = [(b"location", location.encode()), *headers(language)]
            await respond(send, 303, said, b"")

    async def take(self, scope: Scope, language: str, public_id: str, body: bytes) -> str:
        """Keeps the act; where its thank-you is."""
        form = await self.forms.find(public_id)
        try:
            post = MultiValueDict(typed.form(body, MOST_FIELDS))
            with override(language):
                act = self.judged(form, language, post, cgi(scope))
                location = messages.thanks_at(act["uid"])
        except (SynchronousOnlyOperation, ValueError):
            raise HandOnError from None  # the database is asked, or nobody can read the body
        await self.batches.append(act)
        return location

    def judged(self, form: ActionForm, language: str, post: Post, meta: dict[str, str]) -> Act:
        """The act as views.act would keep it, not yet written.

        Raises HandOnError for what that answers otherwise, SynchronousOnlyOperation where it
        would ask the database.
        """
        kind = KINDS[form.kind]
        if not kind.is_quick or not form.is_open or "person" in post:
            raise HandOnError
        sent = self.forms.empty(form, language).twin(post)
        if views.next_step(kind, sent) != "send":
            raise HandOnError
        return intake.columns(
            form,
            language=language,
            network=networks.of(meta),
            proof=challenges.kept(form, post.get("proof", "")),
            **sent.act(),
        )


def plain_length(scope: Scope) -> int:
    """How long the body is, if it is a plain form from a page of ours, for a host of ours; else
    0."""
    said = dict(scope["headers"])
    if is_of_elsewhere(said):
        return 0
    length = said.get(b"content-length", b"")
    is_plain = PLAIN.fullmatch(said.get(b"content-type", b"")) and length.isdigit()
    if not is_plain or b"transfer-encoding" in said or not is_ours(said.get(b"host", b"")):
        return 0
    return int(length) if len(length) < 6 and int(length) <= LARGEST_BODY else 0


def is_of_elsewhere(said: dict[bytes, bytes]) -> bool:
    """Whether another site had it sent, or it came without the TLS that is asked for."""
    sent = (said.get(name) for name in (b"sec-fetch-site", b"origin"))
    site, origin = (None if value is None else value.decode("latin-1") for value in sent)
    is_plain = settings.SECURE_SSL_REDIRECT and said.get(b"x-forwarded-proto") != b"https"
    return is_plain or origins.is_foreign(site, origin)


@functools.lru_cache(maxsize=100)
def is_ours(host: bytes) -> bool:
    """Whether this is one of ALLOWED_HOSTS."""
    domain, _port = split_domain_port(host.decode("latin-1"))
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


async def whole(receive: Receive, length: int) -> bytes | None:
    """The body, if it is as long as was said."""
    body, more = b"", True
    while more and len(body) <= length:
        message = await receive()
        body += message.get("body", b"")
        more = message["type"] == "http.request" and message.get("more_body", False)
    return body if len(body) == length else None


def again(body: bytes, receive: Receive) -> Receive:
    """Gives the body once more, to whoever answers instead."""
    messages_ = [{"type": "http.request", "body": body, "more_body": False}]

    async def received() -> MutableMapping[str, Any]:
        return messages_.pop() if messages_ else await receive()

    return received


def cgi(scope: Scope) -> dict[str, str]:
    """Where the request came from, as CGI variables."""
    forwarded = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    client = scope.get("client") or ("", 0)
    return {
        "REMOTE_ADDR": client[0],
        "HTTP_X_FORWARDED_FOR": b",".join(forwarded).decode("latin-1"),
    }


@functools.cache
def headers(language: str) -> list[tuple[bytes, bytes]]:
    """What the middleware and the view's decorators say of such an answer."""
    policy: dict[str, Any] = settings.SECURE_CSP
    said = {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "private, no-store",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex",
        "Content-Language": language,
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
        str(CSP.HEADER_ENFORCE): build_policy(policy),
        **settings.SECURE_HEADERS,
    }
    return [(name.lower().encode(), value.encode()) for name, value in said.items()]


async def refuse(send: Send, language: str, body: bytes) -> None:
    """The page of views.unavailable, at the price of a few replacements."""
    sent = QueryDict(body, encoding="utf-8")
    carried = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">\n'
        for name, values in sent.lists()
        for value in values
    )
    before, after = unavailable(language)
    said = [*headers(language), (b"retry-after", views.RETRY_AFTER.encode())]
    await respond(send, 503, said, f"{before}{carried}<button{after}".encode())


@functools.cache
def unavailable(language: str) -> tuple[str, str]:
    """The page before and after what it carries."""
    with override(language):
        before, _button, after = views.unavailable([]).content.decode().partition("<button")
    return before, after


async def respond(send: Send, status: int, said: list[tuple[bytes, bytes]], body: bytes) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*said, length]})
    await send({"type": "http.response.body", "body": body})
