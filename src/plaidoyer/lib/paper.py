"""Paper: a tagged PDF after PDF/UA-1, drawn by typst from data.

The data go in as JSON, so no word of them can be markup; fonts come with us, so a page looks the
same on every machine.
"""

import datetime
import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import typst

FONTS = Path(__file__).parent / "fonts"


class UnprintableError(ValueError):
    """A sign of the words is in none of our fonts; PDF/UA does not allow to leave it out."""

    def __init__(self, sign: str) -> None:
        super().__init__(sign)
        self.sign = sign


def render(files: dict[str, bytes], at: datetime.datetime, *, archive: bool = False) -> bytes:
    """The PDF that `main.typ` among `files` draws, dated `at`; the same bytes for the same files.

    `archive`: also after PDF/A-3a, for those who keep it for decades. Raises UnprintableError when
    their words hold a sign that cannot be drawn.
    """
    try:
        # By their names alone typst takes text only; pictures need a folder.
        with TemporaryDirectory() as folder:
            for name, data in files.items():
                (Path(folder) / name).write_bytes(data)
            drawn = typst.compile(
                str(Path(folder) / "main.typ"),
                root=folder,
                font_paths=fonts(),
                pdf_standards=["ua-1", "a-3a"] if archive else ["ua-1"],
                timestamp=int(at.timestamp()),
            )
    except typst.TypstError as error:
        if sign := re.search(r'`"(.*?)"`', error.message):
            raise UnprintableError(sign[1]) from None
        raise
    if not isinstance(drawn, bytes):
        raise TypeError("a document is one file")
    return drawn


@cache
def fonts() -> typst.Fonts:
    """Our fonts and typst's own; never those of the machine."""
    return typst.Fonts(include_system_fonts=False, font_paths=[FONTS])
