"""Reading official counts from sites that offer them to programs, where that is switched on."""

import logging

from plaidoyer.civics import fetching, imports, sources
from plaidoyer.civics.sources import SourceError
from plaidoyer.parliament import courses
from plaidoyer.parliament.models import OfficialPetition, PetitionSettings

logger = logging.getLogger(__name__)


def fetchers() -> dict[str, sources.Source]:
    """The sources that give one petition by its number, by their legislature."""
    return {house: source for source in sources.known() if (house := getattr(source, "counts", ""))}


def wanted() -> list[OfficialPetition]:
    """The open petitions we follow whose parliament has such a source."""
    petitions = OfficialPetition.objects.filter(
        is_followed=True, legislature__identifier__in=fetchers()
    ).select_related("legislature", "session")
    return [one.petition for one in courses.follow(petitions) if one.is_open]


def fetch_all() -> int:
    """Reads the count of each, if the organisation switched it on; how many were read.

    One that cannot be read is told in the log by its row's number, and the others go on.
    """
    if not PetitionSettings.current().fetches_counts:
        return 0
    read = 0
    for petition in wanted():
        try:
            fetch(petition)
            read += 1
        except (SourceError, OSError, ValueError) as error:
            logger.warning("petition %s was not read: %s", petition.pk, type(error).__name__)
    return read


def fetch(petition: OfficialPetition) -> None:
    """Reads one official count and keeps it, as an import that can be seen and undone.

    Raises SourceError where the site gives nothing that can be read.
    """
    source = fetchers()[petition.legislature.identifier or ""]
    content = source.fetch(fetching.get, petition=petition.identifier)
    day = courses.follow([petition])[0].today
    imports.carry_out(
        source.read(content, day, no_constituencies=True),
        source=source.name,
        address=str(petition.url.in_language("en")),
        content=content,
        licence=str(source.licence),
        on=day,
    )
