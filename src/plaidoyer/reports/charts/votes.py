"""How each party voted, as bars."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _

from plaidoyer.civics.models import Organization
from plaidoyer.lib import wording
from plaidoyer.parliament import results
from plaidoyer.parliament.models import GroupCount, Option, Vote, VoteEvent
from plaidoyer.reports.charts.drawing import BLUE, GREY, ORANGE, WIDTH, Chart, Spec

COLOURS = {
    Option.YES: BLUE,
    Option.NO: ORANGE,
    Option.ABSTAIN: GREY,
    Option.PAIRED: GREY,
    Option.ABSENT: GREY,
}
Parties = list[tuple[Organization | None, Counter[str]]]


@dataclass(frozen=True, slots=True)
class Held:
    """A recorded vote and how each party voted, the largest first."""

    event: VoteEvent
    parties: Parties


def gather(events: Iterable[VoteEvent]) -> dict[int, Held]:
    """Each of `events` by its key; three queries, however many there are."""
    held = {event.pk: event for event in events}
    counts: dict[int, dict[int | None, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    votes = Vote.objects.filter(event__in=held).values_list("event", "group", "option")
    for event, group, option, number in votes.annotate(number=Count("pk")):
        counts[event][group][option] = number
    for one in GroupCount.objects.filter(event__in=set(held) - set(counts)):
        ways = {option.value: getattr(one, name) for option, name in results.COLUMNS.items()}
        counts[one.event_id][one.group_id].update(ways)
    named = Organization.objects.in_bulk(
        {group for groups in counts.values() for group in groups if group}
    )
    return {key: Held(event, _ordered(counts[key], named)) for key, event in held.items()}


def _ordered(counts: dict[int | None, Counter[str]], named: dict[int, Organization]) -> Parties:
    found = [(named[key] if key else None, ways) for key, ways in counts.items() if ways.total()]
    return sorted(found, key=lambda one: (one[0] is None, -one[1].total(), str(one[0])))


def tell(held: Held, language: str) -> Chart | None:
    """The chart in the active language, `language`; no party's votes are known: None."""
    if not held.parties:
        return None
    event = held.event
    sums = sum((ways for _party, ways in held.parties), Counter())
    yes = sums[Option.YES] if event.yes_count is None else event.yes_count
    no = sums[Option.NO] if event.no_count is None else event.no_count
    ways = [option for option in COLOURS if sums[option]]
    names = [_short(party) for party, _ways in held.parties]
    return Chart(
        key=f"vote-{event.public_id}",
        title=_("The vote, by party"),
        sentence=results.told(event, yes, no),
        alt=_("A bar for each party, parted by how its members voted. The table has the numbers."),
        columns=[_("Party"), *(str(option.label).capitalize() for option in ways)],
        rows=[
            [name, *(wording.number(cast[option], language) for option in ways)]
            for name, (_party, cast) in zip(names, held.parties, strict=True)
        ],
        spec=spec(names, [cast for _party, cast in held.parties], ways),
    )


def _short(party: Organization | None) -> str:
    return str(party) if party else _("without a party")


def spec(names: Sequence[str], parties: Sequence[Counter[str]], ways: Sequence[Option]) -> Spec:
    """Bars parted by how members voted, each part with its number where it has room."""
    labels = {option: str(option.label).capitalize() for option in ways}
    widest = max(cast.total() for cast in parties)
    rows = [
        {
            "party": name,
            "way": labels[option],
            "order": order,
            "n": cast[option],
            "label": str(cast[option]) if cast[option] * 20 >= widest else "",
        }
        for name, cast in zip(names, parties, strict=True)
        for order, option in enumerate(ways)
        if cast[option]
    ]
    colour = {
        "field": "way",
        "type": "nominal",
        "scale": {"domain": list(labels.values()), "range": [COLOURS[one] for one in ways]},
        "sort": None,
        "legend": {"symbolType": "square"},
    }
    x = {"field": "n", "type": "quantitative", "stack": "zero", "axis": None}
    return {
        "width": WIDTH - 130,
        "height": {"step": 26},
        "padding": {"left": 20, "right": 8, "top": 2, "bottom": 2},
        "data": {"values": rows},
        "encoding": {
            "y": {
                "field": "party",
                "type": "nominal",
                "sort": None,
                "axis": {"ticks": False, "domain": False, "labelLimit": 130},
            },
            "order": {"field": "order"},
        },
        "layer": [
            {
                "mark": {"type": "bar", "stroke": "white", "strokeWidth": 1},
                "encoding": {"x": x, "color": colour},
            },
            {
                "mark": {"type": "text", "color": "#ffffff", "fontWeight": "bold"},
                "encoding": {"x": {**x, "bandPosition": 0.5}, "text": {"field": "label"}},
            },
        ],
    }
