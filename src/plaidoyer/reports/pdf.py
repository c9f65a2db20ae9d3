"""The edition on paper: a tagged PDF after PDF/UA-1, drawn by typst from a document's tree.

The tree goes in as data, so no word of it can be markup; fonts come with us, so a page looks the
same on every machine.
"""

import datetime
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import typst

HERE = Path(__file__).parent


class UnprintableError(ValueError):
    """A sign of the words is in none of our fonts; PDF/UA does not allow to leave it out."""

    def __init__(self, sign: str) -> None:
        super().__init__(sign)
        self.sign = sign


def render(tree: dict[str, Any]) -> bytes:
    """The PDF of the edition told in `tree`; the same bytes for the same tree.

    Raises UnprintableError when its words hold a sign that cannot be drawn.
    """
    files = {
        "main.typ": (HERE / "typst" / "edition.typ").read_bytes(),
        "confluence.svg": (HERE / "typst" / "confluence.svg").read_bytes(),
        "edition.json": json.dumps(tree).encode(),
    }
    counted_at = datetime.datetime.fromisoformat(tree["counted_at"])
    try:
        return typst.compile(  # type: ignore[call-overload]  # its stubs know no files by name
            files,
            font_paths=fonts(),
            pdf_standards=["ua-1"],
            timestamp=int(counted_at.timestamp()),
        )
    except typst.TypstError as error:
        if sign := re.search(r'`"(.*?)"`', error.message):
            raise UnprintableError(sign[1]) from None
        raise


@cache
def fonts() -> typst.Fonts:
    """Our fonts and typst's own; never those of the machine."""
    return typst.Fonts(include_system_fonts=False, font_paths=[HERE / "fonts"])
