"""What the pages of official petitions show, in a fixed number of queries."""

from typing import Any

from wagtail.models import Locale

from plaidoyer.actions.models import ActionForm
from plaidoyer.campaigns.models import Campaign
from plaidoyer.parliament import courses, petitions, tellings
from plaidoyer.parliament.courses import Deadline
from plaidoyer.parliament.models import Motion, OfficialPetition
from plaidoyer.website.models import CampaignPage


def petition_screen(petition: OfficialPetition, language: str) -> dict[str, Any]:
    """The page of one petition, with the pages of its campaigns in that language."""
    locale = Locale.objects.filter(language_code=language).first()
    pages = CampaignPage.objects.live().filter(locale=locale, campaign__official_petitions=petition)
    told = tellings.tell(petitions.story(petition))
    levels: dict[str, list[Any]] = {}
    for region in told["regions"]:
        levels.setdefault(region.level, []).append(region)
    return {"told": told, "pages": list(pages), "levels": list(levels.values())}


def deadlines_of(campaign: Campaign) -> list[Deadline]:
    """The days of its official petitions, and of the votes that its drives ask for."""
    held = campaign.official_petitions.select_related("legislature", "session")
    drives = ActionForm.objects.filter(campaign=campaign, kind="vote_drive")
    keys = [key for key in drives.values_list("options__motion", flat=True) if key]
    found = [day for one in courses.follow(held) for day in one.deadlines]
    found += courses.of_motions(Motion.objects.filter(pk__in=keys))
    return sorted(found, key=lambda one: one.on)
