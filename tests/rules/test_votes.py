"""Rules of calls, votes and small numbers: what holds for anything that is typed or counted."""

import datetime
import re

from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from plaidoyer.actions.kinds.vote_drive import board, counts
from plaidoyer.civics.contacts import dialled
from plaidoyer.civics.models import Person
from plaidoyer.parliament import rolls
from plaidoyer.parliament.models import Option


@given(st.text(max_size=60))
def test_a_telephone_link_holds_nothing_but_a_number(text):
    assert re.fullmatch(r"(tel:\+?[0-9]{3,}(;ext=\d{1,6})?)?", dialled(text))


@given(st.from_regex(r"\+[1-9][0-9]{5,13}", fullmatch=True), st.sampled_from([" ", "-", ".", " ("]))
def test_signs_between_digits_change_no_number(number, sign):
    spelt = number[:3] + sign + sign.join(re.findall(".{1,3}", number[3:]))
    assert dialled(spelt) == f"tel:{number}"


@given(st.integers(0, 10**7), st.sampled_from(["en", "fr"]))
def test_a_small_number_is_never_told_and_no_number_is_overstated(people, language):
    with translation.override(language):
        told = counts.told(people, language)
    digits = re.sub(r"[^0-9]", "", told)
    if people < 10:
        assert digits == "10"
    elif people < 100:
        assert int(digits) % 10 == 0
        assert int(digits) <= people < int(digits) + 10


@given(st.dates(), st.dates(), st.sampled_from(["en", "fr"]))
def test_every_day_has_its_words(day, today, language):
    with translation.override(language):
        assert board.countdown(day, today)


@given(st.lists(st.sampled_from([*Option.values, ""]), min_size=1, max_size=400))
def test_the_drawn_shares_fill_the_bar(stands):
    class Row:
        def __init__(self, stands):
            self.stands = stands or board.UNKNOWN

    shares = board.shares([Row(one) for one in stands])

    assert sum(share.members for share in shares) == len(stands)
    assert abs(sum(share.width for share in shares) - 100) < 0.1
    assert all(0 <= share.x <= 100 for share in shares)


@given(st.text(max_size=200))
def test_any_line_of_a_list_is_read_or_has_a_reason(text):
    person = Person(pk=1, given_name="Ada", family_name="Vale")
    known = {f"{name}(": {person} for name in ("vale", "adavale", "valeada")}

    line = rolls.understood(1, text, text, known)

    assert bool(line.reason) != bool(line.person and line.option)


@given(st.sampled_from(["Ada Vale", "VALE, Ada", "vale"]), st.sampled_from(sorted(rolls.WORDS)))
def test_every_word_for_a_vote_is_understood(name, word):
    person = Person(pk=1, given_name="Ada", family_name="Vale")
    known = {f"{one}(": {person} for one in ("vale", "adavale", "valeada")}

    line = rolls.understood(1, "", f"{name};{word}", known)

    assert (line.person, line.option) == (person, rolls.WORDS[word])


@given(st.dates(min_value=datetime.date(2000, 1, 1), max_value=datetime.date(2100, 1, 1)))
def test_a_day_ends_on_that_day(day):
    from django.utils import timezone

    from plaidoyer.actions.kinds.vote_drive.closing import end_of

    assert timezone.localdate(end_of(day)) == day
