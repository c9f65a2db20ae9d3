"""What follows from a gift where the organisation says so: its newsletter, for two years.

Canada's law knows such an implied consent to a registered charity (CASL, S.C. 2010, c. 23, section
10(9)(a) and (13)(a)): two years from the gift. A no is not undone by it, an express yes wants none.
"""

import datetime

from django.utils import timezone

from plaidoyer.donations import pledges
from plaidoyer.donations.models import Payment
from plaidoyer.donations.settings import GivingSettings
from plaidoyer.supporters import consents

# Stands in the ledger of consents where an express yes has its page.
GIFT = "gift"
# Never longer than two years of the calendar.
TWO_YEARS = datetime.timedelta(days=730)


def follow(payment: Payment) -> None:
    """Records the implied consent of whoever gave. Nothing where the setting is off, where there
    is no address, and for a gift that goes on after its donor was erased."""
    until, donation = payment.paid_at + TWO_YEARS, payment.donation
    if donation.erased_at or until <= timezone.now() or not is_on():
        return
    if supporter := pledges.recognise(donation):
        consents.imply(
            supporter, purpose=consents.NEWSLETTER, until=until, page=GIFT, at=payment.paid_at
        )


def undo(payment: Payment) -> None:
    """Ends what followed from a payment that all went back, or never came; an older gift of the
    same donor holds for as long as it would have."""
    supporter = payment.donation.supporter
    if supporter is None or not consents.revoke(supporter):
        return
    theirs = Payment.objects.kept().filter(donation__supporter=supporter)
    if last := theirs.order_by("paid_at").last():
        follow(last)


def is_on() -> bool:
    """Whether the organisation lets a gift imply it."""
    return GivingSettings.current().implies_consent
