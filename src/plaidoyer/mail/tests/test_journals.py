"""The journal of a sender, read after its death."""

import pytest

from plaidoyer.mail import journals


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MAIL_JOURNALS = tmp_path


@pytest.fixture
def journal():
    journal = journals.Journal(7)
    yield journal
    journal.close()


def test_the_last_line_of_an_envelope_counts(journal):
    journal.intend(1)
    journal.done(1, "450 later")
    journal.intend(1)
    journal.intend(2)
    journal.take_back(2)
    journal.intend(3)
    journal.done(3, "250 kept\r\nD 4 250 kept")

    found = journals.remains(7)

    assert found.begun == {1}
    assert found.said.keys() == {3}
    assert found.whole


def test_a_line_that_was_cut_off_is_none(journal):
    journal.intend(1)
    path = journals.path_of(7, "journal")
    path.write_bytes(path.read_bytes() + b"D 1 250 ke")

    assert journals.remains(7).begun == {1}


def test_a_long_journal_is_written_anew_with_what_is_open(journal, monkeypatch):
    monkeypatch.setattr(journals, "MOST_BYTES", 2000)
    journal.intend(0)
    for number in range(1, 200):
        journal.intend(number)
        journal.done(number, "250 kept")
        journal.forget([number])

    assert journals.path_of(7, "journal").stat().st_size < 2100
    assert 0 in journals.remains(7).begun


def test_two_cannot_have_the_same_number(journal):
    with pytest.raises(journals.AliveError):
        journals.Journal(7)


def test_an_empty_journal_leaves_no_trace_and_an_open_one_does():
    empty, left = journals.Journal(1), journals.Journal(2)
    left.intend(5)

    empty.close()
    left.close()

    assert not journals.path_of(1, "journal").exists()
    assert journals.remains(1) is None
    assert journals.remains(2).begun == {5}


def test_a_folder_is_known_by_the_same_name_for_ever():
    assert journals.place() == journals.place()
