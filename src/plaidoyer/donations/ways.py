"""Which ways to give are offered at a moment, and what each asks of whoever takes it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from plaidoyer.donations.cards import offering
from plaidoyer.donations.settings import GivingSettings
from plaidoyer.donations.words import Method


@dataclass(frozen=True, slots=True)
class Way:
    """One way to give from the page, as it is shown."""

    method: Method
    label: str | Promise
    hint: str | Promise


CARD = Way(Method.CARD, _("By card"), _("On the secure page of Stripe, also by phone wallet"))
INTERAC = Way(Method.INTERAC, _("By Interac e-Transfer"), _("From your bank; free for you"))
TRANSFER = Way(Method.TRANSFER, _("By bank transfer"), _("From any bank"))
CHEQUE = Way(Method.CHEQUE, _("By cheque"), _("By post, with a form to print"))


def offered(settings: GivingSettings) -> list[Way]:
    """The ways that are open now, the quickest first; card needs keys and no pause."""
    is_open = {
        CARD: offering.is_offered(),
        INTERAC: bool(settings.etransfer_address),
        TRANSFER: bool(settings.bank_details),
        CHEQUE: bool(settings.cheque_to),
    }
    return [way for way, yes in is_open.items() if yes]
