"""What plaidoyer.css keeps to, so that a colour is changed in one place."""

import re
from pathlib import Path

import plaidoyer

FOLDER = Path(plaidoyer.__file__).parent / "website/static/website"
CSS = (FOLDER / "plaidoyer.css").read_text()
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch|lab)a?\(|:\s*(?:white|black|red)\b")


def rules(css: str) -> str:
    """The rules without comments and without what defines custom properties."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return re.sub(r"--[a-z0-9-]+:[^;]*;", "", css)


def test_colours_stand_only_in_custom_properties():
    assert COLOUR.findall(rules(CSS)) == []
    assert COLOUR.findall(rules("a { color: #fff; --x: #000; }")) == ["#fff"]


def test_every_custom_property_that_is_used_is_given():
    given = set(re.findall(r"(--[a-z0-9-]+):", CSS))

    assert set(re.findall(r"var\((--[a-z0-9-]+)", CSS)) <= given


def test_every_class_of_the_table_of_contents_exists():
    contents = CSS[: CSS.index("*/")]

    for name in re.findall(r"\.([a-z][a-z-]*)", contents.replace(".css", "")):
        assert re.search(rf"\.{name}[^a-z-]", CSS[len(contents) :]), name


def test_the_one_font_is_light_and_comes_with_its_licence():
    fonts = list((FOLDER / "fonts").glob("*.woff2"))

    assert len(fonts) == 1
    assert fonts[0].stat().st_size <= 45_000
    assert "SIL OPEN FONT LICENSE" in (FOLDER / "fonts/familjen-grotesk.LICENSE.txt").read_text()


def test_the_first_view_stays_below_a_hundred_kilobytes():
    parts = ["plaidoyer.css", "confluence.svg", "fonts/familjen-grotesk.woff2"]

    assert sum((FOLDER / part).stat().st_size for part in parts) < 70_000
