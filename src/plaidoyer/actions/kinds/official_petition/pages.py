"""What the page of an official petition shows: the parliament's facts, apart from ours."""

from collections.abc import Mapping
from typing import Any

from plaidoyer.actions.kinds.official_petition.reminders import is_open
from plaidoyer.actions.models import ActionForm
from plaidoyer.parliament.models import OfficialPetition
from plaidoyer.parliament.petitions import figure_at


def shown(form: ActionForm) -> Mapping[str, Any]:
    """The petition and its official count as it was last seen, with its source."""
    petition = (
        OfficialPetition.objects.select_related("legislature")
        .filter(pk=form.options.get("petition"))
        .first()
    )
    return {
        "petition": petition,
        "official": figure_at(petition) if petition else None,
        "petition_is_open": bool(petition and is_open(petition)),
    }
