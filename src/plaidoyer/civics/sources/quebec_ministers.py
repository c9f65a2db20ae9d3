"""The ministers of Québec, in a table in two languages: members of its Assembly, by their names."""

import datetime
import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plaidoyer.civics.models import Identifier, Membership
from plaidoyer.civics.records import OrganizationRecord, PersonRecord
from plaidoyer.civics.sources import Reading, SourceError, assnat, files, register
from plaidoyer.civics.sources.ourcommons_ministers import Government
from plaidoyer.civics.sources.ridings import folded
from plaidoyer.civics.sources.rolls import needed, parted

GOVERNMENT = OrganizationRecord(
    identifier="ca-qc-government",
    name={"en": "Government of Québec", "fr": "Gouvernement du Québec"},
    classification="executive",
    url="https://www.quebec.ca/",
    time_zone="America/Toronto",
)
LISTED_AT = "https://www.quebec.ca/premiere-ministre/equipe/conseil-des-ministres"
# « Eric Girard (Groulx) »: the riding tells two members of one name apart.
NAMED = re.compile(r"(?P<name>[^()]+?)\s*(?:\((?P<riding>[^()]+)\))?")


class QuebecMinisters:
    name = "quebec-ministers"
    label = gettext_lazy("Québec: ministers (CSV in two languages)")
    licence = "© Gouvernement du Québec"
    address = LISTED_AT

    def read(self, content: bytes, on: datetime.date, **options: Any) -> Reading:
        """The ministers of the list, each in the office of that title; others have left.

        Who sits in the Assembly is the member of that name; import the members first.
        """
        roll = Government.of(GOVERNMENT, LISTED_AT)
        numbers = sitting(on)
        for line, row in files.rows(content):
            needed(row, ("name", "role_en", "role_fr"))
            minister(roll, line, row, numbers)
        if not roll.members:
            raise SourceError(_("no minister is in this file"))
        return roll.whole()

    def fetch(self, get: Any, **options: Any) -> bytes:
        """Never: the government publishes a page for people, not a list."""
        raise SourceError(_("this table has no address to fetch it from: import a file"))


def minister(
    roll: Government, line: int, row: files.Row, numbers: dict[str, dict[str, set[str]]]
) -> None:
    """One minister into the roll; left out with a warning where several members are called so."""
    named = NAMED.fullmatch(row["name"])
    if not named or not (row["role_fr"] or row["role_en"]):
        roll.warn(line, _("an entry without a name or a title is left out"))
        return
    given, family = parted(named["name"])
    riding = folded(named["riding"] or "")
    held = {
        number
        for number, places in numbers.get(folded(named["name"]), {}).items()
        if not riding or riding in places
    }
    if len(held) > 1:
        message = _("several members are called %(name)s: left out")
        roll.warn(line, message % {"name": row["name"][:80]})
        return
    number = next(iter(held), "")
    roll.sits(
        PersonRecord(
            key=f"{assnat.SCHEME}:{number or row['name']}",
            given_name=given,
            family_name=family,
            identifiers={assnat.SCHEME: number} if number else {},
            line=line,
        ),
        roll.office({"en": row["role_en"], "fr": row["role_fr"]}, line),
    )


def sitting(on: datetime.date) -> dict[str, dict[str, set[str]]]:
    """The numbers of the members of that day by folded name, with the names of their ridings."""
    terms = Membership.objects.on(on).filter(post__organization__identifier=assnat.BODY)
    ridings = {term.person_id: term.post.area for term in terms.select_related("post__area")}
    called = Identifier.objects.filter(scheme=assnat.SCHEME, person__in=ridings)
    found: dict[str, dict[str, set[str]]] = {}
    for row in called.select_related("person"):
        name = folded(f"{row.person.given_name} {row.person.family_name}")
        area = ridings[row.person_id]
        places = {folded(one) for one in area.name.values()} if area else set()
        found.setdefault(name, {})[row.identifier] = places
    return found


SOURCE = register(QuebecMinisters())
