"""Where somebody lives, as far as a postal code tells, and who represents them there.

Each table answers by itself: the federal riding beside the provincial one. A table `x/shares` says
how much of all codes with a beginning lies where; it stands in where table `x` has no answer.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from plaidoyer.civics import codes, lookups
from plaidoyer.civics.models import Area, Organization, Post, PostalPrefix

LONGEST = codes.LONGEST
normalized = codes.normalized
# Where so much of a beginning lies in one area, its codes are taken to lie there.
SURE = Decimal("0.95")
# The table that says how much of a beginning lies where, beside the one it stands in for.
SHARES = "/shares"


class Place(NamedTuple):
    """An area in which a code may lie, and how much of its beginning does, where a table says."""

    area: Area
    share: Decimal | None = None


# By hand, for it is asked in requests: the same through the ORM takes three times as long.
LYING = """
SELECT area.*, prefix.country AS of_country, prefix."table" AS of_table,
       prefix.prefix AS of_prefix, prefix.share AS of_share
FROM civics_postalprefix prefix
JOIN civics_area lies ON lies.id = prefix.area_id
JOIN civics_area area ON area.id = lies.id
WHERE prefix.prefix = ANY(%(wanted)s) AND %(country)s IN (prefix.country, '')
  AND (lies.valid_from IS NULL OR lies.valid_from <= %(on)s)
  AND (lies.valid_until IS NULL OR lies.valid_until >= %(on)s)
"""
SEAT = "EXISTS (SELECT FROM civics_post WHERE organization_id = %(body)s AND area_id = {})"
SEATED = (
    LYING.replace(
        "area.id = lies.id",
        f"area.id = CASE WHEN {SEAT.format('lies.id')} THEN lies.id ELSE lies.parent_id END",
    )
    + f"  AND {SEAT.format('area.id')}"
)


# What a table says, by beginning; and all tables by country and name.
Beginnings = dict[str, list[Place]]
Tables = dict[tuple[str, str], Beginnings]


def valid(on: datetime.date, area: str = "area__") -> Q:
    """Whether an area is one of that day; `area`: how the rows that are asked refer to it."""
    starts, ends = f"{area}valid_from", f"{area}valid_until"
    return (Q(**{starts: None}) | Q(**{f"{starts}__lte": on})) & (
        Q(**{ends: None}) | Q(**{f"{ends}__gte": on})
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of one code: the places it may lie in, the likeliest first."""

    places: Sequence[Place] = ()
    # Only the beginning of a code: the places where the codes that begin so lie, as far as
    # shares are known; else one place is a guess.
    is_part: bool = False
    # Codes of this form cover a wide area: one place is likely, and to be checked.
    is_rural: bool = False

    @property
    def is_sure(self) -> bool:
        """Whether nobody needs to choose."""
        return len(self.places) == 1 and not (self.is_part and self.places[0].share is None)

    @property
    def areas(self) -> list[Area]:
        return [place.area for place in self.places]


def areas(
    postal_code: str,
    on: datetime.date | None = None,
    country: str | None = None,
    legislature: Organization | None = None,
) -> list[Area]:
    """The areas in which `postal_code` may lie on that day (today, if none is given).

    In each table the longest beginning decides; of several areas with it, all are given, and
    somebody must choose. One query. Nothing is known of an empty code, and an unknown one is in
    no area. `country`: ISO 3166 code, where only its tables are meant. `legislature`: where only
    the areas are meant that have a seat in it; of a district whose state has one, the state.
    """
    return areas_of([postal_code], on, country, legislature).get(postal_code, [])


def areas_of(
    postal_codes: Iterable[str],
    on: datetime.date | None = None,
    country: str | None = None,
    legislature: Organization | None = None,
) -> dict[str, list[Area]]:
    """The same for many codes, by code as it was given; one query, however many."""
    found = answers(postal_codes, on, country, legislature, guess=False)
    return {
        code: sorted(answer.areas, key=lambda area: area.identifier)
        for code, answer in found.items()
    }


def answers(
    postal_codes: Iterable[str],
    on: datetime.date | None = None,
    country: str | None = None,
    legislature: Organization | None = None,
    *,
    guess: bool = True,
) -> dict[str, Answer]:
    """All that is known of codes, by code as it was given; one query, however many.

    `guess`: what is only the beginning of a code lies wherever its shares say.
    Where an online provider is enabled, what it said of codes of which the tables of a
    `legislature` do not tell one area is two queries more.
    """
    asked = {code: normalized(code) for code in postal_codes}
    tables = _tables(asked.values(), on or timezone.localdate(), country, legislature)
    found = {code: _answer(written, tables, guess) for code, written in asked.items()}
    open_ = {asked[code] for code, answer in found.items() if len(answer.places) != 1} - {""}
    if legislature is None or not open_ or not lookups.is_on():
        return found
    online = lookups.known(open_, legislature, on or timezone.localdate())
    for code, written in asked.items():
        if here := online.get(written):
            found[code] = Answer([Place(area) for area in here])
    return found


def homes(postal_codes: Iterable[str], on: datetime.date | None = None) -> dict[str, Area]:
    """The one area that says where each code lies, of those that lie in one; one query for all.

    Of several tables the widest body's counts: its areas have the shortest identifiers. So all
    codes of a country lie in areas of one kind.
    """
    asked = {code: normalized(code) for code in postal_codes}
    tables = _tables(asked.values(), on or timezone.localdate())
    found = {code: _by_table(written, tables) for code, written in asked.items()}
    return {code: area for code, by_table in found.items() if (area := _home(by_table))}


def _home(by_table: dict[tuple[str, str], list[Place]]) -> Area | None:
    # A code of a form that two countries have may lie in either.
    if len({country for country, _table in by_table}) != 1:
        return None
    widest = min(by_table.items(), key=lambda item: (_depth(item[1]), item[0]), default=(None, []))[
        1
    ]
    return widest[0].area if len(widest) == 1 else None


def _depth(found: list[Place]) -> int:
    return min(place.area.identifier.count("/") for place in found)


def _tables(
    written: Iterable[str],
    on: datetime.date,
    country: str | None = None,
    legislature: Organization | None = None,
) -> Tables:
    """What all tables say of the beginnings of these codes; one query."""
    wanted = {begin for code in written for each in ("", "GB") for begin in _begin(code, each)}
    tables: Tables = {}
    if not wanted:
        return tables
    body = legislature.pk if legislature else None
    asked = {"wanted": list(wanted), "on": on, "body": body, "country": (country or "").upper()}
    area: Any  # with the columns of its row beside its own
    for area in Area.objects.raw(SEATED if legislature else LYING, asked):
        table = tables.setdefault((area.of_country, area.of_table), {})
        table.setdefault(area.of_prefix, []).append(Place(area, area.of_share))
    return tables


def _begin(code: str, country: str) -> list[str]:
    return codes.beginnings(code, country)


def _answer(code: str, tables: Tables, guess: bool) -> Answer:
    by_table = _by_table(code, tables, guess)
    places = {place.area.pk: place for found in by_table.values() for place in found}
    countries = {country for country, _table in by_table}
    return Answer(
        sorted(places.values(), key=_likeliest),
        is_part=any(codes.is_part(code, country) for country in countries),
        is_rural=any(codes.is_rural(code, country) for country in countries),
    )


def _by_table(code: str, tables: Tables, guess: bool = False) -> dict[tuple[str, str], list[Place]]:
    """Where a code lies, by each table that knows it; by its shares where it does not.

    `guess`: by its shares too, where only the beginning of a code is known.
    """
    found = {
        (country, table): places
        for (country, table), said in tables.items()
        if (places := _longest(_begin(code, country), said))
    }
    return {
        (country, table): places
        for (country, table), places in found.items()
        if (country, _other(code, country, table, guess)) not in found
    }


def _other(code: str, country: str, table: str, guess: bool) -> str:
    """The table that, where it knows a code, goes before this one."""
    by_shares = guess and codes.is_part(code, country)
    if table.endswith(SHARES) == by_shares:
        return "—"
    return table + SHARES if by_shares else table.removesuffix(SHARES)


def _longest(beginnings: list[str], said: Beginnings) -> list[Place]:
    """What a table says of the longest of these; one place, where nearly all lies there."""
    here = next((said[begin] for begin in beginnings if begin in said), [])
    places = sorted({place.area.pk: place for place in here}.values(), key=_likeliest)
    if places and places[0].share is not None and places[0].share >= SURE:
        return places[:1]
    return places


def _likeliest(place: Place) -> tuple[Decimal, str]:
    return -(place.share or Decimal(0)), place.area.identifier


def beginnings(postal_code: str) -> list[str]:
    """Every beginning of a code, the longest first."""
    return codes.beginnings(normalized(postal_code))


def representatives(of: Iterable[Area | int], legislature: Organization) -> list[Post]:
    """The seats of `legislature` for these areas, or their ids; vacant ones too, in their order."""
    seats = Post.objects.filter(area__in=list(of), organization=legislature)
    return list(
        seats.select_related("area", "organization")
        .prefetch_related("memberships__person", "memberships__on_behalf_of")
        .order_by("area__identifier", "id")
    )


def seats(legislature: Organization, on: datetime.date | None = None) -> QuerySet[Post]:
    """The seats of `legislature` for areas of that day (today, if none is given), as above.

    A riding that was redrawn keeps its seat in the past.
    """
    now = legislature.posts.filter(valid(on or timezone.localdate()), area__isnull=False)
    return (
        now.select_related("area__parent", "organization")
        .prefetch_related("memberships__person", "memberships__on_behalf_of")
        .order_by("area__identifier", "id")
    )


@transaction.atomic
def place(area: Area, country: str, beginnings: Iterable[str]) -> None:
    """Lets exactly the postal codes with these beginnings lie in `area`; other areas stay.

    They are those written by hand: tables that were imported stay too.
    """
    wanted = {codes.beginning(begin, country) for begin in beginnings} - {""}
    own = area.prefixes.filter(table="")
    own.exclude(country=country.upper(), prefix__in=wanted).delete()
    PostalPrefix.objects.bulk_create(
        [PostalPrefix(area=area, country=country.upper(), prefix=code) for code in sorted(wanted)],
        ignore_conflicts=True,
    )
