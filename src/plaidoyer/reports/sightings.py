"""What the facts said when an item's words were written, and what has changed since.

A figure has changed when it would be told in other words: one more act under "more than 12,000"
asks nobody to write anew.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from plaidoyer.lib import wording
from plaidoyer.outcomes.models import Standing
from plaidoyer.reports.gathering import Entry, Facts
from plaidoyer.reports.models import Item

Seen = dict[str, Any]


def seen(entry: Entry) -> Seen:
    """What the facts of an item say now, as it is kept beside its words."""
    return {
        "figures": {figure.name: figure.value for figure in entry.figures},
        "standings": {
            f"{row.demand.pk}-{row.target.pk}": row.standing.value for row in entry.standings
        },
        "milestones": {
            str(one.pk): [one.happened_on.isoformat(), dict(one.title)] for one in entry.milestones
        },
    }


def note(facts: Facts, items: Iterable[int]) -> None:
    """Keeps what the facts say now as what the writers of those items saw."""
    wanted = set(items)
    rows = [entry.item for entry in facts.entries if entry.item.pk in wanted]
    now = {entry.item.pk: seen(entry) for entry in facts.entries}
    for item in rows:
        item.facts_seen = now[item.pk]
    Item.objects.bulk_update(rows, ["facts_seen"])


def changes(entry: Entry) -> list[str]:
    """What the facts say otherwise than when the words were written, in the active language."""
    return [*of_figures(entry), *of_outcomes(entry)]


def of_figures(entry: Entry) -> list[str]:
    """Which figures would be told otherwise; they change as long as people act."""
    before = entry.item.facts_seen
    return list(_figures(before["figures"], entry)) if before else []


def of_outcomes(entry: Entry) -> list[str]:
    """Which standings and milestones are told otherwise, new or gone."""
    before = entry.item.facts_seen
    if not before:
        return []
    return [
        *_standings(before["standings"], entry),
        *_milestones(before["milestones"], seen(entry)["milestones"]),
    ]


def _figures(before: dict[str, int], entry: Entry) -> Iterator[str]:
    language = get_language() or "en"
    for figure in entry.figures:
        old = before.get(figure.name, 0)
        if wording.rounded(old) != wording.rounded(figure.value):
            yield _("%(now)s, and not %(before)s as before") % {
                "now": wording.quantity(figure.value, figure.noun(figure.value), language),
                "before": wording.figure(old, language),
            }
    gone = before.keys() - {figure.name for figure in entry.figures}
    for name in sorted(gone):
        yield _("no longer: a figure of %(value)s") % {
            "value": wording.number(before[name], language)
        }


def _standings(before: dict[str, str], entry: Entry) -> Iterator[str]:
    for row in entry.standings:
        old = before.get(f"{row.demand.pk}-{row.target.pk}")
        if old != row.standing:
            yield pgettext("standing", "%(demand)s: %(now)s, and not “%(before)s”") % {
                "demand": row.demand,
                "now": row.standing.label,
                "before": Standing(old).label if old else _("nothing"),
            }


def _milestones(before: Seen, now: Seen) -> Iterator[str]:
    language = get_language() or "en"

    def title(row: list[Any]) -> str:
        return row[1].get(language) or next(iter(row[1].values()), "")

    for key, row in now.items():
        if key not in before:
            yield _("new: %(milestone)s") % {"milestone": title(row)}
        elif before[key] != row:
            yield _("told otherwise: %(milestone)s") % {"milestone": title(row)}
    for key, row in before.items():
        if key not in now:
            yield _("no longer: %(milestone)s") % {"milestone": title(row)}
