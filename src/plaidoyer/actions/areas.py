"""How many acts count in each area, exactly for organisers and in tens for everybody.

Nobody may learn from our pages that one, two or nine people of an area took part, not even by
reading the page every minute and comparing. Hence what is public is a release: all areas of a
form at one moment that no area chose.

- Each area is rounded down to tens; under ten it is not shown.
- The rest (other areas, and people of whom we know no area) may be ten or more too; else the
  smallest shown area joins it.
- The next release waits until what counts in all has changed by as much as all shown figures
  together. So behind a figure that changed may be one act or nineteen, and nobody can tell.

The count of the whole form is public and exact at every moment; tests/test_areas.py plays an
adversary who knows it, and compares all releases.
"""

from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection, transaction

from plaidoyer.actions.models import ActionForm, AreaRelease, AreaTally
from plaidoyer.civics.models import Area

LOCK = 0x61726561  # "area": one count of areas at a time
FEWEST = 10

# Areas that lost their last act count as nothing rather than as before.
RECOUNT = """
INSERT INTO actions_areatally (form_id, area_id, confirmed, recounted_at)
SELECT form_id, area_id, sum(counted), statement_timestamp() FROM (
    SELECT c.form_id, m.area_id, 1 AS counted
    FROM actions_confirmation c JOIN actions_match m USING (action_id)
    WHERE c.withdrawal_id IS NULL AND m.area_id IS NOT NULL
      AND NOT EXISTS (
          SELECT FROM actions_held h WHERE h.action_id = c.action_id AND h.released_at IS NULL
      )
  UNION ALL
    SELECT form_id, area_id, 0 FROM actions_areatally
) AS found
GROUP BY form_id, area_id
ON CONFLICT (form_id, area_id) DO UPDATE SET
    confirmed = excluded.confirmed, recounted_at = excluded.recounted_at
"""
TOTAL = """
SELECT form_id, count(*) FROM actions_confirmation c
WHERE withdrawal_id IS NULL AND form_id IN (SELECT form_id FROM actions_areatally)
  AND NOT EXISTS (
      SELECT FROM actions_held h WHERE h.action_id = c.action_id AND h.released_at IS NULL
  )
GROUP BY form_id
"""


class Shown(NamedTuple):
    """An area on a page: at least so many."""

    area: Area
    at_least: int


@transaction.atomic
def recount() -> None:
    """Counts every area of every form anew and releases what may be; one at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return
        # Both statements must see the same acts.
        cursor.execute("LOCK TABLE actions_areatally IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(RECOUNT)
        cursor.execute(TOTAL)
        totals = dict(cursor.fetchall())
    exact: dict[int, dict[str, int]] = {}
    for form, area, count in AreaTally.objects.values_list("form", "area", "confirmed"):
        exact.setdefault(form, {})[str(area)] = count
    last = {release.form_id: release for release in last_releases(exact)}
    AreaRelease.objects.bulk_create(
        AreaRelease(form_id=form, total=totals.get(form, 0), shown=shown)
        for form, counts in exact.items()
        if (shown := release(totals.get(form, 0), counts, last.get(form))) is not None
    )


def release(
    total: int, exact: dict[str, int], last: AreaRelease | None = None
) -> dict[str, int] | None:
    """What may be shown of `exact` now, by area; None while the `last` release has to stay."""
    shown = withheld(total, {area: count // FEWEST * FEWEST for area, count in exact.items()})
    before, since = (last.shown, last.total) if last else ({}, 0)
    changes = [abs(shown.get(area, 0) - before.get(area, 0)) for area in {*shown, *before}]
    return shown if any(changes) and abs(total - since) >= sum(changes) else None


def withheld(total: int, tens: dict[str, int]) -> dict[str, int]:
    """The areas that are shown, without the smallest where the rest would be too small."""
    shown = {area: ten for area, ten in tens.items() if ten}
    for area in sorted(shown, key=lambda area: (shown[area], area)):
        if total - sum(shown.values()) >= FEWEST:
            break
        del shown[area]
    return shown


def last_releases(forms: Iterable[int]) -> list[AreaRelease]:
    """The release that holds for each form; one query."""
    releases = AreaRelease.objects.filter(form__in=list(forms))
    return list(releases.order_by("form", "-released_at", "-id").distinct("form"))


def shown(form: ActionForm) -> tuple[list[Shown], AreaRelease | None]:
    """What everybody may see of the areas of `form`, the largest first, and since when.

    Two queries, or one when nothing was released.
    """
    release = next(iter(last_releases([form.pk])), None)
    if not release or not release.shown:
        return [], None
    areas = Area.objects.in_bulk([int(key) for key in release.shown])
    rows = [Shown(areas[int(key)], ten) for key, ten in release.shown.items() if int(key) in areas]
    return sorted(rows, key=lambda row: (-row.at_least, row.area.identifier)), release


def exactly(form: ActionForm) -> list[AreaTally]:
    """What counts in each area, for organisers only; the largest first."""
    counted = form.area_tallies.filter(confirmed__gt=0).select_related("area")
    return list(counted.order_by("-confirmed", "area__identifier"))
