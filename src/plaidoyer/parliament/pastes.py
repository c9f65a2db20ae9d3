"""Reading the text of a petition's official page, as an organiser pastes it; English and French.

Understood are the number of signatures, the counts by province, and the days on which it opened,
closed, was certified, presented and answered. Nothing else is kept of the text.
"""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from plaidoyer.civics.models import Area
from plaidoyer.lib import typed
from plaidoyer.lib.words import folded
from plaidoyer.parliament import states
from plaidoyer.parliament.models import OfficialPetition, PetitionSnapshot, RegionCount
from plaidoyer.parliament.sources import prose
from plaidoyer.parliament.sources.counting import SPACES
from plaidoyer.parliament.sources.ourcommons_petitions import AREAS

FIGURE = r"(\d{1,3}(?:[ ,\u00a0\u202f]\d{3})+|\d{1,9})(?![\d-])"
COUNTS = (
    re.compile(rf"\b(?:number of|nombre de) signatures\s*:?\s*{FIGURE}"),
    re.compile(rf"^(?:total |valid )?signatures?(?: valides)?\s*[:(]?\s*{FIGURE}\s*\)?$"),
    re.compile(rf"(?<![\d-]){FIGURE}\s+(?:valid |official )?signatures?\b"),
)
ALONE = re.compile(rf"^\(?{FIGURE}\)?$")
REGION = re.compile(rf"^(?P<name>[^\d(:]+?)\s*[:(]?\s*{FIGURE}\s*\)?$")
ELSEWHERE = {"other countries", "autres pays", "other country", "autre pays"}
NUMBER = re.compile(r"\be-\d{1,6}\b")
PRESENTED_AS = re.compile(r"\b\d{3}-\d{5}\b")
LABELS = {
    "opens_on": r"open(?:ed)? for signature|ouverte (?:a la|pour) signature|\bopens\b|\bouverture",
    "closes_on": r"closed? for signature|fermee (?:a la|pour) signature|\bcloses\b|\bcloture",
    "certified_on": r"^certified|^certifiee",
    "presented_on": r"presented to the house|presentee a la chambre",
    "answered_on": r"response tabled|reponse (?:du gouvernement )?(?:deposee|presentee)",
}
DAYS = {name: re.compile(pattern) for name, pattern in LABELS.items()}
# A day stands beside its label, or below it within so many lines.
BELOW = 3


@dataclass(frozen=True, slots=True)
class Page:
    """What a pasted page says."""

    signatures: int | None = None
    regions: dict[str, int] = field(default_factory=dict)
    dates: dict[str, datetime.date] = field(default_factory=dict)
    number: str = ""
    presented_as: str = ""

    @property
    def doubts(self) -> list[str | Promise]:
        """What an organiser should look at before keeping it."""
        total = sum(self.regions.values())
        if self.signatures is not None and self.regions and total != self.signatures:
            words = _("The regions add up to %(sum)s, not to %(total)s.")
            return [words % {"sum": total, "total": self.signatures}]
        return []


def read(text: str) -> Page:
    """What the text of a page says. Saves nothing."""
    lines = [line for raw in typed.BREAKS.split(text) if (line := tidy(raw))]
    whole = "\n".join(lines)
    number, presented = NUMBER.search(whole), PRESENTED_AS.search(whole)
    return Page(
        signatures=total(lines),
        regions=by_region(text),
        dates=days(lines),
        number=number[0] if number else "",
        presented_as=presented[0] if presented else "",
    )


def tidy(raw: str) -> str:
    """A line in small letters without accents, its spaces single."""
    return folded(typed.line(raw.replace("\t", " ")))


def figure(words: str) -> int:
    return int(SPACES.sub("", words))


def total(lines: Sequence[str]) -> int | None:
    """The number of signatures: beside the word, or on the line below it."""
    for pattern in COUNTS:
        for line in lines:
            if match := pattern.search(line):
                return figure(match[1])
    for line, below in pairwise(lines):
        if line.rstrip(" :") == "signatures" and (match := ALONE.match(below)):
            return figure(match[1])
    return None


def by_region(text: str) -> dict[str, int]:
    """Signatures by province and territory, and from other countries, as the page names them."""
    found: dict[str, int] = {}
    name = ""
    for raw in typed.BREAKS.split(text):
        line = typed.line(raw.replace("\t", " "))
        if match := REGION.match(line):
            if is_region(match["name"]):
                found[match["name"].strip()] = figure(match[2])
        elif name and (alone := ALONE.match(line)):
            found[name] = figure(alone[1])
        name = line if is_region(line) else ""
    return found


def is_region(name: str) -> bool:
    plain = folded(name.strip())
    return plain in AREAS or plain in ELSEWHERE


def days(lines: Sequence[str]) -> dict[str, datetime.date]:
    """The days the page names, by the petition's field."""
    found: dict[str, datetime.date] = {}
    for place, line in enumerate(lines):
        for name, label in DAYS.items():
            if name not in found and label.search(line):
                near = lines[place : place + 1 + BELOW]
                day = next((day for one in near if (day := prose.day(one))), None)
                if day:
                    found[name] = day
    return found


def doubts(petition: OfficialPetition, page: Page) -> list[str | Promise]:
    """What does not fit the petition that is held, with what does not fit in the page itself."""
    found = page.doubts
    if page.number and page.number != petition.identifier.lower():
        words = _("The page is about %(number)s, another petition.")
        found = [words % {"number": page.number}, *found]
    for name, day in page.dates.items():
        held = getattr(petition, name)
        if held and held != day:
            words = _("%(label)s: %(held)s stays, the page says %(said)s.")
            label = petition._meta.get_field(name).verbose_name
            found.append(words % {"label": label, "held": held, "said": day})
    return found


@transaction.atomic
def keep(
    petition: OfficialPetition,
    page: Page,
    *,
    taken_at: datetime.datetime,
    source: str,
    by: User | None = None,
) -> PetitionSnapshot | None:
    """Notes the count with its regions, and the days that were not known.

    Days whose order cannot be are left out. None where the page has no count.
    """
    fill(petition, page)
    if page.signatures is None:
        return None
    snapshot = PetitionSnapshot.objects.create(
        petition=petition,
        taken_at=taken_at,
        signatures=page.signatures,
        source=source,
        how=PetitionSnapshot.How.PASTED,
        entered_by=by,
    )
    known = Area.objects.in_bulk(
        {AREAS[folded(name)] for name in page.regions if folded(name) in AREAS},
        field_name="identifier",
    )
    RegionCount.objects.bulk_create(
        RegionCount(
            snapshot=snapshot,
            name=name[:120],
            signatures=signatures,
            area=known.get(AREAS.get(folded(name), "")),
        )
        for name, signatures in page.regions.items()
    )
    return snapshot


def fill(petition: OfficialPetition, page: Page) -> None:
    """Notes the days and the number that the petition has not yet."""
    held = OfficialPetition.objects.select_for_update(no_key=True).get(pk=petition.pk)
    new = {name: day for name, day in page.dates.items() if getattr(held, name) is None}
    for name, day in new.items():
        setattr(held, name, day)
    if states.faults(held.dates):
        return
    held.presented_as = held.presented_as or page.presented_as
    held.save(update_fields=[*new, "presented_as"])
