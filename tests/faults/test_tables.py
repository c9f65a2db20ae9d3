"""No table that we give out runs in a spreadsheet."""

import csv
import io
import re
from pathlib import Path

import pytest

import plaidoyer
from plaidoyer.lib import typed

PACKAGE = Path(plaidoyer.__file__).parent
# Tables of numbers and of our own words alone.
NOTHING_TYPED = {"website/votes/views.py"}  # its rows are made, and defused, in votes/tables.py

FORMULAS = ["=1+1", "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x"]
FORMULAS += [" =1", "  @x", "=cmd|' /C calc'!A0", '=HYPERLINK("https://evil.example")']
STARTS = tuple("=+-@\t\r\n＝＋－＠")


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_cell_that_would_run_is_a_text_when_it_is_read_back(cell):
    table = io.StringIO()
    csv.writer(table).writerow([typed.harmless(cell), "next"])

    [read, following] = next(csv.reader(io.StringIO(table.getvalue(), newline="")))

    assert not read.lstrip(" ").startswith(STARTS)
    assert read.endswith(cell)
    assert following == "next"


@pytest.mark.parametrize("cell", ["Suzie", "613-555-0101", "a=b", "", "é", "'=1"])
def test_other_cells_stay_as_they_are(cell):
    assert typed.harmless(cell) == cell


def test_whoever_writes_a_table_defuses_its_cells():
    writes = re.compile(r"csv\.writer|csv\.DictWriter|writer\.DictWriter")
    modules = [path for path in PACKAGE.rglob("*.py") if "tests" not in path.parts]
    found = {str(path.relative_to(PACKAGE)): path.read_text() for path in modules}
    tables = {name for name, text in found.items() if writes.search(text)}
    assert len(tables) >= 7

    bare = {name for name in tables if "harmless(" not in found[name]}

    assert bare == NOTHING_TYPED
    assert "harmless(" in found["website/votes/tables.py"]
    assert "harmless(" in found["lib/desk.py"]  # the lists of the back office
