"""What became of a mailing, counted row by row at this moment.

Acts are those that count and came by a link of this mailing; other rooms tell what else it brought
in (`register`), such as gifts.
"""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils import timezone

from plaidoyer.actions.models import ActionForm, Confirmation
from plaidoyer.newsletters import reporting
from plaidoyer.newsletters.models import Departure, Mailing, Version
from plaidoyer.newsletters.reporting import Progress
from plaidoyer.newsletters.results import clicks, variants
from plaidoyer.newsletters.results.channels import channel
from plaidoyer.newsletters.results.variants import Side, Verdict


@dataclass(frozen=True, slots=True)
class Row:
    """One line that is drawn: its name, how many, and how that compares with the largest."""

    name: str
    count: int
    percent: int


@dataclass(frozen=True, slots=True)
class Brought:
    """What another room counts: its name and its value, told in the active language."""

    name: str
    value: str


# Each gives what a mailing brought in to its room, and the right to see that.
SOURCES: list[tuple[Callable[[Mailing], Sequence[Brought]], str]] = []


def register(source: Callable[[Mailing], Sequence[Brought]], needs: str) -> None:
    """Lets a room tell what mailings brought in to it, to those who have the right `needs`."""
    SOURCES.append((source, needs))


@dataclass(frozen=True, slots=True)
class Trial:
    """Two subjects beside each other: decided, or as it would be decided now."""

    verdict: Verdict
    is_decided: bool
    sides: list[tuple[str, list[str], Side, int]]  # letter, subjects, what it did, drawn of 100

    @property
    def in_a_hundred(self) -> int:
        """In how many of a hundred tries chance alone would give as large a difference."""
        return min(100, -int(-100 * self.verdict.chance // 1))


@dataclass(frozen=True, slots=True)
class Figures:
    """All of it, and when it was counted."""

    counted_at: datetime.datetime
    progress: Progress
    departures: int
    links: list[tuple[str, int, int, int]] | None  # address, people, programs, drawn of 100
    acts: list[Row]
    brought: list[Brought]
    trial: Trial | None

    @property
    def act_count(self) -> int:
        return sum(row.count for row in self.acts)


def of(mailing: Mailing, user: Any) -> Figures:
    """The figures of `mailing` that `user` may see; as many queries however many readers it had."""
    return Figures(
        counted_at=timezone.now(),
        progress=reporting.progress([mailing])[0],
        departures=Departure.objects.filter(mailing=mailing).count(),
        links=_links(mailing) if mailing.counts_clicks else None,
        acts=acts(mailing),
        brought=[
            one for source, needs in SOURCES if user.has_perm(needs) for one in source(mailing)
        ],
        trial=trial(mailing) if mailing.trial_percent and mailing.frozen_at else None,
    )


def acts(mailing: Mailing) -> list[Row]:
    """The acts that count and came by this mailing, by form, the most first."""
    brought = Confirmation.objects.counted().filter(action__via=channel(mailing))
    counts = dict(brought.values_list("form").annotate(number=Count("pk")))
    forms = ActionForm.objects.in_bulk(counts)
    most = max(counts.values(), default=0)
    rows = [Row(str(forms[key]), n, 100 * n // most) for key, n in counts.items()]
    return sorted(rows, key=lambda row: (-row.count, row.name))


def _links(mailing: Mailing) -> list[tuple[str, int, int, int]]:
    found = clicks.followed(mailing)
    most = max((people for _url, people, _programs in found), default=0) or 1
    return [(url, people, programs, 100 * people // most) for url, people, programs in found]


def trial(mailing: Mailing) -> Trial:
    """How the two subjects did."""
    kept = mailing.verdict
    verdict = (
        Verdict(**{**kept, "a": Side(**kept["a"]), "b": Side(**kept["b"])})
        if kept
        else variants.judge(mailing)
    )
    versions: list[Version] = list(mailing.versions.order_by("-language"))
    said = {
        variants.A: [one.subject for one in versions],
        variants.B: [one.subject_b or one.subject for one in versions],
    }
    sides = {variants.A: verdict.a, variants.B: verdict.b}
    most = max(verdict.a.rate, verdict.b.rate) or 1.0
    rows = [(code, said[code], side, int(100 * side.rate / most)) for code, side in sides.items()]
    return Trial(verdict, bool(kept), rows)
