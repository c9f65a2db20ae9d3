"""The French Assemblée nationale: its deputies, from the open data or from a table of them.

https://data.assemblee-nationale.fr/acteurs/deputes-en-exercice
"""

import datetime
import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plaidoyer.civics import divisions
from plaidoyer.civics.models import ContactDetail
from plaidoyer.civics.records import AreaRecord, PersonRecord
from plaidoyer.civics.sources import Reading, SourceError, files, register
from plaidoyer.civics.sources.rolls import Roll, Way, body, day, needed, of_its_shape

BODY = "fr-an"
SCHEME = "assemblee-nationale"
PAGE = "https://www.assemblee-nationale.fr/dyn/deputes/"
MAIL, PHONE = "15", "11"
DEPARTEMENTS = dict(
    re.findall(
        r"([0-9AB]{2,3}):([^|]+)",
        "01:Ain|02:Aisne|03:Allier|04:Alpes-de-Haute-Provence|05:Hautes-Alpes|"
        "06:Alpes-Maritimes|07:Ardèche|08:Ardennes|09:Ariège|10:Aube|11:Aude|12:Aveyron|"
        "13:Bouches-du-Rhône|14:Calvados|15:Cantal|16:Charente|17:Charente-Maritime|"
        "18:Cher|19:Corrèze|2A:Corse-du-Sud|2B:Haute-Corse|21:Côte-d'Or|22:Côtes-d'Armor|"
        "23:Creuse|24:Dordogne|25:Doubs|26:Drôme|27:Eure|28:Eure-et-Loir|29:Finistère|"
        "30:Gard|31:Haute-Garonne|32:Gers|33:Gironde|34:Hérault|35:Ille-et-Vilaine|"
        "36:Indre|37:Indre-et-Loire|38:Isère|39:Jura|40:Landes|41:Loir-et-Cher|42:Loire|"
        "43:Haute-Loire|44:Loire-Atlantique|45:Loiret|46:Lot|47:Lot-et-Garonne|48:Lozère|"
        "49:Maine-et-Loire|50:Manche|51:Marne|52:Haute-Marne|53:Mayenne|"
        "54:Meurthe-et-Moselle|55:Meuse|56:Morbihan|57:Moselle|58:Nièvre|59:Nord|60:Oise|"
        "61:Orne|62:Pas-de-Calais|63:Puy-de-Dôme|64:Pyrénées-Atlantiques|"
        "65:Hautes-Pyrénées|66:Pyrénées-Orientales|67:Bas-Rhin|68:Haut-Rhin|69:Rhône|"
        "70:Haute-Saône|71:Saône-et-Loire|72:Sarthe|73:Savoie|74:Haute-Savoie|75:Paris|"
        "76:Seine-Maritime|77:Seine-et-Marne|78:Yvelines|79:Deux-Sèvres|80:Somme|81:Tarn|"
        "82:Tarn-et-Garonne|83:Var|84:Vaucluse|85:Vendée|86:Vienne|87:Haute-Vienne|"
        "88:Vosges|89:Yonne|90:Territoire de Belfort|91:Essonne|92:Hauts-de-Seine|"
        "93:Seine-Saint-Denis|94:Val-de-Marne|95:Val-d'Oise|971:Guadeloupe|"
        "972:Martinique|973:Guyane|974:Réunion|975:Saint-Pierre-et-Miquelon|976:Mayotte|"
        "977:Saint-Barthélemy et Saint-Martin|986:Wallis-et-Futuna|"
        "987:Polynésie française|988:Nouvelle-Calédonie|"
        "099:Français établis hors de France",
    )
)


class AssembleeNationale:
    name = "assemblee-nationale"
    label = gettext_lazy("Assemblée nationale (France): deputies (open data in JSON, or CSV)")
    licence = "Licence ouverte / Etalab 2.0"
    address = "https://data.assemblee-nationale.fr/acteurs/deputes-en-exercice"

    def read(self, content: bytes, on: datetime.date, **options: Any) -> Reading:
        """The deputies of the list, each in the circonscription of that number."""
        roll = Roll(body(BODY), self.address)
        if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
            with of_its_shape():
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
    _area, key = in_assembly(roll, seat[0], int(seat[1]), line, departement)
    roll.sits(
        PersonRecord(
            key=f"{SCHEME}:{uid}",
            given_name=names[0],
            family_name=names[1],
            identifiers={SCHEME: uid},
            honorific_prefix={"fr": title} if title else {},
            line=line,
        ),
        key,
        party=roll.party(*party),
        start_on=start_on,
        ways=ways,
        page=f"{PAGE}{uid}",
    )


def in_assembly(
    roll: Roll, departement: str, number: int, line: int, name: str = ""
) -> tuple[str, str]:
    """A seat of the Assemblée, vacant or not: its area and its key."""
    identifier = divisions.circonscription(departement, number)
    code = identifier.split("departement:")[1].split("/")[0].upper()
    named = {"fr": f"{DEPARTEMENTS.get(code) or name or code} ({ordinal(number)})"}
    area = roll.area(
        AreaRecord(
            identifier=identifier,
            name=named,
            classification="circonscription",
            line=line,
        )
    )
    return area, roll.seat(area, roll.legislature.seat(named), line)


def ordinal(number: int) -> str:
    """« 1re circonscription », as the Assemblée writes it."""
    return f"{number}{'re' if number == 1 else 'e'} circonscription"


SOURCE = register(AssembleeNationale())
