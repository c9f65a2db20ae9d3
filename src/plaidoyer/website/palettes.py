"""The colours of the pages, found from the one colour that the organisation chose."""

from typing import NamedTuple

from plaidoyer.lib.colour import lit, mix, readable

# As in plaidoyer.css, section 1.
PAPER, RAISED = "#fcfdfd", "#ffffff"
DARK_PAPER, DARK_RAISED = "#101716", "#18211f"


class Palette(NamedTuple):
    """`accent` writes and draws, `tint` lies under text, `fill` carries `on_fill`."""

    accent: str
    tint: str
    fill: str
    on_fill: str


def light(colour: str) -> Palette:
    """On white paper: the colour itself, a shade darker where it could not be read."""
    tint = mix(PAPER, colour, 0.065)
    return Palette(
        accent=readable(colour, tint, PAPER, RAISED),
        tint=tint,
        fill=readable(colour, RAISED),
        on_fill=RAISED,
    )


def dark(colour: str) -> Palette:
    """On dark paper: a lighter sister of the colour."""
    tint = mix(DARK_PAPER, lit(colour), 0.1)
    accent = readable(lit(colour), tint, DARK_RAISED, DARK_PAPER)
    return Palette(accent=accent, tint=tint, fill=accent, on_fill=DARK_PAPER)
