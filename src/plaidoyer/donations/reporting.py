"""What the pages of giving show."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from plaidoyer.donations import funds, messages, privacy, ways
from plaidoyer.donations.forms import GiftForm
from plaidoyer.donations.ledgers import booking
from plaidoyer.donations.models import Donation, Fund, Offer, Payment
from plaidoyer.donations.settings import GivingSettings
from plaidoyer.lib import money, wording
from plaidoyer.supporters.models import Supporter


def progress(fund: Fund) -> dict[str, Any]:
    """What was given to `fund` in its own currency, and the way to its goal, at this moment."""
    language, given = get_language() or "en", booking.given(fund)
    goal = fund.goal_minor
    return {
        "given": wording.money(given, fund.currency, language),
        "is_begun": given > 0,
        "goal": wording.money(goal, fund.currency, language) if goal else "",
        "share": wording.percentage(max(given, 0), goal, language) if goal else "",
        # In whole units, for the line.
        "line": max(0, given // 10 ** money.digits(fund.currency)),
        "line_goal": fund.goal,
        "is_reached": bool(goal and given >= goal),
        "gifts": Payment.objects.filter(donation__fund=fund).values("donation").distinct().count(),
        "counted_at": timezone.now(),
    }


def fund_screen(fund: Fund, form: GiftForm, settings: GivingSettings) -> dict[str, Any]:
    """The page of a fund, with `form` as it stands."""
    offers = funds.offers(fund, get_language() or "en")
    return {
        "fund": fund,
        "progress": progress(fund),
        "form": form,
        "giving": settings,
        "ways": ways.offered(settings),
        "other_currencies": [one.currency for one in offers if one.currency != form.offer.currency],
        "paper_url": reverse("donations:paper", args=[fund.slug]),
        "act_url": reverse("donations:fund", args=[fund.slug]),
        "challenge_url": reverse("donations:challenge", args=[fund.slug]),
    }


def offer_in(fund: Fund, currency: str) -> Offer:
    """The offer of `fund` in `currency`; the first there is when it has none in it."""
    offers = funds.offers(fund, get_language() or "en")
    return next((one for one in offers if one.currency == currency), offers[0])


def thanks_screen(donation: Donation) -> dict[str, Any]:
    """What is to be done next for a gift, or that its money is here."""
    settings = GivingSettings.current()
    return {
        "donation": donation,
        "fund": donation.fund,
        "giving": settings,
        "payment": donation.payments.order_by("pk").first(),
        "paper_url": reverse("donations:paper", args=[donation.fund.slug]),
    }


def of_supporter(supporter: Supporter) -> list[dict[str, Any]]:
    """The gifts of a supporter whose money came, the newest first, for their own page."""
    gifts = privacy.of(supporter).filter(payments__isnull=False).distinct()
    gifts = gifts.select_related("fund", "recurring").prefetch_related("payments")
    return [
        {
            "gift": gift,
            "last": max(payment.paid_at for payment in gift.payments.all()),
            "number": len(gift.payments.all()),
            "manage_url": messages.manage_path(gift) if hasattr(gift, "recurring") else "",
        }
        for gift in gifts.order_by("-promised_at")
    ]


def giving_ways(language: str) -> list[dict[str, str]]:
    """The ways to give that need no site, for paper and mails: (label, words) in `language`.

    Empty where the organisation gives on another site, or not at all.
    """
    settings = GivingSettings.current()
    if not funds.open_now().exists():
        return []
    told = [
        (_("Interac e-Transfer"), settings.etransfer_address),
        (_("Bank transfer"), settings.bank_details),
        (_("Cheque"), settings.cheque_to.in_language(language)),
        (_("Telephone"), settings.phone),
    ]
    return [{"label": label, "words": words} for label, words in told if words]
