"""The choices that several of the room's tables share."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plaidoyer.lib import money


def currencies() -> list[tuple[str, str]]:
    """The currencies one can give in, by their codes of ISO 4217."""
    return [(code, code) for code in money.CURRENCIES]


class Frequency(models.TextChoices):
    ONCE = "once", pgettext_lazy("how often", "once")
    MONTHLY = "monthly", pgettext_lazy("how often", "each month")


class Method(models.TextChoices):
    """How the money comes."""

    CARD = "card", _("card")
    INTERAC = "interac", _("Interac e-Transfer")
    TRANSFER = "transfer", _("bank transfer")
    CHEQUE = "cheque", _("cheque")
    CASH = "cash", _("cash")


class Channel(models.TextChoices):
    """How the wish to give came."""

    WEB = "web", _("the site")
    PHONE = "phone", _("telephone")
    VISIT = "visit", _("visit")
    POST = "post", _("post")
    BANK = "bank", _("the bank alone")


class Account(models.TextChoices):
    """Where money is, or what it is: the accounts of the ledger."""

    PROVIDER = "provider", _("with the card provider")
    BANK = "bank", _("bank")
    HAND = "hand", _("cheques and cash in hand")
    GIFTS = "gifts", _("gifts")
    FEES = "fees", _("provider’s fees")


# Where the money of each method is when it comes.
HELD_BY = {
    Method.CARD: Account.PROVIDER,
    Method.INTERAC: Account.BANK,
    Method.TRANSFER: Account.BANK,
    Method.CHEQUE: Account.HAND,
    Method.CASH: Account.HAND,
}
