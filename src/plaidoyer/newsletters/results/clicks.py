"""Addresses in a mailing: they say by which mailing people came, and are counted where that is on.

Whatever leads to our own site gets `?via=letter.<mailing>`. Where the organisation counts clicks,
an address leads through `/k/<token>/`, the same for every reader: how often it was followed is
known, by whom is not.
"""

import re
from collections import Counter
from collections.abc import Iterable
from html import escape, unescape
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Count, Q
from django.urls import reverse

from plaidoyer.lib import tokens
from plaidoyer.newsletters.models import Click, Link, Mailing, Version
from plaidoyer.newsletters.results.channels import channel

PURPOSE = "click"
HREF = re.compile(r'(<a\b[^>]*?\bhref=")([^"]*)(")', re.IGNORECASE)
# Stands for what is the reader's own (mailings): such an address leads where it says.
SLOT = re.compile("[\ue000-\uf8ff]")


def prepare(mailing: Mailing) -> None:
    """Writes down the addresses that are counted, once, before anything leaves."""
    if not mailing.counts_clicks:
        return
    variants = ["a", "b"] if mailing.trial_percent else [""]
    Link.objects.bulk_create(
        (
            Link(mailing=mailing, language=version.language, variant=variant, url=url)
            for version in mailing.versions.all()
            for url in sorted(countable(version, mailing))
            for variant in variants
        ),
        ignore_conflicts=True,
    )


def countable(version: Version, mailing: Mailing) -> set[str]:
    """The addresses of a version whose clicks may be counted."""
    found = {said_by(unescape(match[2]), mailing) for match in HREF.finditer(version.html)}
    return {
        url for url in found if url.startswith(("http://", "https://")) and not SLOT.search(url)
    }


def marked(version: Version, mailing: Mailing, variant: str = "") -> tuple[str, str]:
    """HTML and text of a version as they leave; one query where clicks are counted, else none."""
    counted = {}
    if mailing.counts_clicks:
        links = Link.objects.filter(mailing=mailing, language=version.language, variant=variant)
        counted = {link.url: path(link) for link in links}

    def led(match: re.Match[str]) -> str:
        url = said_by(unescape(match[2]), mailing)
        return f"{match[1]}{escape(counted.get(url, url))}{match[3]}"

    text = re.sub(
        re.escape(settings.BASE_URL) + r"/\S*",
        lambda found: said_by(found[0], mailing),
        version.text,
    )
    return HREF.sub(led, version.html), text


def path(link: Link) -> str:
    """Where a link leads first."""
    token = tokens.make(PURPOSE, link.uid)
    return settings.BASE_URL + reverse("newsletters:click", args=[token])


def said_by(url: str, mailing: Mailing) -> str:
    """An address of our own site, saying that people came by this mailing; others as they are."""
    if not url.startswith(f"{settings.BASE_URL}/"):
        return url
    parts = urlsplit(url)
    if "via=" in parts.query or parts.path.startswith(("/u/", "/k/", "/media/", "/documents/")):
        return url
    query = f"{parts.query}&" if parts.query else ""
    return parts._replace(query=f"{query}via={channel(mailing)}").geturl()


def counts(mailings: Iterable[Mailing]) -> Counter[int]:
    """How often the links of each mailing were followed by people, by its id; one query."""
    rows = Link.objects.filter(mailing__in=list(mailings)).values("mailing")
    people = Count("clicks", filter=Q(clicks__is_program=False))
    return Counter(dict(rows.annotate(n=people).values_list("mailing", "n")))


def followed(mailing: Mailing) -> list[tuple[str, int, int]]:
    """Each address with its clicks by people and by programs, the most first; one query."""
    rows = Link.objects.filter(mailing=mailing).values("url")
    people = Count("clicks", filter=Q(clicks__is_program=False))
    programs = Count("clicks", filter=Q(clicks__is_program=True))
    counted = rows.annotate(people=people, programs=programs).order_by("-people", "url")
    return list(counted.values_list("url", "people", "programs"))


def note(link: Link, *, is_program: bool) -> Click:
    """Somebody, or a program, followed `link`: one INSERT that says no more than when."""
    return Click.objects.create(link=link, is_program=is_program)
