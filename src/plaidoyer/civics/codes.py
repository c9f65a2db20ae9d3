"""Postal codes as people type them, and which of them can be, country by country.

A country that is not named here has codes of any letters and digits.
"""

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 12

DIGIT = "0123456789"
# Canada Post: the letters D, F, I, O, Q and U are not used, nor W and Z as the first one.
LETTER = "ABCEGHJKLMNPRSTVWXYZ"
FIRST = "ABCEGHJKLMNPRSTVXY"


@dataclass(frozen=True, slots=True)
class Form:
    """What may stand at each place of a code, and after how many signs one is whole."""

    places: tuple[str, ...]
    whole: frozenset[int]

    def fits(self, code: str) -> bool:
        """Whether `code` is one of these codes or the beginning of one."""
        return len(code) <= len(self.places) and all(
            sign in place for sign, place in zip(code, self.places, strict=False)
        )

    def is_whole(self, code: str) -> bool:
        return len(code) in self.whole and self.fits(code)

    def beginnings(self, code: str) -> list[str]:
        """Every beginning of a code, the longest first; none of what is no code."""
        # Of nine digits of a ZIP+4 none may be missing: six are a slip.
        if not self.fits(code) or (len(code) > min(self.whole) and len(code) not in self.whole):
            return []
        return _beginnings(code)


class British(Form):
    """A British postcode. Its beginnings end where its parts do: `M1` is none of `M11 2AB`.

    Tables have whole ones without the space. A district (`M1 `) and a sector (`M1 1`) keep it, so
    that the district M11 and the sector M1 1 stay two.
    """

    # https://www.gov.uk/government/publications/bulk-data-transfer-for-sponsors-xml-schema
    AREA = "[A-Z]{1,2}"
    OUTWARD = re.compile(rf"{AREA}[0-9][A-Z0-9]?")
    WHOLE = re.compile(rf"({AREA}[0-9][A-Z0-9]?)([0-9][A-Z]{{2}})")

    def fits(self, code: str) -> bool:
        return bool(self.WHOLE.fullmatch(code) or self.OUTWARD.fullmatch(code))

    def is_whole(self, code: str) -> bool:
        return bool(self.WHOLE.fullmatch(code))

    def beginnings(self, code: str) -> list[str]:
        if found := self.WHOLE.fullmatch(code):
            outward, inward = found.groups()
            return [code, f"{outward} {inward[0]}", f"{outward} "]
        return [f"{code} "] if self.OUTWARD.fullmatch(code) else []


FORMS = {
    "CA": Form((FIRST, DIGIT, LETTER, DIGIT, LETTER, DIGIT), frozenset({6})),
    "US": Form((DIGIT,) * 9, frozenset({5, 9})),
    "FR": Form((DIGIT,) * 5, frozenset({5})),
    "GB": British((), frozenset()),
}


def normalized(typed: str) -> str:
    """A code as the tables have it: `k1a 0a6`, `K1A-0A6` and full-width `Ｋ１Ａ０Ａ６` are K1A0A6.

    Digits of every script count as digits.
    """
    signs = unicodedata.normalize("NFKC", typed).upper()
    kept = (str(unicodedata.decimal(sign, sign)) for sign in signs if sign.isalnum())
    return "".join(kept)[:LONGEST]


def beginning(written: str, country: str) -> str:
    """A beginning as a table writes it, as it is kept; "" for what is none in that country."""
    code = normalized(written)
    form = FORMS.get(country.upper())
    if not isinstance(form, British):
        return code if code and (form is None or form.fits(code)) else ""
    if form.is_whole(code):
        return code
    outward, _space, inward = " ".join(written.upper().split()).partition(" ")
    parts = (normalized(outward), normalized(inward))
    if not form.OUTWARD.fullmatch(parts[0]) or len(parts[1]) > 1 or not f"0{parts[1]}".isdecimal():
        return ""
    return f"{parts[0]} {parts[1]}"


def beginnings(code: str, country: str = "") -> list[str]:
    """The beginnings of a normalized code under which a table of `country` may have it."""
    form = FORMS.get(country.upper())
    return form.beginnings(code) if form else _beginnings(code)


def countries(code: str) -> list[str]:
    """The countries whose form a whole code has: `75001` may be French or American."""
    return [country for country, form in FORMS.items() if form.is_whole(code)]


def is_part(code: str, country: str) -> bool:
    """Whether `code` is only the beginning of a code of `country`, such as `K1A`."""
    form = FORMS.get(country.upper())
    return bool(form and code and form.fits(code) and not form.is_whole(code))


def is_rural(code: str, country: str) -> bool:
    """Whether a code covers a wide area by its very form: in Canada, its second sign is a zero."""
    return country.upper() == "CA" and code[1:2] == "0"


def _beginnings(code: str) -> list[str]:
    return [code[:length] for length in range(len(code), 0, -1)]
