"""What a page says of itself: its title, publisher, day and language.

Read, in this order, from Open Graph, schema.org (JSON-LD), Dublin Core and the citation tags of
Highwire Press, from HTML itself, and from the address.
"""

import contextlib
import datetime
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup

from plaidoyer.lib import typed

# What stands further down says nothing of the page as a whole.
HEAD = 2_000_000
TITLES = ("og:title", "citation_title", "dc.title", "dcterms.title", "twitter:title")
PUBLISHERS = ("og:site_name", "citation_publisher", "dc.publisher", "dcterms.publisher")
DAYS = (
    "article:published_time",
    "citation_publication_date",
    "citation_date",
    "dcterms.issued",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
    "date",
    "pubdate",
    "parsely-pub-date",
)
DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/.]?(0[1-9]|1[0-2])[-/.]?(0[1-9]|[12]\d|3[01])(?!\d)")


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a page; empty or None where it does not say."""

    title: str = ""
    publisher: str = ""
    published_on: datetime.date | None = None
    language: str = ""


def about(content: bytes, content_type: str, address: str, language: str = "") -> About:
    """What `content` says of itself; never fails. `language`: what the server said of it."""
    kind, charset = parsed_type(content_type)
    if kind not in {"text/html", "application/xhtml+xml"}:
        return About(of_file(address), host(address), day(urlsplit(address).path), code(language))
    soup = BeautifulSoup(content[:HEAD], "html.parser", from_encoding=charset or None)
    said = dict(_metas(soup))
    linked = next(_articles(soup), {})
    title = _first(said, TITLES) or _text(linked.get("headline")) or _text(soup.title)
    heading = soup.find("h1")
    tag = soup.find("html")
    own = str(tag.get("lang") or "") if tag else ""
    return About(
        title=typed.line(title or _text(heading))[:250],
        publisher=typed.line(
            _first(said, PUBLISHERS) or _named(linked.get("publisher")) or host(address)
        )[:200],
        published_on=_published(said, linked, soup, address),
        language=code(own or said.get("og:locale", "") or language),
    )


def parsed_type(header: str) -> tuple[str, str]:
    """The media type and the charset of a Content-Type header."""
    message = Message()
    message["content-type"] = header
    charset = message.get_param("charset") or ""
    return message.get_content_type() if header else "", str(charset)


def of_file(address: str) -> str:
    """A title for a file: its name without its ending."""
    name = PurePosixPath(unquote(urlsplit(address).path)).stem
    return typed.line(re.sub(r"[-_+]+", " ", name))[:250]


def host(address: str) -> str:
    """The name of the machine, for want of a publisher's."""
    return (urlsplit(address).hostname or "").removeprefix("www.")[:200]


def code(language: str) -> str:
    """The primary subtag (BCP 47): "fr_CA" is "fr". Empty for anything else."""
    primary = re.split(r"[-_,; ]", language.strip().lower())[0]
    return primary if re.fullmatch(r"[a-z]{2,3}", primary) else ""


def day(text: str) -> datetime.date | None:
    """The first day that stands in `text` as year, month, day; None where there is none."""
    for found in DAY.finditer(text):
        with contextlib.suppress(ValueError):
            return datetime.date(*map(int, found.groups()))
    return None


def _metas(soup: BeautifulSoup) -> Iterator[tuple[str, str]]:
    """Names and contents of the meta tags; of several of one name, the first."""
    for tag in reversed(soup.find_all("meta", limit=400)):
        name = tag.get("property") or tag.get("name") or tag.get("itemprop") or ""
        if name and tag.get("content"):
            yield str(name).lower(), str(tag["content"])


def _articles(soup: BeautifulSoup) -> Iterator[dict[str, Any]]:
    """What schema.org calls the page: the first thing with a headline or a day."""
    for script in soup.find_all("script", type="application/ld+json", limit=20):
        with contextlib.suppress(ValueError, RecursionError):
            found = json.loads(script.get_text())
            graph = found.get("@graph", found) if isinstance(found, dict) else found
            for one in graph if isinstance(graph, list) else [graph]:
                if isinstance(one, dict) and ("headline" in one or "datePublished" in one):
                    yield one


def _first(said: dict[str, str], names: tuple[str, ...]) -> str:
    return next((said[name] for name in names if said.get(name, "").strip()), "")


def _text(found: Any) -> str:
    if isinstance(found, str):
        return found
    return found.get_text(" ") if hasattr(found, "get_text") else ""


def _named(found: Any) -> str:
    found = found[0] if isinstance(found, list) and found else found
    return _text(found.get("name")) if isinstance(found, dict) else _text(found)


def _published(
    said: dict[str, str], linked: dict[str, Any], soup: BeautifulSoup, address: str
) -> datetime.date | None:
    """Its day; none that is still to come."""
    time = soup.find("time", datetime=True)
    told = [
        *(said.get(name, "") for name in DAYS),
        _text(linked.get("datePublished")),
        str(time["datetime"]) if time else "",
        urlsplit(address).path,
    ]
    days = [found for found in map(day, told) if found]
    limit = datetime.date.today() + datetime.timedelta(days=1)
    return next((one for one in days if one <= limit), None)
