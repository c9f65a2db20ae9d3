"""What is kept of donors: shown to them, erased when they ask, and after its time in any case.

Books are kept by law (Canada: Income Tax Act, s. 230, six years from the end of the year; France:
Code de commerce, L123-22, ten). So a gift that was paid keeps its donor until the years of the
settings are over; one that never was, and every other trace, goes at once. Amounts always stay.
"""

import datetime
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from plaidoyer.donations.models import BankLine, CardFact, Donation, Receipt
from plaidoyer.donations.settings import GivingSettings
from plaidoyer.mail import envelopes
from plaidoyer.mail.models import Envelope
from plaidoyer.supporters.models import Supporter

# A promise that nothing came of.
UNPAID = datetime.timedelta(days=180)
NETWORK = datetime.timedelta(hours=48)
BATCH = 500


def of(supporter: Supporter) -> QuerySet[Donation]:
    """The gifts of `supporter`: those matched, and those of the same address."""
    same = Q(supporter=supporter) | Q(mark=supporter.mark)
    return Donation.objects.filter(same).order_by("promised_at", "pk")


def export(supporter: Supporter) -> list[dict[str, Any]]:
    """Every gift, its payments and receipts."""
    return [told(donation) for donation in of(supporter).select_related("fund")]


def told(donation: Donation) -> dict[str, Any]:
    """One gift, in words that last longer than our tables."""
    names = ("email", "given_name", "family_name", "phone", "address", "language", "via")
    return {
        "fund": donation.fund.name,
        "reference": donation.reference,
        "amount": donation.amount,
        "currency": donation.currency,
        "frequency": donation.frequency,
        "method": donation.method,
        "promised_at": donation.promised_at,
        **{name: getattr(donation, name) for name in names},
        "payments": list(donation.payments.values("amount", "currency", "paid_at")),
        "receipts": [
            receipt.label
            for receipt in Receipt.objects.filter(lines__payment__donation=donation).distinct()
        ],
    }


def erase(supporter: Supporter) -> None:
    """Empties the gifts that no law has us keep, and lets no mail about any of them leave.

    What was paid stays, apart from the supporter, until its years are over (forget).
    """
    theirs = of(supporter)
    keys = list(theirs.values_list("pk", flat=True))
    envelopes.cancel(Envelope.objects.filter(donation_mail__donation__in=keys))
    empty(Donation.objects.filter(pk__in=keys, payments=None))
    for paid in Donation.objects.filter(pk__in=keys):
        paid.supporter, paid.phone, paid.via, paid.network = None, "", "", ""
        paid.erased_at = timezone.now()
        paid.save()


def empty(donations: QuerySet[Donation]) -> int:
    """Takes what is personal out of `donations`, their mails, receipts and bank lines."""
    keys = list(donations.values_list("pk", flat=True))
    now = timezone.now()
    envelopes.erase(Envelope.objects.filter(donation_mail__donation__in=keys))
    receipts = Receipt.objects.filter(lines__payment__donation__in=keys).exclude(sealed=b"")
    Receipt.objects.filter(pk__in=list(receipts.values_list("pk", flat=True))).update(sealed=b"")
    lines = BankLine.objects.filter(payment__donation__in=keys)
    lines.update(sealed=b"", emptied_at=now)
    return Donation.objects.filter(pk__in=keys).update(
        sealed=b"", mark="", via="", network="", supporter=None, emptied_at=now
    )


def forget(now: datetime.datetime | None = None) -> int:
    """Empties what is older than its time of keeping; how many gifts.

    Paid gifts: the years of the settings after the year of the last payment. Promises that
    nothing came of: 180 days. Labels of networks: 48 hours. Lines of a bank that are nobody's
    gift: like paid ones.
    """
    now = now or timezone.now()
    Donation.objects.filter(promised_at__lt=now - NETWORK).exclude(network="").update(network="")
    # Of another business on the same account of the provider: no gift came of it.
    CardFact.objects.filter(applied_at=None, received_at__lt=now - UNPAID).delete()
    first_kept = timezone.localtime(now).year - GivingSettings.current().kept_years
    old = datetime.datetime(first_kept, 1, 1, tzinfo=timezone.get_default_timezone())
    BankLine.objects.filter(payment=None, emptied_at=None, booked_on__lt=old.date()).update(
        sealed=b"", emptied_at=now
    )
    kept = Donation.objects.filter(emptied_at=None).annotate(last=Max("payments__paid_at"))
    over = kept.filter(Q(last__lt=old) | Q(last=None, promised_at__lt=now - UNPAID))
    done = 0
    while some := list(over.values_list("pk", flat=True)[:BATCH]):
        done += empty(Donation.objects.filter(pk__in=some))
    return done
