"""Money as integers of its smallest unit (cents), with its currency of ISO 4217.

How an amount is written for people is `wording.money`; here it is read from what they type, and
written for programs.
"""

import re

# ISO 4217: currencies without a smaller unit, of those that organisations here may use.
WHOLE = {"JPY", "KRW", "XAF", "XOF", "XPF"}
CURRENCIES = ("CAD", "EUR", "USD", "GBP", "CHF", "JPY")
# No gift, and no line of a bank, is larger: 10 million of the main unit.
MOST = 10_000_000
SIGNS = re.compile(r"[A-Z]{2,3}\$?|[$€£¥]|[\s\u00a0\u202f'’]", re.IGNORECASE)
NUMBER = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,2})?|[.,][0-9]{1,2}", re.ASCII)
GROUPED = re.compile(
    r"[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*(?:(?!\1)[.,][0-9]{1,2})?", re.ASCII
)


class BadAmountError(ValueError):
    """What was typed is no amount of money."""


def digits(currency: str) -> int:
    """How many decimals the currency has."""
    return 0 if currency in WHOLE else 2


def read(text: str, currency: str) -> int:
    """The minor units of what somebody typed: "12,50", "$1,234.50", « 1 234,50 $ », "40".

    One sign before one or two last digits is the decimal sign, whichever it is; one before three
    digits parts thousands. Raises BadAmountError for anything else, below zero, or beyond MOST.
    """
    plain = SIGNS.sub("", text[:60]).removeprefix("+")
    if GROUPED.fullmatch(plain):
        whole = re.split(r"[.,](?=[0-9]{1,2}$)", plain)
        plain = ".".join([re.sub(r"[.,]", "", whole[0]), *whole[1:]])
    if not NUMBER.fullmatch(plain):
        raise BadAmountError(text)
    units, _sign, cents = plain.replace(",", ".").partition(".")
    places = digits(currency)
    if len(cents.rstrip("0")) > places or int(units or 0) > MOST:
        raise BadAmountError(text)
    return int(units or 0) * 10**places + int(cents.ljust(2, "0")[:places] or 0)


def plain(minor: int, currency: str) -> str:
    """The amount as programs read it: 1250 of CAD is "12.50"."""
    places = digits(currency)
    units, cents = divmod(abs(minor), 10**places)
    sign = "-" if minor < 0 else ""
    return f"{sign}{units}.{cents:0{places}d}" if places else f"{sign}{units}"
