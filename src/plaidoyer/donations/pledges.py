"""What is done with a gift before its money: it is promised, and its donor told how to give it."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from plaidoyer.donations import messages
from plaidoyer.donations.models import Donation, DonationMail
from plaidoyer.supporters.models import Supporter
from plaidoyer.vault import marks

# Whoever types a stranger's address has us write to it no more often than this in a day.
MAILS_A_DAY = 3
DAY = timedelta(days=1)


@transaction.atomic
def promise(*, tell: bool = True, **facts: Any) -> Donation:
    """Writes down what somebody means to give; mails how, where there is an address."""
    email = facts.get("email", "")
    supporter = Supporter.objects.filter(mark=marks.address(email)).first() if email else None
    donation = Donation.objects.create(supporter=supporter, **facts)
    if tell and email and not is_flooded(email):
        messages.queue(DonationMail.Kind.INSTRUCTIONS, donation)
    return donation


def recognise(donation: Donation) -> Supporter | None:
    """The supporter whose gift it is, made where there is none: their own page, export and
    erasure are for donors too. It puts nobody on a list. None without an address."""
    if donation.supporter_id or not donation.email:
        return donation.supporter
    known = {name: getattr(donation, name) for name in ("email", "given_name", "family_name")}
    donation.supporter, _new = Supporter.objects.get_or_create(
        mark=marks.address(donation.email),
        defaults=known | {"language": donation.language},
    )
    donation.save(update_fields=["supporter"])
    return donation.supporter


def is_flooded(email: str) -> bool:
    """Whether that address had as many mails of ours today as nobody may have us send."""
    lately = DonationMail.objects.filter(
        kind=DonationMail.Kind.INSTRUCTIONS,
        donation__mark=marks.address(email),
        donation__promised_at__gt=timezone.now() - DAY,
    )
    return lately.count() >= MAILS_A_DAY
