"""How to reach whoever decides."""

import datetime

from plaidoyer.civics.models import ContactDetail, Organization, Person, Post


def mailbox(
    decision_maker: Post | Person | Organization, on: datetime.date | None = None
) -> ContactDetail | None:
    """Where a letter to `decision_maker` goes on that day (today, if none is given).

    What is written to an office goes to the office's own address, which outlives its holders; else
    to its holder's; else to its organization's. Of several, to the one checked last.
    """
    owners: list[Post | Person | Organization | None] = [decision_maker]
    if isinstance(decision_maker, Post):
        owners += [decision_maker.holder(on), decision_maker.organization]
    for owner in owners:
        if owner is None:
            continue
        # All of them, so that one read for many decision-makers (prefetch) is enough.
        details = owner.contact_details.all()
        if addresses := [one for one in details if one.type == ContactDetail.Type.EMAIL]:
            return max(addresses, key=lambda detail: (detail.verified_at, detail.pk))
    return None
