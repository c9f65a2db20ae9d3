import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaidoyer.lib.typed import BREAKS, UNWANTED, line, paragraphs

ANYTHING = st.text(st.characters(codec=None, exclude_categories=[]), max_size=200)


@given(ANYTHING)
def test_a_line_is_one_line_that_any_header_can_hold(text):
    kept = line(text)

    assert not UNWANTED.search(kept)
    assert not BREAKS.search(kept)
    assert kept == kept.strip()
    kept.encode()


@given(ANYTHING)
def test_cleaning_again_changes_nothing(text):
    assert line(line(text)) == line(text)
    assert paragraphs(paragraphs(text)) == paragraphs(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Bonjour,\r\n\r\n\r\n\r\nmerci.  \r\n", "Bonjour,\n\nmerci."),
        ("un\u2028deux\x0btrois", "un\ndeux\ntrois"),
        ("  retrait", "retrait"),
        ("« Déjà » : 👍🏽", "« Déjà » : 👍🏽"),
    ],
)
def test_paragraphs_stay(text, kept):
    assert paragraphs(text) == kept


def test_no_break_spaces_of_french_stay_in_a_line():
    assert line(" «\u00a0Déjà\u00a0»  et\tlà\u202f!\n") == "«\u00a0Déjà\u00a0» et là\u202f!"
