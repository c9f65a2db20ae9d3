"""Areas and postal tables of a source, laid beside those that are held."""

from collections import Counter
from collections.abc import Iterable

from django.utils.translation import ngettext

from plaidoyer.civics.imports import Draft, merged, planner
from plaidoyer.civics.models import Area, PostalPrefix
from plaidoyer.civics.records import AreaRecord, PrefixRecord
from plaidoyer.lib.words import Words

# Tables so small may well be replaced by others.
FEW = 10


@planner(AreaRecord)
def plan_areas(draft: Draft, records: list[AreaRecord]) -> None:
    """Areas by their division; two redrawings of one name are two areas, side by side."""
    areas = known_areas(
        draft, {one.identifier for one in records} | {one.parent for one in records}
    )
    for said in records:
        if said.identifier not in areas:
            area = Area(identifier=said.identifier, name=Words(said.name))
            areas[said.identifier] = draft.add(area, f"{area.name} ({area.identifier})")
    for said in records:
        area = areas[said.identifier]
        draft.correct(
            area,
            said.line,
            name=merged(area.name, said.name),
            classification=said.classification,
            parent=areas.get(said.parent),
            valid_from=said.valid_from,
            valid_until=said.valid_until,
        )


def known_areas(draft: Draft, identifiers: Iterable[str]) -> dict[str, Area]:
    """The areas of these divisions that are held or drafted; one query for those not seen yet."""
    areas = draft.rows.setdefault("area", {})
    if unseen := set(identifiers) - areas.keys() - {""}:
        areas.update({row.identifier: row for row in Area.objects.filter(identifier__in=unseen)})
    return areas


@planner(PrefixRecord)
def plan_prefixes(draft: Draft, records: list[PrefixRecord]) -> None:
    """A postal table, whole: what it no longer has goes. Other tables stay."""
    areas = known_areas(draft, {one.area for one in records})
    held = _held_prefixes({(one.country.upper(), one.table) for one in records})
    unknown: Counter[str] = Counter()
    first_line: dict[str, int] = {}
    seen = set()
    for said in records:
        area = areas.get(said.area)
        if area is None:
            unknown[said.area] += 1
            first_line.setdefault(said.area, said.line)
            continue
        key = (said.country.upper(), said.table, said.prefix, area.pk or id(area))
        if key not in held:
            held[key] = draft.add(
                PostalPrefix(
                    country=said.country.upper(),
                    table=said.table,
                    prefix=said.prefix,
                    area=area,
                    share=said.share,
                ),
                f"{said.prefix} → {area}",
            )
        elif held[key].pk is not None:
            draft.change(held[key], share=said.share)
        seen.add(key)
    gone = [row for key, row in held.items() if key not in seen]
    for row in gone:
        draft.remove(row)
    if len(gone) * 2 > len(held) > FEW:
        draft.doubt(0, _going(len(gone), len(held)))
    for area_, number in unknown.items():
        draft.warn(first_line[area_], _unknown(area_, number))


def _held_prefixes(tables: set[tuple[str, str]]) -> dict[tuple[str, str, str, int], PostalPrefix]:
    """What these tables have, by country, table, beginning and area."""
    return {
        (country, table, row.prefix, row.area_id): row
        for country, table in tables
        for row in PostalPrefix.objects.filter(country=country, table=table)
    }


def _going(gone: int, held: int) -> str:
    return ngettext(
        "%(gone)s of %(held)s beginning of a code would go: is the table whole?",
        "%(gone)s of %(held)s beginnings of codes would go: is the table whole?",
        held,
    ) % {"gone": gone, "held": held}


def _unknown(area: str, number: int) -> str:
    return ngettext(
        "%(number)s beginning of a code is left out: the area %(area)s is not known",
        "%(number)s beginnings of codes are left out: the area %(area)s is not known",
        number,
    ) % {"number": number, "area": area}
