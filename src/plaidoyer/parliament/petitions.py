"""Official petitions: people sign them on a parliament's own site; we only read its count."""

import datetime

from plaidoyer.parliament.models import OfficialPetition, PetitionSnapshot


def figure_at(
    petition: OfficialPetition, moment: datetime.datetime | None = None
) -> PetitionSnapshot | None:
    """The official count as it was last seen at `moment` (now, if none is given), with its source.

    Nothing when it had not been seen yet. It is the parliament's figure: never added to our own.
    """
    seen = petition.snapshots.all()
    if moment is not None:
        seen = seen.filter(taken_at__lte=moment)
    return seen.order_by("-taken_at", "-id").first()
