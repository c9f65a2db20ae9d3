"""The form on paper against PDF/UA-1 (ISO 14289-1), as far as its fields are ours to make."""

import io

import pikepdf
import pytest
from pypdf import PdfReader, PdfWriter

from plaidoyer.donations.paper import forms
from plaidoyer.donations.tests.giving import make_fund, make_settings

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["fr", "en"])
def sheet(request):
    """The form as it is offered."""
    with pikepdf.open(io.BytesIO(forms.draw(make_fund(), make_settings(), request.param))) as pdf:
        yield pdf


def faults(pdf):
    """What keeps the file from being read aloud, filled in and drawn alike everywhere."""
    root = pdf.Root
    found = [] if pdf.open_metadata().get("pdfuaid:part") == "1" else ["says not that it is UA"]
    found += [] if root.ViewerPreferences.get("/DisplayDocTitle") else ["shows no title"]
    found += ["has its looks made by the reader"] if "/NeedAppearances" in root.AcroForm else []
    elements = dict(numbered(root.StructTreeRoot.ParentTree))
    for page in pdf.pages:
        found += [] if page.get("/Tabs") == "/S" else ["is walked through in no order"]
        for widget in page.get("/Annots", []):
            if widget.Subtype == "/Widget":
                found += faults_of(widget, elements.get(widget.get("/StructParent")))
    return found + [f"has no {font.BaseFont}" for font in fonts(pdf) if not is_embedded(font)]


def faults_of(widget, element):
    name = widget.get("/T")
    found = [] if widget.get("/TU") else [f"{name} has no words"]
    found += [] if "/AP" in widget and int(widget.F) == 4 else [f"{name} has no looks"]
    tied = element is not None and element.S == "/Form" and element.K.Type == "/OBJR"
    return found + ([] if tied and element.K.Obj.objgen == widget.objgen else [f"{name} is untied"])


def numbered(tree):
    """The pairs of a number tree."""
    numbers = list(tree.get("/Nums", []))
    for kid in tree.get("/Kids", []):
        yield from numbered(kid)
    yield from ((int(key), value) for key, value in zip(*[iter(numbers)] * 2, strict=True))


def fonts(pdf):
    return [
        one
        for one in pdf.objects
        if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/Font"
    ]


def is_embedded(font):
    if font.Subtype == "/Type0":
        return True
    files = ("/FontFile", "/FontFile2", "/FontFile3")
    return any(name in font.get("/FontDescriptor", {}) for name in files)


def test_its_fields_are_tagged_named_and_drawn_with_fonts_of_the_file(sheet):
    assert faults(sheet) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda pdf, field: field.__delitem__("/TU"),
        lambda pdf, field: field.__setitem__("/StructParent", 999),
        lambda pdf, field: pdf.Root.AcroForm.__setitem__("/NeedAppearances", True),
        lambda pdf, field: pdf.pages[0].obj.__delitem__("/Tabs"),
        lambda pdf, field: pdf.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1,
                               BaseFont=pikepdf.Name.Helvetica)
        ),
    ],
)  # fmt: skip
def test_the_check_sees_what_is_amiss(sheet, spoil):
    spoil(sheet, sheet.Root.AcroForm.Fields[0])

    assert len(faults(sheet)) == 1


def test_what_is_typed_is_drawn_with_our_font_in_every_letter_of_french():
    raw = forms.draw(make_fund(), make_settings(), "fr")
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(raw)))
    words = "Œdipe Ÿsaÿe-Lœuvre, 5 €"

    writer.update_page_form_field_values(writer.pages[0], {"given_name": words})
    filled = io.BytesIO()
    writer.write(filled)

    assert PdfReader(filled).get_form_text_fields()["given_name"] == words
    drawn = PdfReader(filled).pages[0].extract_text() + looks(PdfReader(filled))
    assert "Helv" not in drawn


def looks(reader):
    [field] = [
        one.get_object() for one in reader.pages[0]["/Annots"]
        if one.get_object().get("/T") == "given_name"
    ]  # fmt: skip
    return field["/AP"]["/N"].get_object().get_data().decode("latin-1")
