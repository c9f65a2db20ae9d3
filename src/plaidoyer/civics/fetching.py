"""Asking others' machines, politely: who we are, how often, and when to leave them alone.

https only, to public addresses, within their robots.txt; one bucket a host for all our processes;
what did not change is not sent again; a host that failed five times is left alone for a while.
"""

import contextlib
import contextvars
import datetime
import queue
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import partial
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import httpx
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plaidoyer.civics import hosts
from plaidoyer.civics.models import Answer, Host
from plaidoyer.civics.sources import SourceError
from plaidoyer.organisation.models import Organisation

LIMIT = 64 * 1024 * 1024
ROBOTS_LIMIT = 512 * 1024
KEPT_FOR = datetime.timedelta(days=30)
ROBOTS_FOR = datetime.timedelta(days=1)
REDIRECTS = 3
RETRIES = 2
AGAIN = {429, 502, 503, 504}
FAILURES = 5
REST = datetime.timedelta(minutes=5)
# A lister that asks page after page: one a second, five at once at the beginning.
INTERVAL = datetime.timedelta(seconds=1)
BURST = 5


class FetchError(SourceError):
    """An address that did not answer, must not be asked, or answered with something else."""

    # What it answered with (RFC 9110), where it did.
    status = 0


class AwayError(FetchError):
    """An address that must not be asked, or not now: nothing is known of it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What an address answered."""

    status: int
    headers: httpx.Headers
    content: bytes
    # Where it stood, after redirections.
    address: str = ""


def agent() -> str:
    """How we call ourselves: the program, whose installation it is, and how to reach them."""
    mail = Organisation.current().contact_email
    about = "; ".join(filter(None, (f"+{settings.BASE_URL}", mail)))
    return f"Plaidoyer/0.1 ({about})"


def get(address: str, *, patience: float = 120, timeout: float | None = None) -> bytes:
    """What stands at `address`.

    Waits for its turn, up to `patience` seconds. Raises FetchError: the address is no public
    https one, robots.txt forbids it, the host rests or did not answer, or what it says is too
    large.
    """
    until = time.monotonic() + patience
    host = _host(address)
    _ask_robots(host, address, until, timeout)
    kept = Answer.objects.filter(address=address).first()
    reply = _persistent(host, address, _conditions(kept), until, timeout, LIMIT)
    if reply.status == 304 and kept:
        return bytes(kept.content)
    if reply.status != 200:
        words = {"address": address, "status": reply.status}
        error = FetchError(_("%(address)s answered %(status)s") % words)
        error.status = reply.status
        raise error
    _keep(address, reply)
    return reply.content


def secure(address: str) -> str:
    """`address` by https, as which alone it may be asked."""
    is_plain = address.startswith("http://") and not settings.FETCH_LOOPBACK
    return f"https://{address[7:]}" if is_plain else address


def ask(address: str, *, within: float, limit: int) -> Reply:
    """What `address` answers, whatever its status: asked once, in all within so many seconds.

    Raises AwayError where it must not be asked, or not now; FetchError and ForbiddenError as `get`.
    """
    until = time.monotonic() + within
    host = _host(address)
    _ask_robots(host, address, until, None, tries=1)
    return _persistent(host, address, {}, until, None, limit, tries=1)


def _host(address: str) -> Host:
    parts = urlsplit(address)
    hosts.check(parts.scheme, parts.hostname or "")
    return Host.objects.get_or_create(name=parts.netloc.lower()[:253])[0]


def _conditions(kept: Answer | None) -> dict[str, str]:
    """Headers by which a host may say that nothing has changed."""
    if kept is None:
        return {}
    said = {"If-None-Match": kept.etag, "If-Modified-Since": kept.last_modified}
    return {name: value for name, value in said.items() if value}


def _keep(address: str, reply: Reply) -> None:
    etag, modified = reply.headers.get("etag", ""), reply.headers.get("last-modified", "")
    if (etag or modified) and len(address) <= 1000:
        values = {"content": reply.content, "etag": etag[:400], "last_modified": modified[:100]}
        Answer.objects.update_or_create(
            address=address, defaults={**values, "fetched_at": timezone.now()}
        )
        Answer.objects.filter(fetched_at__lt=timezone.now() - KEPT_FOR).delete()


def _ask_robots(
    host: Host, address: str, until: float, timeout: float | None, tries: int = RETRIES + 1
) -> None:
    """Raises AwayError where the host's robots.txt forbids the address (RFC 9309)."""
    if host.robots_at is None or host.robots_at < timezone.now() - ROBOTS_FOR:
        robots = urljoin(address, "/robots.txt")
        reply = _persistent(host, robots, {}, until, timeout, ROBOTS_LIMIT, tries)
        if reply.status >= 500:
            raise FetchError(_("%(host)s does not answer at present") % {"host": host.name})
        # No rules, no prohibition.
        found = reply.content.decode("utf-8", "replace") if reply.status == 200 else ""
        host.robots, host.robots_at = found.replace("\x00", ""), timezone.now()
        Host.objects.filter(pk=host.pk).update(robots=host.robots, robots_at=host.robots_at)
    rules = RobotFileParser()
    rules.parse(host.robots.splitlines())
    if not rules.can_fetch("Plaidoyer", address):
        raise AwayError(
            _("%(host)s asks programs not to read %(address)s")
            % {"host": host.name, "address": address}
        )


def _persistent(
    host: Host,
    address: str,
    headers: dict[str, str],
    until: float,
    timeout: float | None,
    limit: int,
    tries: int = RETRIES + 1,
) -> Reply:
    """Asks, and asks again a little later where the host is busy; twice at most."""
    for attempt in range(tries):
        _take_turn(host, until)
        try:
            if tries > 1:
                reply = _followed(address, headers, timeout, limit, None)
            else:
                once = partial(_followed, address, headers, timeout, limit, until)
                reply = _in_time(until, once, address)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            reply, why = None, type(error).__name__
        if reply is not None and reply.status not in AGAIN:
            _failed_no_more(host)
            return reply
        _failed(host)
        pause = _pause(reply, attempt)
        if attempt == tries - 1 or time.monotonic() + pause > until:
            break
        time.sleep(pause)
    if reply is not None:
        return reply
    words = {"host": host.name, "why": why}
    raise FetchError(_("%(host)s does not answer (%(why)s)") % words)


def _in_time(until: float, asks: Callable[[], Reply], address: str) -> Reply:
    """What `asks` gives until then. Raises FetchError: a machine may drip its head for hours.

    Whatever still hangs then hangs in a thread of its own, which ends with the program.
    """
    done: queue.SimpleQueue[Reply | Exception] = queue.SimpleQueue()

    def run() -> None:
        try:
            done.put(asks())
        except Exception as error:
            done.put(error)

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=[run], daemon=True).start()
    try:
        found = done.get(timeout=max(0.1, until - time.monotonic()))
    except queue.Empty:
        raise FetchError(_("%(address)s answers too slowly") % {"address": address}) from None
    if isinstance(found, Exception):
        raise found
    return found


def _followed(
    address: str,
    headers: dict[str, str],
    timeout: float | None,
    limit: int,
    until: float | None,
) -> Reply:
    """The answer at the end of a few redirections, each of which must be allowed too."""
    for _redirect in range(REDIRECTS + 1):
        reply = _once(address, headers, timeout, limit, until)
        if reply.status not in {301, 302, 303, 307, 308} or "location" not in reply.headers:
            return reply
        address = urljoin(address, reply.headers["location"])
    raise FetchError(_("%(address)s leads from one place to the next") % {"address": address})


def _once(
    address: str,
    headers: dict[str, str],
    timeout: float | None,
    limit: int,
    until: float | None = None,
) -> Reply:
    """One request, to the very machine that was looked up and found to be public."""
    parts = urlsplit(address)
    name = parts.hostname or ""
    machine = hosts.check(parts.scheme, name)
    url = httpx.URL(address).copy_with(host=machine)
    sent = {"Host": parts.netloc.rpartition("@")[2], "User-Agent": agent(), **headers}
    seconds = timeout or settings.FETCH_TIMEOUT
    deadline = until or time.monotonic() + 15 * seconds
    seconds = max(0.1, min(seconds, deadline - time.monotonic()))
    with (
        httpx.Client(timeout=seconds, trust_env=False) as client,
        client.stream("GET", url, headers=sent, extensions={"sni_hostname": name}) as answer,
    ):
        content = b"".join(_within(answer, address, limit, deadline))
        return Reply(answer.status_code, answer.headers, content, address)


def _within(answer: httpx.Response, address: str, limit: int, deadline: float) -> Iterator[bytes]:
    """The pieces of an answer. Raises FetchError where they are too many, or come too slowly."""
    size = 0
    for piece in answer.iter_bytes():
        size += len(piece)
        if size > limit:
            words = {"address": address, "size": limit // 1024 // 1024}
            raise FetchError(_("%(address)s is larger than %(size)s MiB") % words)
        if time.monotonic() > deadline:
            raise FetchError(_("%(address)s answers too slowly") % {"address": address})
        yield piece


def _take_turn(host: Host, until: float) -> None:
    """Waits for the next turn of the host's bucket, which all processes share (GCRA)."""
    with transaction.atomic():
        row = Host.objects.select_for_update().get(pk=host.pk)
        now = timezone.now()
        if row.broken_until and row.broken_until > now:
            raise AwayError(
                _("%(host)s failed too often: it is left alone until %(until)s")
                % {
                    "host": row.name,
                    "until": timezone.localtime(row.broken_until).strftime("%H:%M"),
                }
            )
        turn = max(row.free_at, now)
        pause = (turn - now - INTERVAL * (BURST - 1)).total_seconds()
        if time.monotonic() + pause > until:
            raise AwayError(_("%(host)s is being asked too much") % {"host": row.name})
        row.free_at = turn + INTERVAL
        row.save(update_fields=["free_at"])
    time.sleep(max(0, pause))


def _pause(reply: Reply | None, attempt: int) -> float:
    """For how long the host asks to be left alone; else a second or two, never the same."""
    said = reply.headers.get("retry-after", "") if reply else ""
    if said.isdecimal():
        return float(said)
    with contextlib.suppress(ValueError):
        if said:
            moment = parsedate_to_datetime(said)
            return max(0.0, (moment - timezone.now()).total_seconds())
    return settings.FETCH_PAUSE * (2**attempt) * random.uniform(0.5, 1.5)


def _failed(host: Host) -> None:
    with transaction.atomic():
        row = Host.objects.select_for_update().get(pk=host.pk)
        row.failures += 1
        if row.failures >= FAILURES:
            row.failures, row.broken_until = 0, timezone.now() + REST
        row.save(update_fields=["failures", "broken_until"])


def _failed_no_more(host: Host) -> None:
    Host.objects.filter(pk=host.pk).exclude(failures=0).update(failures=0)
