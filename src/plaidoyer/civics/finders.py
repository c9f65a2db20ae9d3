"""Where a parliament itself tells people who represents them: for whoever has to choose."""

from plaidoyer.civics.models import Organization

# By legislature: the page in English and, where there is one, in French.
FINDERS = {
    "ca-commons": {
        "en": "https://www.elections.ca/Scripts/vis/FindED?L=e&QID=-1&PAGEID=20",
        "fr": "https://www.elections.ca/Scripts/vis/FindED?L=f&QID=-1&PAGEID=20",
    },
    "ca-qc-assnat": {
        "en": "https://www.assnat.qc.ca/en/deputes/index.html",
        "fr": "https://www.assnat.qc.ca/fr/deputes/index.html",
    },
    "gb-commons": {"en": "https://members.parliament.uk/FindYourMP"},
    "us-house": {"en": "https://www.house.gov/representatives/find-your-representative"},
    "us-senate": {"en": "https://www.senate.gov/senators/senators-contact.htm"},
    "fr-an": {"fr": "https://www.assemblee-nationale.fr/dyn/vos-deputes"},
}


def finder(legislature: Organization, language: str) -> str:
    """The page that finds one's own member, else the body's own page; "" for none."""
    pages = FINDERS.get(legislature.identifier or "", {})
    return pages.get(language[:2]) or next(iter(pages.values()), legislature.url)
