"""Whether the addresses in a newsletter answer: asked behind the pages, never of our own network.

An address is asked by HEAD and, where that is refused, by GET, at the very machine that was looked
up and found to be public. Our own site is asked too, wherever it runs.
"""

import datetime
import socket
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

import httpx
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from plaidoyer.civics import fetching, hosts
from plaidoyer.newsletters.models import LinkCheck

Outcome = LinkCheck.Outcome
Found = tuple[str, str]
REDIRECTS = 4
FRESH = datetime.timedelta(hours=1)
MOVED = {301, 302, 303, 307, 308}
# Answers by which a site tells a program to stay away: no reader is told so.
SHY = {401, 403, 405, 429, 999}


def check(addresses: Iterable[str], *, again: bool = False) -> None:
    """Asks each address that was not asked within the hour, and keeps what it said."""
    wanted = sorted({address for address in addresses if len(address) <= 2000})
    recent = LinkCheck.objects.filter(url__in=wanted, checked_at__gt=timezone.now() - FRESH)
    fresh = set() if again else set(recent.values_list("url", flat=True))
    for address in wanted:
        if address not in fresh:
            outcome, detail = ask(address)
            said = {"outcome": outcome, "detail": detail[:200], "checked_at": timezone.now()}
            LinkCheck.objects.update_or_create(url=address, defaults=said)


def ask(address: str) -> Found:
    """What became of asking one address, and why."""
    try:
        return _followed(address)
    except hosts.ForbiddenError as error:
        return Outcome.REFUSED, str(error)
    except socket.gaierror as error:
        return _unresolved(error)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
        return Outcome.DEAD, _("does not answer (%(why)s)") % {"why": type(error).__name__}


def _unresolved(error: socket.gaierror) -> Found:
    """A name that is nobody's is dead; where no name server answers, nothing is known."""
    if error.errno == socket.EAI_NONAME:
        return Outcome.DEAD, _("leads nowhere: no machine has this name")
    return Outcome.UNKNOWN, _("this machine could not ask: it may be offline")


def _followed(address: str) -> Found:
    for _redirect in range(REDIRECTS + 1):
        status, location = _asked(address)
        if status not in MOVED or not location:
            return _told(status)
        address = urljoin(address, location)
    return Outcome.DEAD, _("leads from one place to the next")


def _asked(address: str) -> tuple[int, str]:
    """The status and, of a redirection, where to; by GET where HEAD is not liked."""
    status, location = _once("HEAD", address)
    if status >= 400:
        status, location = _once("GET", address)
    return status, location


def _told(status: int) -> Found:
    if status < 400:
        return Outcome.ALIVE, ""
    if status in SHY:
        return Outcome.UNKNOWN, _("does not let programs look (%(status)s)") % {"status": status}
    return Outcome.DEAD, _("answers with an error (%(status)s)") % {"status": status}


def _once(method: str, address: str) -> tuple[int, str]:
    """One request; of the answer only its head is read."""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise hosts.ForbiddenError(_("is no address of a page"))
    url = httpx.URL(address)
    sent = {"User-Agent": fetching.agent()}
    extensions = {}
    if not is_own(address):
        url = url.copy_with(host=_machine(parts.hostname, parts.port))
        sent["Host"] = parts.netloc.rpartition("@")[2]
        extensions = {"sni_hostname": parts.hostname}
    with (
        httpx.Client(timeout=settings.FETCH_TIMEOUT, trust_env=False) as client,
        client.stream(method, url, headers=sent, extensions=extensions) as answer,
    ):
        return answer.status_code, answer.headers.get("location", "")


def is_own(address: str) -> bool:
    """Whether an address is of our own site."""
    ours, theirs = urlsplit(settings.BASE_URL), urlsplit(address)
    return (ours.scheme, ours.netloc.lower()) == (theirs.scheme, theirs.netloc.lower())


def _machine(name: str, port: int | None) -> str:
    """The public machine of that name. Raises gaierror for no name, ForbiddenError for ours."""
    socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return hosts.check("https", name)
