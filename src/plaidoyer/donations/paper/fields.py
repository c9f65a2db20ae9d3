"""Adds fields to a tagged PDF at the places that typst told."""

import io
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from plaidoyer.donations.paper import typefaces

Place = dict[str, Any]
# Print (bit 3) of an annotation's flags.
PRINTED = 4
SIZE = 11


def add(sheet: bytes, places: list[Place], language: str) -> bytes:
    """`sheet` with a text field or a box to tick at each place.

    A place has kind ("text" or "box"), name, label (told to those who hear the form), page from
    1, and x, y, width, height in points from the page's upper left corner.
    """
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(sheet)))
    root = writer.root_object
    fonts = DictionaryObject({NameObject("/Body"): typefaces.embed(writer)})
    made = ArrayObject()
    for place in places:
        page = writer.pages[place["page"] - 1]
        field = widget(writer, page, place, language)
        reference = writer._add_object(field)
        made.append(reference)
        page.setdefault(NameObject("/Annots"), ArrayObject()).append(reference)
        page[NameObject("/Tabs")] = NameObject("/S")
        tag(writer, page, field, reference, place["label"])
    root[NameObject("/AcroForm")] = DictionaryObject(
        {
            NameObject("/Fields"): made,
            NameObject("/DR"): DictionaryObject({NameObject("/Font"): fonts}),
            NameObject("/DA"): TextStringObject(f"/Body {SIZE} Tf 0 g"),
        }
    )
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def widget(writer: PdfWriter, page: Any, place: Place, language: str) -> DictionaryObject:
    """One field and its place on the page, with the look it has while it is empty."""
    top = float(page.mediabox.height) - place["y"]
    box = [place["x"], top - place["height"], place["x"] + place["width"], top]
    field = typefaces.names(Type="/Annot", Subtype="/Widget")
    field |= DictionaryObject(
        {
            NameObject("/Rect"): ArrayObject(FloatObject(round(one, 2)) for one in box),
            NameObject("/F"): NumberObject(PRINTED),
            NameObject("/T"): TextStringObject(place["name"]),
            NameObject("/TU"): TextStringObject(place["label"]),
            NameObject("/Lang"): TextStringObject(language),
            NameObject("/P"): page.indirect_reference,
        }
    )
    size = (place["width"], place["height"])
    if place["kind"] == "box":
        return ticked(writer, field, size)
    field[NameObject("/FT")] = NameObject("/Tx")
    field[NameObject("/DA")] = TextStringObject(f"/Body {SIZE} Tf 0 g")
    field[NameObject("/AP")] = DictionaryObject(
        {NameObject("/N"): look(writer, "/Tx BMC EMC", size)}
    )
    return field


def ticked(
    writer: PdfWriter, field: DictionaryObject, size: tuple[float, float]
) -> DictionaryObject:
    """A box to tick, empty. The tick is two strokes: no font is needed for it."""
    off, on = NameObject("/Off"), NameObject("/Yes")
    width, height = size
    strokes = f"{width * 0.2:.1f} {height * 0.5:.1f} m {width * 0.42:.1f} {height * 0.25:.1f} l"
    tick = f"q 1.6 w 1 J 1 j {strokes} {width * 0.82:.1f} {height * 0.8:.1f} l S Q"
    field[NameObject("/FT")] = NameObject("/Btn")
    field[NameObject("/V")] = field[NameObject("/AS")] = off
    states = DictionaryObject({off: look(writer, "", size), on: look(writer, tick, size)})
    field[NameObject("/AP")] = DictionaryObject({NameObject("/N"): states})
    return field


def look(writer: PdfWriter, drawing: str, size: tuple[float, float]) -> Any:
    """A form XObject of that size."""
    stream = DecodedStreamObject()
    stream.set_data(drawing.encode())
    stream |= typefaces.names(Type="/XObject", Subtype="/Form")
    bounds = ArrayObject(FloatObject(round(one, 2)) for one in (0, 0, *size))
    stream[NameObject("/BBox")] = bounds
    stream[NameObject("/Resources")] = DictionaryObject()
    return writer._add_object(stream)


def tag(writer: PdfWriter, page: Any, field: Any, reference: Any, label: str) -> None:
    """Puts the field into the tree that screen readers follow (ISO 14289-1, 7.18.4)."""
    tree: Any = writer.root_object["/StructTreeRoot"].get_object()
    parents = tree["/ParentTree"].get_object()
    key = int(tree.get("/ParentTreeNextKey", 0)) or highest(parents) + 1
    [document] = kids(tree)[:1]
    element = typefaces.names(Type="/StructElem", S="/Form")
    held = typefaces.names(Type="/OBJR")
    held |= DictionaryObject(
        {NameObject("/Obj"): reference, NameObject("/Pg"): page.indirect_reference}
    )
    element |= DictionaryObject(
        {
            NameObject("/P"): document,
            NameObject("/Alt"): TextStringObject(label),
            NameObject("/K"): held,
        }
    )
    at = writer._add_object(element)
    inner = document.get_object()
    inner[NameObject("/K")] = ArrayObject([*kids(inner), at])
    add_parent(parents, key, at)
    tree[NameObject("/ParentTreeNextKey")] = NumberObject(key + 1)
    field[NameObject("/StructParent")] = NumberObject(key)


def kids(element: Any) -> list[Any]:
    """What an element of the tree holds, in its order."""
    held = element.get("/K")
    if held is None:
        return []
    plain = held.get_object()
    return list(plain) if isinstance(plain, ArrayObject) else [held]


def highest(parents: Any) -> int:
    """The largest key of a number tree."""
    numbers = parents.get("/Nums")
    if numbers is not None:
        return max([-1, *(int(key) for key in numbers.get_object()[::2])])
    return max([-1, *(highest(kid.get_object()) for kid in parents.get("/Kids", []))])


def add_parent(parents: Any, key: int, element: Any) -> None:
    """Says to which element the field with that key belongs."""
    while "/Nums" not in parents and parents.get("/Kids"):
        last = parents["/Kids"].get_object()[-1].get_object()
        if "/Limits" in last:
            last[NameObject("/Limits")] = ArrayObject([last["/Limits"][0], NumberObject(key)])
        parents = last
    numbers = parents.setdefault(NameObject("/Nums"), ArrayObject()).get_object()
    numbers.extend([NumberObject(key), element])
