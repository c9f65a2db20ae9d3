"""The receipt on paper: a tagged PDF (lib.paper) of what it says, in the active language."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from plaidoyer.donations.models import Donation, Payment, Receipt
from plaidoyer.donations.settings import GivingSettings
from plaidoyer.lib import paper, wording
from plaidoyer.organisation.models import Organisation

SOURCE = Path(__file__).parent / "typst" / "receipt.typ"
# A sign that none of our fonts has must not keep a receipt from being drawn.
MISSING = "□"


def draw(
    receipt: Receipt,
    parts: Sequence[tuple[Payment, int]],
    donation: Donation,
    settings: GivingSettings,
) -> bytes:
    """The PDF of a receipt over `parts`, each a payment and what is left of it."""
    tree = told(receipt, parts, donation, settings)
    pictures = signature(settings) if receipt.is_official else {}
    tree["is_signed"] = bool(pictures)
    while True:
        words = json.dumps(tree).encode()
        files = {"main.typ": SOURCE.read_bytes(), "receipt.json": words, **pictures}
        try:
            return paper.render(files, receipt.issued_at)
        except paper.UnprintableError as error:
            tree = json.loads(json.dumps(tree).replace(json.dumps(error.sign)[1:-1], MISSING))


def told(
    receipt: Receipt,
    parts: Sequence[tuple[Payment, int]],
    donation: Donation,
    settings: GivingSettings,
) -> dict[str, Any]:
    """What the receipt says. The fields of an official one are those that the Income Tax
    Regulations of Canada ask for, section 3501(1)."""
    language, organisation = receipt.language, Organisation.current()

    def money(amount: int) -> str:
        return wording.money(amount, receipt.currency, language)

    def day(at: Any) -> str:
        return wording.date(timezone.localtime(at).date(), language)

    return {
        "language": language,
        "accent": organisation.accent,
        "organisation": organisation.name.in_language(language),
        "address": organisation.postal_address.splitlines(),
        "contact": organisation.contact_email,
        "title": title(receipt),
        "number": receipt.label,
        "replaces": replaced(receipt),
        "donor": [donation.full_name, *donation.address.splitlines()],
        "columns": [_("Date"), _("Fund"), _("Method"), _("Amount")],
        "rows": [
            [
                day(payment.paid_at),
                payment.donation.fund.name.in_language(language),
                str(payment.get_method_display()),
                money(amount),
            ]
            for payment, amount in parts
        ],
        "total_label": _("Total"),
        "total": money(receipt.amount),
        "facts": [*facts(receipt, settings, money), [_("Issued on"), day(receipt.issued_at)]],
        "status": status(receipt),
        "note": settings.receipt_note.in_language(language),
        "labels": {"number": _("Number"), "donor": _("Received from"), "signature": _("Signature")},
        "signatory": settings.signatory if receipt.is_official else "",
    }


def signature(settings: GivingSettings) -> dict[str, bytes]:
    """The picture of the signature, by its name in the drawing; empty without one."""
    if settings.signature is None:
        return {}
    drawn = settings.signature.get_rendition("max-600x200|format-png")
    with drawn.file.open() as file:
        return {"signature.png": file.read()}


def title(receipt: Receipt) -> str:
    if receipt.is_official:
        return _("Official receipt for income tax purposes")
    if receipt.kind == Receipt.Kind.ANNUAL:
        return _("Receipt for the gifts of %(year)d") % {"year": receipt.year}
    return _("Receipt for a gift")


def replaced(receipt: Receipt) -> str:
    if receipt.replaces is None:
        return ""
    return _("Cancels and replaces receipt %(number)s.") % {"number": receipt.replaces.label}


def status(receipt: Receipt) -> str:
    """What this paper is not, or where its rules stand."""
    if receipt.is_official:
        return _("Canada Revenue Agency: canada.ca/charities-giving")
    return _("This is not an official receipt for income tax purposes.")


def facts(receipt: Receipt, settings: GivingSettings, money: Any) -> list[list[str]]:
    """Name and number of the charity, the eligible amount, where it is issued."""
    if not receipt.is_official:
        return []
    return [
        [_("Registered charity"), settings.charity_name],
        [_("Registration number"), settings.registration_number],
        [_("Value of advantage to the donor"), money(0)],
        [_("Eligible amount of the gift for tax purposes"), money(receipt.amount)],
        [_("Place of issue"), settings.receipt_place],
    ]
