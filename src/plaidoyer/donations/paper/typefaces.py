"""A font of ours whole in a PDF, for words that are typed into its fields later.

PDF/UA wants every font within the file (ISO 14289-1, 7.21.4.1), and what typst embeds has only the
signs of the page. A simple font with Windows' encoding is what every reader fills fields with.
"""

from functools import cache
from typing import Any

from fontTools.ttLib import TTFont
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
)

from plaidoyer.lib import paper

FILE = paper.FONTS / "familjen-grotesk-regular.ttf"
FIRST, LAST = 32, 255
NONSYMBOLIC = 32


def embed(writer: PdfWriter) -> Any:
    """A reference to the font in the file that `writer` writes."""
    told, raw = facts(), FILE.read_bytes()
    file = DecodedStreamObject()
    file.set_data(raw)
    file[NameObject("/Length1")] = NumberObject(len(raw))
    describes = names(Type="/FontDescriptor", FontName="/FamiljenGrotesk")
    describes |= DictionaryObject(
        {NameObject(f"/{key}"): NumberObject(value) for key, value in told["numbers"].items()}
    )
    describes[NameObject("/FontBBox")] = ArrayObject(map(NumberObject, told["box"]))
    describes[NameObject("/FontFile2")] = writer._add_object(file.flate_encode())
    font = names(
        Type="/Font", Subtype="/TrueType", BaseFont="/FamiljenGrotesk", Encoding="/WinAnsiEncoding"
    )
    font[NameObject("/FirstChar")] = NumberObject(FIRST)
    font[NameObject("/LastChar")] = NumberObject(LAST)
    font[NameObject("/Widths")] = ArrayObject(map(NumberObject, told["widths"]))
    font[NameObject("/FontDescriptor")] = writer._add_object(describes)
    return writer._add_object(font)


def names(**said: str) -> DictionaryObject:
    return DictionaryObject(
        {NameObject(f"/{key}"): NameObject(value) for key, value in said.items()}
    )


@cache
def facts() -> dict[str, Any]:
    """What a reader needs to know of the font, in thousandths of its size."""
    font = TTFont(FILE)
    head, lines, glyphs = font["head"], font["OS/2"], font.getBestCmap()

    def scaled(units: float) -> int:
        return round(units * 1000 / head.unitsPerEm)

    def width(code: int) -> int:
        sign = bytes([code]).decode("cp1252", "replace")
        return scaled(font["hmtx"][glyphs.get(ord(sign), ".notdef")][0])

    return {
        "box": [scaled(one) for one in (head.xMin, head.yMin, head.xMax, head.yMax)],
        "widths": [width(code) for code in range(FIRST, LAST + 1)],
        "numbers": {
            "Flags": NONSYMBOLIC,
            "ItalicAngle": 0,
            "Ascent": scaled(lines.sTypoAscender),
            "Descent": scaled(lines.sTypoDescender),
            "CapHeight": scaled(lines.sCapHeight),
            "StemV": 80,
        },
    }
