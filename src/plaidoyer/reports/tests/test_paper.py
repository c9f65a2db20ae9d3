"""The report on paper is for everybody: PDF/UA-1 as far as a machine can tell, and PDF/A-3a.

`pdfua` judges tags, language, title, descriptions of figures and links, tables; what it leaves out
is judged here: fonts, their way back to letters, the order of headings and of the Tab key.
"""

import io
import re
from collections.abc import Callable, Iterator
from itertools import pairwise

import pdfua
import pikepdf
import pytest
from pikepdf import Dictionary, Name, Pdf

from plaidoyer.lib.words import Words
from plaidoyer.reports import corrections, editions
from plaidoyer.reports.models import CorrectedPaper, Document

pytestmark = pytest.mark.django_db


def faults(drawn: bytes) -> list[str]:
    """What keeps somebody from reading it, or an archive from keeping it."""
    found = [finding.rule_id for finding in pdfua.validate(io.BytesIO(drawn)).findings]
    with Pdf.open(io.BytesIO(drawn)) as pdf:
        found += [*_fonts(pdf), *_order(pdf), *_headings(pdf), *_archive(pdf)]
    return found


def _fonts(pdf: Pdf) -> Iterator[str]:
    for one in pdf.objects:
        if not isinstance(one, Dictionary) or one.get(Name.Type) != Name.Font:
            continue
        inner = one.get(Name.DescendantFonts, [one])[0]
        described = inner.get(Name.FontDescriptor, {})
        if inner.get(Name.Subtype) != Name.Type3 and not any(
            key in described for key in (Name.FontFile, Name.FontFile2, Name.FontFile3)
        ):
            yield f"not embedded: {one.get(Name.BaseFont)}"
        if Name.DescendantFonts in one and Name.ToUnicode not in one:
            yield f"no way back to letters: {one.get(Name.BaseFont)}"


def _order(pdf: Pdf) -> Iterator[str]:
    for number, page in enumerate(pdf.pages, start=1):
        if Name.Annots in page and page.get(Name.Tabs) != Name.S:
            yield f"page {number}: the Tab key does not follow the text"


def _headings(pdf: Pdf) -> Iterator[str]:
    levels = [int(tag[1]) for tag in _tags(pdf) if re.fullmatch(r"H[1-6]", tag)]
    if levels[:1] != [1]:
        yield "the first heading is not of the first level"
    yield from (f"H{one} is followed by H{two}" for one, two in pairwise(levels) if two > one + 1)


def _tags(pdf: Pdf) -> Iterator[str]:
    """Every structure type, in the order it is read."""
    waiting = [pdf.Root.get(Name.StructTreeRoot, Dictionary())]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, Dictionary):
            continue
        if Name.S in one:
            yield str(one.S)[1:]
        inside = one.get(Name.K, [])
        inside = list(inside) if isinstance(inside, pikepdf.Array) else [inside]
        waiting += reversed(inside)


def _archive(pdf: Pdf) -> Iterator[str]:
    with pdf.open_metadata() as said:
        marks = [said.get(f"pdfaid:{name}") for name in ("part", "conformance")]
    if marks != ["3", "A"]:
        yield f"no PDF/A-3a: {marks}"


@pytest.fixture
def papers(half_year, world) -> list[bytes]:
    """The report in both languages, and both with a correction in front."""
    ed, anne = world
    edition = editions.publish(half_year, anne)
    said = Words(fr="C’était cinq.", en="It was five.")
    corrections.append(edition, words=said, reason=said, by=ed)
    rows = [*Document.objects.all(), *CorrectedPaper.objects.all()]
    return [bytes(row.pdf) for row in rows]


def test_it_can_be_read_by_everybody_and_kept_for_decades(papers):
    assert len(papers) == 4
    assert [faults(drawn) for drawn in papers] == [[], [], [], []]


def untag(pdf: Pdf) -> None:
    del pdf.Root.StructTreeRoot


def forget_language(pdf: Pdf) -> None:
    del pdf.Root.Lang


def hide_title(pdf: Pdf) -> None:
    pdf.Root.ViewerPreferences.DisplayDocTitle = False


def describe_nothing(pdf: Pdf) -> None:
    for one in pdf.objects:
        if isinstance(one, Dictionary) and one.get(Name.S) == Name.Figure and Name.Alt in one:
            del one.Alt


def leave_out_fonts(pdf: Pdf) -> None:
    for one in pdf.objects:
        if isinstance(one, Dictionary) and one.get(Name.Type) == Name.FontDescriptor:
            for key in {Name.FontFile2, Name.FontFile3} & set(one.keys()):
                del one[key]


def leave_out_letters(pdf: Pdf) -> None:
    for one in pdf.objects:
        if isinstance(one, Dictionary) and Name.ToUnicode in one:
            del one.ToUnicode


def jump(pdf: Pdf) -> None:
    for one in pdf.objects:
        if isinstance(one, Dictionary) and one.get(Name.S) == Name.H2:
            one.S = Name.H4


def tab_about(pdf: Pdf) -> None:
    for page in pdf.pages:
        if Name.Tabs in page:
            del page.Tabs


def claim_nothing(pdf: Pdf) -> None:
    del pdf.Root.Metadata


SPOILS: list[Callable[[Pdf], None]] = [
    untag,
    forget_language,
    hide_title,
    describe_nothing,
    leave_out_fonts,
    leave_out_letters,
    jump,
    tab_about,
    claim_nothing,
]


def test_each_fault_would_be_found(papers):
    for spoil in SPOILS:
        spoilt = io.BytesIO()
        with Pdf.open(io.BytesIO(papers[0])) as pdf:
            spoil(pdf)
            pdf.save(spoilt)

        assert faults(spoilt.getvalue()), spoil.__name__
