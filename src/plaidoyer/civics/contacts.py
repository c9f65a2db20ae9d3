"""How to reach whoever decides."""

import datetime
import re

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from plaidoyer.civics.models import ContactDetail, Organization, Person, Post

EMAIL = ContactDetail.Type.EMAIL
# People move, ministries change their names: a page is looked at once a quarter.
STALE_AFTER = datetime.timedelta(days=90)
EXTENSION = re.compile(r"(?:;?ext\w*|poste|x|#)[\s.:=]*(\d{1,6})\D*$", re.IGNORECASE)


def mailbox(
    decision_maker: Post | Person | Organization, on: datetime.date | None = None
) -> ContactDetail | None:
    """Where a letter to `decision_maker` goes on that day (today, if none is given).

    What is written to an office goes to the office's own address, which outlives its holders; else
    to its holder's; else to its organization's. Of several, to the one checked last. One from
    which mail came back is none, until somebody has checked it.
    """
    owners: list[Post | Person | Organization | None] = [decision_maker]
    if isinstance(decision_maker, Post):
        owners += [decision_maker.holder(on), decision_maker.organization]
    for owner in owners:
        if owner is None:
            continue
        # All of them, so that one read for many decision-makers (prefetch) is enough.
        details = owner.contact_details.all()
        if addresses := [one for one in details if one.type == EMAIL and not one.bounced_at]:
            return max(addresses, key=lambda detail: (detail.verified_at, detail.pk))
    return None


def owner(detail: ContactDetail) -> Person | Post | Organization:
    """Whom it reaches."""
    found = detail.person or detail.post or detail.organization
    assert found is not None  # the database says so: contact_of_one_owner
    return found


def to_check(details: QuerySet[ContactDetail]) -> QuerySet[ContactDetail]:
    """Those of `details` from which mail came back, then those not checked for long."""
    long_ago = timezone.now() - STALE_AFTER
    stale = details.filter(Q(bounced_at__isnull=False) | Q(verified_at__lt=long_ago))
    return stale.order_by(F("bounced_at").desc(nulls_last=True), "verified_at", "pk")


def check(detail: ContactDetail) -> None:
    """Somebody found it on its official page just now: what came back before is forgiven."""
    detail.verified_at, detail.bounced_at = timezone.now(), None
    detail.save(update_fields=["verified_at", "bounced_at"])


def note_bounce(address: str, at: datetime.datetime) -> int:
    """Mail to `address` came back: nothing more goes there until it is checked; how many rows.

    One that was checked since is left as it is.
    """
    same = ContactDetail.objects.filter(type=EMAIL, value__iexact=address, verified_at__lt=at)
    return same.filter(Q(bounced_at=None) | Q(bounced_at__lt=at)).update(bounced_at=at)


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
