"""States, due dates, forecasts and places of official petitions, with inputs nobody thinks of."""

import datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaidoyer.parliament import deadlines, forecasts, ranks, states
from plaidoyer.parliament.calendars import Calendar
from plaidoyer.parliament.models import LegislativeSession, PetitionRules
from plaidoyer.parliament.states import Dates, Ending, State

DAY = datetime.timedelta(days=1)
days = st.dates(datetime.date(1990, 1, 1), datetime.date(2090, 12, 31))
# Close together, so that they often fall on each other.
near = st.dates(datetime.date(2024, 2, 20), datetime.date(2024, 3, 10))
dates = st.builds(Dates, **{name: st.none() | near for name in states.DATED})
ending = st.none() | st.builds(Ending, near, st.booleans(), st.booleans(), st.booleans())
COMMONS = PetitionRules(response_days=45, response_on_sitting_day=True)


@given(dates, near, ending)
def test_every_petition_has_one_state_and_the_same_one_again(facts, today, end):
    assert states.state(facts, today, end) is states.state(facts, today, end)


@given(dates, near, near, ending)
def test_what_ended_stays_ended_while_nothing_new_happens(facts, one, other, end):
    one, other = sorted([one, other])
    later = [day for name in states.DATED if (day := getattr(facts, name)) and one < day <= other]
    ended = states.state(facts, one, end)
    if ended in states.ENDS and not later and not (end and one < end.dissolved_on <= other):
        assert states.state(facts, other, end) == ended


@given(dates)
def test_facts_in_the_right_order_have_no_fault(facts):
    order = ["opens_on", "closes_on", "certified_on", "presented_on"]
    order += ["response_due_on", "answered_on"]
    known = sorted(day for name in order if (day := getattr(facts, name)))
    right = Dates(**dict(zip(order, known, strict=False)))
    assert states.faults(right) == {}
    if right.opens_on and right.closes_on and right.opens_on < right.closes_on:
        turned = Dates(opens_on=right.closes_on, closes_on=right.opens_on)
        assert set(states.faults(turned)) == {"closes_on"}


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2023-11-20", State.ANNOUNCED),
        ("2023-11-21", State.OPEN),
        ("2024-02-19", State.OPEN),
        ("2024-02-20", State.CLOSED),
        ("2024-02-22", State.CERTIFIED),
        ("2024-02-28", State.DUE),
        ("2024-04-13", State.DUE),
        ("2024-04-14", State.OVERDUE),
        ("2024-04-16", State.ANSWERED),
    ],
)
def test_a_petition_goes_from_its_opening_to_its_answer(today, expected):
    facts = Dates(
        opens_on=datetime.date(2023, 11, 21),
        closes_on=datetime.date(2024, 2, 19),
        certified_on=datetime.date(2024, 2, 22),
        presented_on=datetime.date(2024, 2, 28),
        response_due_on=datetime.date(2024, 4, 13),
        answered_on=datetime.date(2024, 4, 16),
    )
    assert states.state(facts, datetime.date.fromisoformat(today)) == expected


@pytest.mark.parametrize(
    ("facts", "end", "expected"),
    [
        ({"closes_on": 9}, {}, State.DISSOLVED),
        ({"closes_on": 9}, {"closes_open": False}, State.OPEN),
        ({"closes_on": 3}, {}, State.CLOSED),
        ({"closes_on": 3}, {"drops_unpresented": True}, State.DISSOLVED),
        ({"closes_on": 2, "certified_on": 3}, {"drops_unpresented": True}, State.DISSOLVED),
        ({"closes_on": 2, "presented_on": 4}, {"drops_unpresented": True}, State.PRESENTED),
        ({"presented_on": 4, "response_due_on": 9}, {"ends_answers": True}, State.LAPSED),
        ({"presented_on": 4, "response_due_on": 9}, {}, State.DUE),
        ({"presented_on": 3, "answered_on": 4}, {"ends_answers": True}, State.ANSWERED),
        ({"closes_on": 9, "withdrawn_on": 4}, {}, State.WITHDRAWN),
    ],
)
def test_a_dissolution_closes_what_the_rules_say(facts, end, expected):
    facts = Dates(**{name: datetime.date(2024, 3, day) for name, day in facts.items()})
    end = Ending(datetime.date(2024, 3, 5), **end)
    assert states.state(facts, datetime.date(2024, 3, 6), end) == expected
    before = states.state(facts, datetime.date(2024, 3, 2), end)
    assert before not in (State.DISSOLVED, State.LAPSED)


@given(days, st.lists(days, max_size=30, unique=True))
def test_an_answer_is_due_on_the_day_or_the_next_sitting_day(presented, sittings):
    calendar = Calendar([COMMONS], [], sorted(sittings))
    found = deadlines.due(presented, calendar)
    end = presented + 45 * DAY
    after = [day for day in sorted(sittings) if day >= end]
    assert found.on == (after[0] if after else end)
    assert found.is_certain == bool(after)
    assert (found.or_on == end) == bool(after and after[0] != end)
    assert found.words


def test_over_a_leap_day_forty_five_days_are_forty_five_days():
    for year, expected in ((2024, "2024-03-31"), (2023, "2023-04-01")):
        found = deadlines.due(
            datetime.date(year, 2, 15), Calendar([PetitionRules(response_days=45)])
        )
        assert found.on.isoformat() == expected
    rules = PetitionRules(response_months=6)
    assert deadlines.due(datetime.date(2023, 8, 31), Calendar([rules])).on.isoformat() == (
        "2024-02-29"
    )


@given(days, st.integers(0, 120))
def test_months_end_in_their_month(day, months):
    after = deadlines.months_after(day, months)
    assert (after.year * 12 + after.month) - (day.year * 12 + day.month) == months
    assert after.day == day.day or (after + DAY).day == 1


def test_over_a_recess_the_first_sitting_day_counts_and_both_days_are_told():
    sittings = [datetime.date(2024, 6, 19), datetime.date(2024, 9, 16)]
    found = deadlines.due(datetime.date(2024, 6, 5), Calendar([COMMONS], [], sittings))
    assert (found.on, found.or_on) == (datetime.date(2024, 9, 16), datetime.date(2024, 7, 20))
    assert found.why == deadlines.Why.SITTING


def test_where_the_calendar_ends_before_both_days_are_told_and_called_uncertain():
    found = deadlines.due(datetime.date(2024, 6, 5), Calendar([COMMONS], [], []))
    assert not found.is_certain
    # July 20 is a Saturday: nobody sits before Monday.
    assert (found.on, found.or_on) == (datetime.date(2024, 7, 20), datetime.date(2024, 7, 22))


@given(near, near, st.booleans())
def test_a_dissolution_before_the_day_cancels_the_answer_where_the_rules_say_so(
    presented, dissolved, ends
):
    calendar = Calendar([PetitionRules(response_days=5)])
    end = Ending(dissolved, ends_answers=ends)
    found = deadlines.due(presented, calendar, ending=end)
    cancelled = ends and presented <= dissolved <= presented + 5 * DAY
    assert (found is None) == cancelled


def test_the_rules_of_the_day_of_presentation_count():
    old = PetitionRules(response_days=30, valid_until=datetime.date(2023, 12, 31))
    new = PetitionRules(response_days=45, valid_from=datetime.date(2024, 1, 1))
    calendar = Calendar([old, new])
    assert deadlines.due(datetime.date(2023, 12, 31), calendar).on.isoformat() == "2024-01-30"
    assert deadlines.due(datetime.date(2024, 1, 1), calendar).on.isoformat() == "2024-02-15"
    assert deadlines.due(datetime.date(2024, 1, 1), Calendar([old])) is None


def test_a_typed_day_goes_before_the_rules():
    typed = datetime.date(2024, 5, 1)
    found = deadlines.due(
        datetime.date(2024, 1, 1), Calendar([COMMONS]), typed_on=typed, typed_reason="By letter"
    )
    assert (found.on, found.words, found.is_certain) == (typed, "By letter", True)


def test_a_dissolution_is_noted_with_any_session_of_its_parliament():
    rules = PetitionRules(answers_end_with_dissolution=True)
    one = LegislativeSession(pk=1, identifier="44-1", parliament="44")
    two = LegislativeSession(
        pk=2, identifier="44-2", parliament="44", dissolved_on=datetime.date(2025, 3, 23)
    )
    calendar = Calendar([rules], [one, two])
    assert calendar.ending(None, one).dissolved_on == two.dissolved_on
    assert calendar.ending(datetime.date(2025, 1, 1)).dissolved_on == two.dissolved_on
    assert calendar.ending(datetime.date(2025, 4, 1)) is None
    assert calendar.ending(None) is None


moments = st.datetimes(
    datetime.datetime(2024, 1, 1), datetime.datetime(2024, 3, 1), timezones=st.just(datetime.UTC)
)
counts = st.lists(st.tuples(moments, st.integers(0, 500_000)), max_size=40)


@given(counts, st.integers(1, 90))
def test_a_forecast_is_never_below_the_last_count_nor_one_number_where_it_grew(seen, left):
    if not seen:
        return
    now, last = max(seen)
    found = forecasts.forecast(seen, now + left * DAY, now)
    if found is None:
        return
    assert last <= found.low <= found.high
    if found.pace.fastest * left > 10:
        assert found.low < found.high


@given(
    st.integers(0, 100_000),
    st.integers(0, 5_000),
    st.integers(4, 28),
    st.integers(1, 120),
)
def test_the_bounds_contain_steady_growth(start, a_day, span, left):
    begin = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
    seen = [(begin + n * DAY, start + n * a_day) for n in range(span + 1)]
    found = forecasts.forecast(seen, seen[-1][0] + left * DAY, seen[-1][0])
    assert found.low <= start + (span + left) * a_day <= found.high
    assert found.pace.slowest == found.pace.fastest == Fraction(a_day)


@given(counts)
def test_too_few_counts_give_no_pace(seen):
    if len({moment.date() for moment, _count in seen}) < 3:
        assert forecasts.pace(seen) is None


def test_an_old_count_and_a_closed_petition_have_no_forecast():
    begin = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
    seen = [(begin + n * DAY, n * 100) for n in range(10)]
    closes = begin + 60 * DAY
    assert forecasts.forecast(seen, closes, begin + 9 * DAY)
    assert forecasts.forecast(seen, closes, begin + 30 * DAY) is None
    assert forecasts.forecast(seen, closes, closes) is None


@given(st.dictionaries(st.integers(), st.integers(0, 20), max_size=30))
def test_equal_counts_share_a_place_and_the_next_is_left_out(held):
    places = ranks.competition(held)
    ordered = sorted(held.values(), reverse=True)
    assert all(ordered[place - 1] == held[key] for key, place in places.items())
    assert all(place == 1 + ordered.index(held[key]) for key, place in places.items())


def test_one_two_two_four():
    assert ranks.competition({"a": 9, "b": 5, "c": 5, "d": 1}) == {"a": 1, "b": 2, "c": 2, "d": 4}
