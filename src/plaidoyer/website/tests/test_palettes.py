"""The one colour that an organisation chooses can be read wherever the pages use it."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import plaidoyer
from plaidoyer.lib.colour import AA, contrast, lit, mix, readable
from plaidoyer.website import palettes

CSS = Path(plaidoyer.__file__).parent / "website/static/website/plaidoyer.css"
COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
LIGHT = {"paper": "#fcfdfd", "raised": "#ffffff"}
DARK = {"paper": "#101716", "raised": "#18211f"}


def own_colours() -> dict[str, dict[str, str]]:
    """The custom properties that plaidoyer.css gives, in light and in dark."""
    light, dark, *_ = re.findall(r":root \{(.*?)\}", CSS.read_text(), re.DOTALL)
    found = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block)) for block in (light, dark)]
    return {"light": found[0], "dark": found[0] | found[1]}


def assert_readable(palette: palettes.Palette, paper: dict[str, str]) -> None:
    for ground in (*paper.values(), palette.tint):
        assert contrast(palette.accent, ground) >= AA
    assert contrast(palette.on_fill, palette.fill) >= AA


@given(COLOURS)
def test_any_colour_can_be_read_on_light_pages(colour):
    assert_readable(palettes.light(colour), LIGHT)


@given(COLOURS)
def test_any_colour_can_be_read_on_dark_pages(colour):
    assert_readable(palettes.dark(colour), DARK)


@given(COLOURS)
@pytest.mark.parametrize(
    ("scheme", "palette"), [("light", palettes.light), ("dark", palettes.dark)]
)
def test_words_can_be_read_on_any_tint(scheme, palette, colour):
    ours, tint = own_colours()[scheme], palette(colour).tint

    for words in ("ink", "muted", "good", "warn", "bad"):
        assert contrast(ours[words], tint) >= AA, words


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_can_be_read_on_paper(scheme):
    ours = own_colours()[scheme]

    for words in ("ink", "muted", "good", "warn", "bad"):
        for ground in ("paper", "raised"):
            assert contrast(ours[words], ours[ground]) >= AA, (words, ground)
    for ground in ("paper", "raised"):
        assert contrast(ours["edge"], ours[ground]) >= 3, "the edge of a box to write in"


def test_the_papers_are_those_of_the_stylesheet():
    ours = own_colours()

    assert (ours["light"]["paper"], ours["light"]["raised"]) == (palettes.PAPER, palettes.RAISED)
    assert ours["dark"]["paper"] == palettes.DARK_PAPER
    assert ours["dark"]["raised"] == palettes.DARK_RAISED


def test_a_readable_colour_is_left_as_it_is():
    assert palettes.light("#0b6e6e").accent == "#0b6e6e"


@given(COLOURS, COLOURS)
def test_a_mixture_ends_at_both_colours(one, other):
    assert mix(one, other, 0) == one
    assert mix(one, other, 1) == other


@pytest.mark.parametrize("ground", ["#000000", "#767676", "#808080", "#ffffff"])
def test_a_colour_can_be_read_on_itself_at_last(ground):
    assert contrast(readable(ground, ground), ground) >= AA


@given(COLOURS)
def test_a_lit_colour_glows_on_dark_paper(colour):
    assert contrast(lit(colour), palettes.DARK_PAPER) > 3
