"""What the page of an official petition shows: the parliament's facts, apart from ours."""

from collections.abc import Mapping
from typing import Any

from plaidoyer.actions.models import ActionForm
from plaidoyer.parliament import petitions, tellings
from plaidoyer.parliament.models import OfficialPetition


def shown(form: ActionForm) -> Mapping[str, Any]:
    """The petition, its official count as it was last seen, and where it stands."""
    petition = (
        OfficialPetition.objects.select_related("legislature", "session")
        .filter(pk=form.options.get("petition"))
        .first()
    )
    if petition is None:
        return {"petition": None, "petition_is_open": False}
    told = tellings.tell(petitions.story(petition))
    return {
        "petition": petition,
        "told": told,
        "petition_is_open": told["course"].is_open,
    }
