"""How to reach whoever decides."""

import datetime
import re

from plaidoyer.civics.models import ContactDetail, Organization, Person, Post

EXTENSION = re.compile(r"(?:;?ext\w*|poste|x|#)[\s.:=]*(\d{1,6})\D*$", re.IGNORECASE)


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


def telephones(
    decision_maker: Post | Person | Organization, on: datetime.date | None = None
) -> list[ContactDetail]:
    """The official numbers to call `decision_maker` at, as mailbox() finds an address; maybe none.

    All of an office's own, for it may have one in the capital and one at home.
    """
    owners: list[Post | Person | Organization | None] = [decision_maker]
    if isinstance(decision_maker, Post):
        owners += [decision_maker.holder(on), decision_maker.organization]
    for owner in owners:
        if owner is None:
            continue
        details = owner.contact_details.all()
        if numbers := [one for one in details if one.type == ContactDetail.Type.VOICE]:
            return sorted(numbers, key=lambda detail: detail.pk)
    return []


def dialled(number: str) -> str:
    """The link that calls a number as it is written (RFC 3966); "" where none can be read.

    `+1 613-555-0101, ext. 7` is `tel:+16135550101;ext=7`. A trunk zero in brackets is left out,
    as are all signs between the digits.
    """
    extension = EXTENSION.search(number)
    plain = number[: extension.start()] if extension else number
    is_global = plain.strip().startswith(("+", "00"))
    if is_global:
        plain = re.sub(r"^00", "", plain.strip()).replace("(0)", "")
    digits = "".join(re.findall("[0-9]", plain))
    if len(digits) < 3:
        return ""
    return f"tel:{'+' * is_global}{digits}" + (f";ext={extension[1]}" if extension else "")
