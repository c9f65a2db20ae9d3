"""Whether the addresses an edition leads to answer; asked behind the pages, never of our own
network (newsletters.links)."""

from collections.abc import Iterator

from plaidoyer.newsletters import links
from plaidoyer.newsletters.models import LinkCheck
from plaidoyer.reports.gathering import Entry, Facts, gather
from plaidoyer.reports.models import Edition


def addresses(entry: Entry) -> Iterator[str]:
    """Where the facts of an item may be checked."""
    yield from (figure.source_url for figure in entry.figures if figure.source_url)
    for milestone in entry.milestones:
        yield from (proof.url for proof in milestone.evidence.all() if proof.url)


def check(edition: Edition) -> None:
    """Asks every address of the edition, and keeps what it said."""
    found = (address for entry in gather(edition).entries for address in addresses(entry))
    links.check(found, again=True)


def dead(facts: Facts) -> dict[int, list[str]]:
    """The addresses that did not answer when they were last asked, by item; one query."""
    told = {entry.item.pk: list(addresses(entry)) for entry in facts.entries}
    every = [address for found in told.values() for address in found]
    checks = LinkCheck.objects.filter(url__in=every, outcome=LinkCheck.Outcome.DEAD)
    gone = set(checks.values_list("url", flat=True))
    return {key: [address for address in found if address in gone] for key, found in told.items()}
