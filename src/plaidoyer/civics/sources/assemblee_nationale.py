"""The French Assemblée nationale: its deputies, from the open data or from a table of them.

https://data.assemblee-nationale.fr/acteurs/deputes-en-exercice
"""

import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plaidoyer.civics import divisions
from plaidoyer.civics.models import ContactDetail
from plaidoyer.civics.records import AreaRecord, PersonRecord
from plaidoyer.civics.sources import Reading, SourceError, files, register
from plaidoyer.civics.sources.rolls import Roll, Way, body, day, needed

BODY = "fr-an"
SCHEME = "assemblee-nationale"
PAGE = "https://www.assemblee-nationale.fr/dyn/deputes/"
MAIL, PHONE = "15", "11"


class AssembleeNationale:
    name = "assemblee-nationale"
    label = gettext_lazy("Assemblée nationale (France): deputies (open data in JSON, or CSV)")
    licence = "Licence ouverte / Etalab 2.0"
    address = "https://data.assemblee-nationale.fr/acteurs/deputes-en-exercice"

    def read(self, content: bytes, on: datetime.date, **options: Any) -> Reading:
        """The deputies of the list, each in the circonscription of that number."""
        roll = Roll(body(BODY), self.address)
        if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
            in_json(roll, files.json(content))
        else:
            in_csv(roll, content)
        return roll.whole()

    def fetch(self, get: Any, **options: Any) -> bytes:
        """Never: the open data are a folder of files in a ZIP, one a deputy."""
        raise SourceError(
            _("download the open data (JSON, one file) from %(address)s and import that file")
            % {"address": self.address}
        )


def in_json(roll: Roll, said: Any) -> None:
    """Deputies of an export: `export.acteurs.acteur`, with `export.organes.organe` beside them."""
    export = said.get("export", said) if isinstance(said, dict) else {"acteurs": said}
    actors = many(export.get("acteurs"), "acteur")
    if not actors:
        raise SourceError(_("no deputy is in this file: it has no “acteurs”"))
    bodies = {one.get("uid"): one for one in many(export.get("organes"), "organe")}
    for number, actor in enumerate(actors, start=1):
        actor = actor.get("acteur", actor)
        terms = list(many(actor.get("mandats"), "mandat"))
        sitting = [
            term
            for term in terms
            if term.get("typeOrgane") == "ASSEMBLEE" and not term.get("dateFin")
        ]
        if sitting:
            in_office(roll, actor, sitting[-1], group(terms, bodies), number)


def many(within: Any, name: str) -> list[dict[str, Any]]:
    """What stands under a name: one or several, in a list or not (XML made into JSON)."""
    found = within.get(name) if isinstance(within, dict) else within
    these = found if isinstance(found, list) else [found] if found else []
    return [one for one in these if isinstance(one, dict)]


def group(terms: Iterable[dict[str, Any]], bodies: dict[Any, dict[str, Any]]) -> tuple[str, str]:
    """The name and short name of the political group that somebody is in today."""
    for term in terms:
        if term.get("typeOrgane") == "GP" and not term.get("dateFin"):
            found = bodies.get((term.get("organes") or {}).get("organeRef")) or {}
            return str(found.get("libelle") or ""), str(found.get("libelleAbrev") or "")
    return "", ""


def in_office(
    roll: Roll, actor: dict[str, Any], term: dict[str, Any], party: tuple[str, str], number: int
) -> None:
    uid = actor.get("uid")
    named = (actor.get("etatCivil") or {}).get("ident") or {}
    place = (term.get("election") or {}).get("lieu") or {}
    sit(
        roll,
        number,
        uid=str(uid.get("#text") if isinstance(uid, dict) else uid),
        names=(str(named.get("prenom") or ""), str(named.get("nom") or "")),
        title=str(named.get("civ") or ""),
        seat=(str(place.get("numDepartement") or ""), str(place.get("numCirco") or "")),
        departement=str(place.get("departement") or ""),
        party=party,
        start_on=day(str(term.get("dateDebut") or "")),
        ways=list(addresses(actor)),
    )


def addresses(actor: dict[str, Any]) -> Iterator[Way]:
    """Official addresses only: many deputies list private ones beside them."""
    for one in many(actor.get("adresses"), "adresse"):
        value = str(one.get("valElec") or "")
        if one.get("type") == MAIL and value.endswith("@assemblee-nationale.fr"):
            yield Way(ContactDetail.Type.EMAIL, value)
        elif one.get("type") == PHONE and value:
            yield Way(ContactDetail.Type.VOICE, value)


def in_csv(roll: Roll, content: bytes) -> None:
    for line, row in files.rows(content):
        needed(row, ("acteur_uid", "given_name", "family_name", "departement_code"))
        mail = row.get("email", "")
        sit(
            roll,
            line,
            uid=row["acteur_uid"],
            names=(row["given_name"], row["family_name"]),
            seat=(row["departement_code"], row["circonscription"]),
            departement=row.get("departement", ""),
            party=(row.get("groupe", ""), row.get("groupe_abrege", "")),
            ways=[Way(ContactDetail.Type.EMAIL, mail)] if mail else [],
        )


def sit(
    roll: Roll,
    line: int,
    *,
    uid: str,
    names: tuple[str, str],
    seat: tuple[str, str],
    departement: str,
    party: tuple[str, str],
    ways: list[Way],
    title: str = "",
    start_on: datetime.date | None = None,
) -> None:
    """One deputy into the roll; left out with a warning where the seat cannot be told."""
    if not seat[0] or not seat[1].isdecimal():
        message = _("%(name)s is left out: the circonscription has no number")
        roll.warn(line, message % {"name": " ".join(names)})
        return
    named = {"fr": f"{departement} ({ordinal(int(seat[1]))})"}
    area = roll.area(
        AreaRecord(
            identifier=divisions.circonscription(*seat),
            name=named,
            classification="circonscription",
            line=line,
        )
    )
    roll.sits(
        PersonRecord(
            key=f"{SCHEME}:{uid}",
            given_name=names[0],
            family_name=names[1],
            identifiers={SCHEME: uid},
            honorific_prefix={"fr": title} if title else {},
            line=line,
        ),
        roll.seat(area, roll.legislature.seat(named), line),
        party=roll.party(*party),
        start_on=start_on,
        ways=ways,
        page=f"{PAGE}{uid}",
    )


def ordinal(number: int) -> str:
    """« 1re circonscription », as the Assemblée writes it."""
    return f"{number}{'re' if number == 1 else 'e'} circonscription"


SOURCE = register(AssembleeNationale())
