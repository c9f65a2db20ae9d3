"""Whether the links of our evidence still answer; asked every night, a few hundred at most."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from plaidoyer.civics import fetching, hosts
from plaidoyer.evidence.models import DeadLink, Proof

A_NIGHT = 500
SECONDS = 15
LIMIT = 25_000_000
# Answers by which a site tells a program to stay away: nothing is known then.
SHY = {401, 403, 405, 406, 429, 451, 999}
# So many at least are asked before a night on which most fail is taken for our own fault.
ENOUGH = 5
SURE = datetime.timedelta(hours=12)


def proofs() -> list[Any]:
    """Every table of proofs, whatever room it is in."""
    return [model for model in apps.get_models() if issubclass(model, Proof)]


def given() -> list[str]:
    """The links of all evidence, each once; the newest first."""
    urls: dict[str, None] = {}
    for proof in proofs():
        found = proof.objects.exclude(url="").order_by("-retrieved_at")
        urls |= dict.fromkeys(found.values_list("url", flat=True))
    return list(urls)


def check(urls: Iterable[str] | None = None) -> int:
    """Asks the links (of all evidence, unless told) and notes which are dead; how many are.

    A night on which most of them fail says something of our own line: it is not noted.
    """
    wanted = turn(given() if urls is None else urls)
    answers = {url: ask(url) for url in wanted}
    failed = [url for url, why in answers.items() if why]
    if len(wanted) >= ENOUGH and len(failed) * 2 > len(wanted):
        return 0
    for url in failed:
        note(url, answers[url] or "")
    alive = [url for url, why in answers.items() if why == ""]
    DeadLink.objects.filter(url__in=alive, ended_at=None).update(ended_at=timezone.now())
    return len(failed)


def turn(urls: Iterable[str]) -> list[str]:
    """Those of a night: another part every night where there are more."""
    found = sorted(urls)
    parts = -(-len(found) // A_NIGHT) or 1
    return found[timezone.localdate().toordinal() % parts :: parts]


def ask(url: str) -> str | None:
    """Why `url` is dead; empty where it lives, None where nothing can be said."""
    secured = fetching.secure(url)
    try:
        status = fetching.ask(secured, within=SECONDS, limit=LIMIT).status
    except fetching.AwayError:
        return None
    except (fetching.FetchError, hosts.ForbiddenError) as error:
        # Asked otherwise than it was given, it may live all the same.
        return error.told if secured == url else None
    if status in SHY:
        return None
    return _("answers with an error (%(status)s)") % {"status": status} if status >= 400 else ""


def note(url: str, why: str) -> None:
    """Notes that a link is dead, or is dead still."""
    now = timezone.now()
    values = {"detail": why[:200], "last_at": now}
    DeadLink.objects.update_or_create(
        url=url, ended_at=None, defaults=values, create_defaults={**values, "first_at": now}
    )


def mark(given: Iterable[Proof]) -> None:
    """Gives every proof its `dead`: the row that says since when it is, or None; one query."""
    some = list(given)
    gone = dead(proof.url for proof in some if proof.url)
    for proof in some:
        proof.dead = gone.get(proof.url)  # type: ignore[attr-defined]  # for templates


def dead(urls: Iterable[str] | None = None) -> dict[str, DeadLink]:
    """The links that are dead for sure: on two nights at least; all of them, or of `urls`."""
    found = DeadLink.objects.filter(ended_at=None, last_at__gte=F("first_at") + SURE)
    if urls is not None:
        found = found.filter(url__in=list(urls))
    return {one.url: one for one in found}
