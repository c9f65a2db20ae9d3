"""Files of others that are broken or mean harm: a line, a reason, and nothing read further."""

import contextlib
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaidoyer.civics.sources import SourceError, files

BOMB = b"""<!DOCTYPE lolz [<!ENTITY a "lol">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<lolz>&c;</lolz>"""
OUTSIDE = b"""<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<a>&x;</a>"""


class Zeros(io.RawIOBase):
    """A gigabyte of zeros, which counts how much of it is asked for."""

    size, given = 1024**3, 0

    def read(self, size=-1):
        wanted = self.size - self.given if size < 0 else min(size, self.size - self.given)
        self.given += wanted
        return b"\0" * wanted


def test_of_a_file_too_large_no_more_is_read_than_it_takes_to_know():
    zeros = Zeros()

    with pytest.raises(SourceError, match="larger than 1 MiB"):
        files.read(zeros, limit=files.MEBIBYTE)

    assert zeros.given == files.MEBIBYTE + 1


@pytest.mark.parametrize(
    ("open_", "content", "line", "reason"),
    [
        (files.xml, BOMB, 1, "may not be declared"),
        (files.xml, OUTSIDE, 1, "may not be declared"),
        (files.xml, b"<a>\n<b>cut", 2, "no XML"),
        (files.xml, b"<a>\n\xff</a>", 2, "no XML"),
        (files.xml, b"<a>" * 9999, 1, "too deeply"),
        (files.xml, b'<?xml version="1.0" encoding="martian"?><a/>', 1, "no XML"),
        (files.xml, b" ", 0, "empty"),
        (files.xml, b"\0" * 9999, 1, "no XML"),
        (files.json, b'{"a": 1,\n "b": }', 2, "no JSON"),
        (files.json, b'{"a": [1,\n 2', 2, "no JSON"),
        (files.json, b"[" * 99_999, 1, "too deeply"),
        (files.json, b"[\n" * 99 + b"]" * 99, 61, "too deeply"),
        (files.json, b'{"a": Infinity}', 0, "no number"),
        (files.json, b'{"a": "\xe9"}', 1, "no UTF-8"),
        (files.yaml, b"a: &a [1]\nb: [*a, *a]", 2, "refers to another"),
        (files.yaml, b"a: !!python/object/apply:os.system [ls]", 1, "no YAML"),
        (files.yaml, b"a: [1,\nb: 2", 3, "no YAML"),
        (files.yaml, b"[" * 9999, 1, "too deeply"),
        (files.rows, b"a,b\n1,2,3", 2, "3 cells where the first has 2"),
        (files.rows, b'a,b\n1,2\n"3,4\n5,6', 3, "no CSV"),
        (files.rows, b"a,a\n1,2", 1, "twice"),
        (files.rows, b"a,b\n1,\x1b[2J", 2, "control character"),
        (files.rows, b"", 0, "empty"),
    ],
)
def test_a_file_that_means_harm_or_is_broken_gives_its_line(open_, content, line, reason):
    with pytest.raises(SourceError, match=reason) as refusal:
        list(open_(content))

    assert refusal.value.line == line


@pytest.mark.parametrize("open_", [files.xml, files.json, files.yaml, files.rows])
@given(content=st.binary(max_size=300))
def test_whatever_is_in_a_file_it_is_read_or_refused(open_, content):
    # A JSON or YAML text may be one number.
    with contextlib.suppress(SourceError, TypeError):
        list(open_(content) or [])


@given(
    cells=st.lists(
        st.lists(
            st.text(st.characters(categories=["L", "N", "P"]), min_size=1), min_size=3, max_size=3
        ),
        min_size=1,
        max_size=5,
    ),
    delimiter=st.sampled_from(",;\t"),
    mark=st.sampled_from([b"", b"\xef\xbb\xbf"]),
)
def test_a_table_is_read_as_it_was_written(cells, delimiter, mark):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(["first", "second", "third"])
    writer.writerows(cells)

    read = [list(row.values()) for _line, row in files.rows(mark + text.getvalue().encode())]

    assert read == cells


def test_every_element_knows_its_line():
    root = files.xml(b"<a>\n <b>one</b>\n\n <b>two</b></a>")

    assert [(one.line, one.text) for one in root] == [(2, "one"), (4, "two")]
