"""Colours of a newsletter from the one the organisation chose: every text can be read."""

from typing import NamedTuple

from plaidoyer.lib.colour import lit, mix, readable

PAGE, CARD = "#f1f5f4", "#ffffff"
DARK_PAGE, DARK_CARD = "#0d1312", "#18211f"


class Colours(NamedTuple):
    """`accent` writes on card and tint, `fill` carries `on_fill`; the others are what they say."""

    page: str
    card: str
    tint: str
    ink: str
    muted: str
    rule: str
    accent: str
    fill: str
    on_fill: str


def light(colour: str) -> Colours:
    """On white: the organisation's colour, a shade darker where it could not be read."""
    tint = mix(CARD, colour, 0.07)
    accent = readable(colour, tint, PAGE, CARD)
    fill = readable(colour, CARD)
    return Colours(PAGE, CARD, tint, "#14201f", "#52605e", "#d8dfde", accent, fill, CARD)


def dark(colour: str) -> Colours:
    """On dark: a lighter sister of the colour."""
    tint = mix(DARK_CARD, lit(colour), 0.1)
    accent = readable(lit(colour), tint, DARK_CARD, DARK_PAGE)
    return Colours(
        DARK_PAGE, DARK_CARD, tint, "#e7eeec", "#a7b5b2", "#33403d", accent, accent, DARK_PAGE
    )
