"""How places are named: Open Civic Data divisions, with the year of a redrawing where two are.

One spelling for all sources, so that a member's file and a postal table mean the same area.
https://open-civic-data.readthedocs.io/en/latest/proposals/0002.html
"""

CANADA = "ocd-division/country:ca"
QUEBEC = f"{CANADA}/province:qc"
UNITED_KINGDOM = "ocd-division/country:gb"
UNITED_STATES = "ocd-division/country:us"
FRANCE = "ocd-division/country:fr"

TERRITORIES_OF_CANADA = {"nt", "nu", "yt"}
TERRITORIES_OF_US = {"as", "gu", "mp", "pr", "vi"}


def province(code: str) -> str:
    """A province or territory of Canada by its two letters."""
    code = code.strip().lower()
    kind = "territory" if code in TERRITORIES_OF_CANADA else "province"
    return f"{CANADA}/{kind}:{code}"


def riding(number: str | int, order: int = 2023) -> str:
    """A federal riding of Canada by its number and the year of its redrawing (2013, 2023)."""
    return f"{CANADA}/ed:{number}-{order}"


def quebec_riding(number: str | int, order: int = 2017) -> str:
    """A riding of Québec's National Assembly by its number and the year of its redrawing."""
    return f"{QUEBEC}/ed:{number}-{order}"


def constituency(number: str | int) -> str:
    """A constituency of the United Kingdom by Parliament's own number.

    Every redrawing gives new numbers, so no year is needed.
    """
    return f"{UNITED_KINGDOM}/constituency:{number}"


def state(code: str) -> str:
    """A state, territory or the federal district of the United States by its two letters."""
    code = code.strip().lower()
    kind = "district" if code == "dc" else "territory" if code in TERRITORIES_OF_US else "state"
    return f"{UNITED_STATES}/{kind}:{code}"


def congressional_district(code: str, number: str | int) -> str:
    """A district of the House of Representatives; where a state is one district, the state."""
    number = int(number)
    return f"{state(code)}/cd:{number}" if number else state(code)


# La Poste's and the Interior's letters for what the Assemblée numbers (INSEE).
OVERSEAS = {
    "ZA": "971",
    "ZB": "972",
    "ZC": "973",
    "ZD": "974",
    "ZM": "976",
    "ZN": "988",
    "ZP": "987",
    "ZS": "975",
    "ZW": "986",
    "ZX": "977",
    "ZZ": "099",
}


def circonscription(departement: str, number: str | int) -> str:
    """A seat of the French Assemblée by département (`01`, `2a`, `971`, `ZA`) and number."""
    departement = OVERSEAS.get(departement.strip().upper(), departement.strip()).lower()
    return f"{FRANCE}/departement:{departement}/circonscription:{int(number)}"
