"""Where the acts came from, in tens and never fewer than ten."""

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from plaidoyer.actions import areas
from plaidoyer.actions.models import ActionForm
from plaidoyer.civics.models import Area
from plaidoyer.lib import wording
from plaidoyer.reports.charts.drawing import Chart, bars

MOST = 12


@dataclass(frozen=True, slots=True)
class Found:
    """At least so many acts from each area, as the forms' releases have it."""

    rows: list[tuple[Area, int]]
    at: datetime.datetime | None = None


def gather(forms: Sequence[ActionForm]) -> Found:
    """What everybody may see of the areas of `forms`, the largest first; two queries."""
    releases = areas.last_releases([form.pk for form in forms])
    sums: Counter[int] = Counter()
    for release in releases:
        sums.update({int(key): tens for key, tens in release.shown.items()})
    known = Area.objects.in_bulk(list(sums))
    rows = [(known[key], tens) for key, tens in sums.items() if key in known]
    rows.sort(key=lambda row: (-row[1], row[0].identifier))
    return Found(rows, min((release.released_at for release in releases), default=None))


def tell(found: Found, language: str) -> Chart | None:
    """The chart in the active language, `language`; no area may be shown: None."""
    if not found.rows or found.at is None:
        return None
    told = [
        (area.name.in_language(language), tens, wording.number(tens, language))
        for area, tens in found.rows
    ]
    return Chart(
        key="areas",
        title=_("Where the acts came from"),
        sentence=_("Most came from %(area)s: at least %(number)s acts.")
        % {"area": told[0][0], "number": told[0][2]},
        alt=_("Bars, one for each area. The table below has the numbers."),
        columns=[_("Area"), _("Acts, at least")],
        rows=[[name, number] for name, _tens, number in told],
        spec=bars(
            [{"name": name, "value": tens, "label": label} for name, tens, label in told[:MOST]],
            height=22,
        ),
        note=_(
            "Acts on the forms of these campaigns since they opened, as far as a postal code was"
            " given; by form in tens, so that nobody can be found among their neighbours. Released"
            " on %(date)s or later."
        )
        % {"date": wording.date(timezone.localdate(found.at), language)},
    )
