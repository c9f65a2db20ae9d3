"""Contrast of colours after WCAG 2.2 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""

import colorsys

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

AA = 4.5  # least contrast of running text, https://www.w3.org/TR/WCAG22/#contrast-minimum


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1, of a `#rrggbb` colour."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21, of two `#rrggbb` colours."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mix(one: str, other: str, share: float) -> str:
    """`one` with a `share` (0 to 1) of `other` in it."""
    pairs = ((int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def lit(colour: str) -> str:
    """The hue of `colour` as it glows on dark paper: lighter, and not garish."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    channels = colorsys.hls_to_rgb(hue, max(lightness, 0.56), min(saturation, 0.48))
    return "#" + "".join(f"{round(c * 255):02x}" for c in channels)


def readable(colour: str, *backgrounds: str) -> str:
    """The nearest to `colour`, lighter or darker, that can be read on all `backgrounds`.

    They are all light or all dark; at the end stands white or black.
    """
    pole = "#ffffff" if luminance(backgrounds[0]) < 0.18 else "#000000"
    steps = (mix(colour, pole, step / 50) for step in range(51))
    return next((c for c in steps if min(contrast(c, b) for b in backgrounds) >= AA), pole)


def validate_readable(colour: str) -> None:
    """Raises ValidationError unless white text on `colour` can be read (4.5 to 1, WCAG AA)."""
    try:
        ratio = contrast(colour, "#ffffff")
    except ValueError:
        return  # the shape of the colour is another validator's matter
    if ratio < AA:
        raise ValidationError(
            _("White text on this colour has a contrast of %(ratio).1f to 1; 4.5 is needed."),
            params={"ratio": int(ratio * 10) / 10},
        )
