"""The mails about gifts, each in its donor's language.

Before money came nothing that was typed stands in them (actions/messages.py): a reference, an
amount of the page, our own words. Their HTML is made of their text.
"""

import datetime
from collections.abc import Sequence
from typing import Any

from django.conf import settings as config
from django.contrib.auth.models import User
from django.db.models import Sum
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from plaidoyer.donations.models import Donation, DonationMail, Payment, Receipt, Reversal
from plaidoyer.donations.settings import GivingSettings
from plaidoyer.lib import tokens, typed
from plaidoyer.mail import envelopes
from plaidoyer.mail.kinds import Message
from plaidoyer.mail.models import Envelope
from plaidoyer.organisation.models import Organisation

KIND = "gift"
URGENCY = 12
MANAGE = "monthly-gift"


def queue(
    kind: str,
    donation: Donation,
    *,
    payment: Payment | None = None,
    receipt: Receipt | None = None,
) -> DonationMail | None:
    """Queues a mail to the donor, in the caller's transaction; None where there is no address."""
    if not donation.email:
        return None
    [envelope] = envelopes.queue(kind=KIND, to_addresses=[donation.email], urgency=URGENCY)
    return DonationMail.objects.create(
        kind=kind, donation=donation, payment=payment, receipt=receipt, envelope=envelope
    )


def alarm() -> None:
    """Queues a mail to everybody who may end a pause of the card form."""
    able = User.objects.with_perm(
        "donations.change_donation", backend="django.contrib.auth.backends.ModelBackend"
    )
    people = able.filter(is_active=True).exclude(email="").order_by("pk")
    addresses = list(people.values_list("email", flat=True))
    queued = envelopes.queue(kind=KIND, to_addresses=addresses, urgency=URGENCY)
    kind = DonationMail.Kind.ALARM
    DonationMail.objects.bulk_create(DonationMail(kind=kind, envelope=one) for one in queued)


def returned(payment: Payment, until: datetime.datetime | None = None) -> int:
    """What we gave back of a payment, by what was recorded until a moment, in minor units."""
    back = payment.reversals.filter(kind=Reversal.Kind.REFUND)
    back = back.filter(recorded_at__lte=until) if until else back
    return back.aggregate(sum=Sum("amount"))["sum"] or 0


def today() -> datetime.date:
    return timezone.localdate()


def manage_path(donation: Donation) -> str:
    """Where its donor changes, pauses or stops a monthly gift, in the active language."""
    return reverse("donations:manage", args=[tokens.make(MANAGE, donation.uid)])


def compose(due: Sequence[Envelope]) -> dict[int, Message]:
    """The mails, by envelope id; none to a donor who is not kept any more."""
    mails = DonationMail.objects.filter(envelope__in=due).select_related(
        *("donation__fund", "payment", "receipt", "envelope")
    )
    organisation, giving, composed = Organisation.current(), GivingSettings.current(), {}
    for mail in mails:
        donation = mail.donation
        if donation and donation.emptied_at:
            continue
        language = donation.language if donation else config.LANGUAGE_CODE
        with override(language):
            composed[mail.envelope_id] = write(mail, organisation, giving, language)
    return composed


def write(
    mail: DonationMail, organisation: Organisation, giving: GivingSettings, language: str
) -> Message:
    """One mail in the active language."""
    donation, base = mail.donation, config.BASE_URL
    context: dict[str, Any] = {
        "mail": mail,
        "donation": donation,
        "payment": mail.payment,
        "receipt": mail.receipt,
        "giving": giving,
        "organisation": organisation,
        "language": language,
        "desk_url": base + reverse("gifts_overview"),
    }
    if mail.payment:
        context["returned"] = returned(mail.payment, mail.envelope.queued_at)
    if donation:
        context["manage_url"] = base + manage_path(donation)
        context["paper_url"] = base + reverse("donations:paper", args=[donation.fund.slug])
        context["is_by_card"] = donation.is_monthly and hasattr(donation, "recurring")
    subject = render_to_string(f"donations/mails/{mail.kind}-subject.txt", context)
    text = render_to_string(f"donations/mails/{mail.kind}-text.txt", context)
    html = render_to_string("donations/mails/frame.html", context | {"text": text})
    return Message(
        subject=typed.line(subject),
        text=text,
        html=html,
        sender_name=str(organisation.name),
        language=language,
        attachments=files(mail),
    )


def files(mail: DonationMail) -> tuple[tuple[str, bytes, str], ...]:
    """The receipt, as it was drawn once."""
    receipt = mail.receipt
    if receipt is None or not receipt.pdf:
        return ()
    return ((f"{receipt.label}.pdf", bytes(receipt.pdf), "application/pdf"),)
