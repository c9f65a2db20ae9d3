"""The legislatures that sources know by a short name, as organizations."""

from dataclasses import dataclass

from django.utils.text import slugify

from plaidoyer.civics import divisions
from plaidoyer.civics.records import OrganizationRecord

LEGISLATURE = "legislature"


@dataclass(frozen=True, slots=True)
class Legislature:
    """What is known of a legislature before any file is read; `scheme` names its members."""

    identifier: str
    en: str
    fr: str
    time_zone: str
    area: str
    url: str
    scheme: str = ""
    # How a seat is called; `%s` is the area.
    seat_en: str = "Member for %s"
    # An area’s article is not known: « de l’Ain », « du Nord », « des Landes ».
    seat_fr: str = "Siège\u00a0: %s"

    @property
    def record(self) -> OrganizationRecord:
        """The legislature as sources say it."""
        return OrganizationRecord(
            identifier=self.identifier,
            name={"en": self.en, "fr": self.fr},
            classification=LEGISLATURE,
            url=self.url,
            time_zone=self.time_zone,
        )

    def seat(self, name: dict[str, str]) -> dict[str, str]:
        """What the seat of an area of that name is called, in every language it is named in."""
        forms = {"en": self.seat_en, "fr": self.seat_fr}
        return {code: forms[code] % name[code] for code in forms if name.get(code)}


KNOWN = {
    one.identifier: one
    for one in (
        Legislature(
            "ca-commons",
            "House of Commons",
            "Chambre des communes",
            "America/Toronto",
            divisions.CANADA,
            "https://www.ourcommons.ca/",
            "ourcommons",
        ),
        Legislature(
            "ca-qc-assnat",
            "National Assembly of Québec",
            "Assemblée nationale du Québec",
            "America/Toronto",
            divisions.QUEBEC,
            "https://www.assnat.qc.ca/",
            "assnat",
        ),
        Legislature(
            "gb-commons",
            "House of Commons of the United Kingdom",
            "Chambre des communes du Royaume-Uni",
            "Europe/London",
            divisions.UNITED_KINGDOM,
            "https://members.parliament.uk/",
            "uk-parliament",
        ),
        Legislature(
            "us-house",
            "United States House of Representatives",
            "Chambre des représentants des États-Unis",
            "America/New_York",
            divisions.UNITED_STATES,
            "https://www.house.gov/",
            "bioguide",
        ),
        Legislature(
            "us-senate",
            "United States Senate",
            "Sénat des États-Unis",
            "America/New_York",
            divisions.UNITED_STATES,
            "https://www.senate.gov/",
            "bioguide",
        ),
        Legislature(
            "fr-an",
            "National Assembly of France",
            "Assemblée nationale",
            "Europe/Paris",
            divisions.FRANCE,
            "https://www.assemblee-nationale.fr/",
            "assemblee-nationale",
        ),
    )
}


def known(identifier: str) -> Legislature | None:
    """The legislature of that short name, if it is one we know of."""
    return KNOWN.get(identifier)


# Of each legislature: a party's short name, its names in English and French, other spellings.
PARTIES = {
    "ca-commons": (
        ("lib", "Liberal", "Libéral", "Liberal Party", "LPC", "Parti libéral"),
        ("cpc", "Conservative", "Conservateur", "Conservative Party", "PCC", "Parti conservateur"),
        ("bq", "Bloc Québécois", "Bloc Québécois", "Bloc"),
        ("ndp", "NDP", "NPD", "New Democratic Party", "Nouveau Parti démocratique"),
        ("gpc", "Green Party", "Parti vert", "Green", "GP", "PV", "Green Party of Canada"),
        ("ind", "Independent", "Indépendant", "Indépendante", "No affiliation"),
    ),
    "ca-qc-assnat": (
        ("caq", "Coalition avenir Québec", "Coalition avenir Québec"),
        ("plq", "Québec Liberal Party", "Parti libéral du Québec", "Quebec Liberal Party"),
        ("qs", "Québec solidaire", "Québec solidaire"),
        ("pq", "Parti québécois", "Parti québécois"),
        ("pcq", "Conservative Party of Québec", "Parti conservateur du Québec"),
        ("ind", "Independent", "Indépendant", "Indépendante", "Indépendants"),
    ),
}


def party(legislature: str, name: str, short: str = "") -> OrganizationRecord:
    """A party of a legislature as sources say it: `ca-commons/party:bq`.

    `name` in whatever spelling; a party we do not know is called by `short`, else by its name.
    """
    for code, en, fr, *others in PARTIES.get(legislature, ()):
        if slugify(name) in {slugify(one) for one in (code, en, fr, *others)}:
            return _party(legislature, code, {"en": en, "fr": fr})
    return _party(legislature, slugify(short or name), {"en": name, "fr": name})


def _party(legislature: str, code: str, names: dict[str, str]) -> OrganizationRecord:
    return OrganizationRecord(
        identifier=f"{legislature}/party:{code}"[:120],
        name=names,
        classification="party",
        parent=legislature,
    )
