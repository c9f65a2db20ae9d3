"""Every test that a page of the documentation names exists: faults, and rules of others."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`((?:tests|src)/[\w/]+\.py)::(test_\w+)`")
FAULTS = {f"F{number:02}" for number in [*range(1, 10), *range(11, 19), *range(23, 37)]}
FAULTS |= {"F42", "F43", "F44", "F47", "F48", "F50", "F51"}


@cache
def names_in(path: str) -> frozenset[str]:
    """The tests of a file, read without running it."""
    tree = ast.parse((ROOT / path).read_text())
    found = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return frozenset(node.name for node in found if node.name.startswith("test_"))


def rows(page: str, beginning: str) -> list[list[str]]:
    """The cells of the rows whose first cell matches."""
    lines = (ROOT / page).read_text().splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if re.fullmatch(beginning, row[0])]


@pytest.mark.parametrize("page", ["docs/reference/faults.md", "docs/reference/asvs.md"])
def test_every_test_that_is_named_exists(page):
    named = NAMED.findall((ROOT / page).read_text())
    assert len(named) > 50

    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).exists() or name not in names_in(path)
    ]

    assert missing == []


def test_every_named_fault_has_a_test_and_a_control():
    listed = rows("docs/reference/faults.md", r"F\d\d")

    assert {row[0] for row in listed} >= FAULTS
    for fault, _happens, _holds, tried, control in listed:
        assert NAMED.search(tried), fault
        assert NAMED.search(control) or control.startswith("in the test: "), fault


def test_most_requirements_of_two_levels_are_held_by_a_test():
    listed = rows("docs/reference/asvs.md", r"V\d+\.\d+\.\d+")

    held = [row for row in listed if NAMED.search(row[3])]
    others = [row for row in listed if row not in held]
    assert len(listed) == len({row[0] for row in listed}) == 253
    assert len(held) >= 150
    for row in others:
        assert row[3].startswith(("not applicable: ", "open: ")), row[0]
