"""The hours in which letters arrive, and how many fit into them."""

import datetime
import zoneinfo

from hypothesis import given, settings
from hypothesis import strategies as st

from plaidoyer.delivery.mailboxes.hours import HOUR, Rhythm
from plaidoyer.delivery.mailboxes.zones import of_division

UTC = datetime.UTC
ZONES = ["America/Toronto", "America/St_Johns", "Europe/Paris", "Australia/Lord_Howe", "UTC"]
MOMENTS = st.datetimes(
    datetime.datetime(2026, 1, 1), datetime.datetime(2027, 12, 31), timezones=st.just(UTC)
)


@st.composite
def rhythms(draw):
    opens = draw(st.integers(0, 23))
    return Rhythm(
        per_hour=draw(st.integers(1, 1000)),
        opens=opens,
        closes=draw(st.integers(opens + 1, 24)),
        weekends=draw(st.booleans()),
        zone=draw(st.sampled_from(ZONES)),
    )


@given(rhythms(), MOMENTS)
@settings(max_examples=150, deadline=None)
def test_the_next_opening_is_open_and_nothing_before_it_is(rhythm, at):
    opens = rhythm.next_open(at)

    assert opens >= at
    # Of a window inside the hour that a clock change skips nothing is left that day.
    assert rhythm.is_open(opens)
    if opens > at:
        assert not rhythm.is_open(at)
        assert not rhythm.is_open(opens - datetime.timedelta(minutes=1))


@given(rhythms(), MOMENTS)
@settings(max_examples=150, deadline=None)
def test_what_is_open_is_so_on_the_clock_of_the_wall(rhythm, at):
    local = at.astimezone(zoneinfo.ZoneInfo(rhythm.zone))

    if rhythm.is_open(at):
        assert local.weekday() < 5 or rhythm.weekends
        if not 1 <= local.hour <= 3:  # the hours in which clocks are changed
            assert rhythm.opens <= local.hour < rhythm.closes


@given(rhythms(), MOMENTS, st.integers(1, 3000), st.integers(1, 3000))
@settings(max_examples=60, deadline=None)
def test_more_letters_are_finished_later_and_never_outside_the_hours(rhythm, at, few, more):
    first, last = rhythm.finish(few, at), rhythm.finish(few + more, at)

    assert at <= first <= last
    # At the last moment of a window, or within one.
    assert rhythm.is_open(last - datetime.timedelta(seconds=1)) or rhythm.is_open(last)


def test_a_series_begins_slowly_and_counts_working_hours_only():
    office = Rhythm(per_hour=60, opens=9, closes=17, weekends=False, zone="America/Toronto")
    friday = datetime.datetime(2026, 11, 27, 21, 0, tzinfo=UTC)  # 16:00 in Toronto

    assert office.limit(friday, None) == 10
    assert office.limit(friday + HOUR / 2, friday) == 10
    monday = office.next_open(friday + HOUR)
    assert monday == datetime.datetime(2026, 11, 30, 14, 0, tzinfo=UTC)
    assert [office.limit(monday + n * HOUR, friday) for n in range(4)] == [20, 40, 60, 60]


def test_the_day_that_clocks_change_is_as_long_as_the_wall_says():
    always = Rhythm(per_hour=60, opens=0, closes=24, weekends=True, zone="Europe/Paris")
    lengths = [
        (closes - opens) / HOUR
        for opens, closes in map(
            always.window, [datetime.date(2026, 3, 29), datetime.date(2026, 10, 25)]
        )
    ]

    assert lengths == [23, 25]


def test_holidays_are_left_out():
    christmas = datetime.date(2026, 12, 25)
    office = Rhythm(60, 9, 17, False, "Europe/Paris", frozenset({christmas}))
    eve = datetime.datetime(2026, 12, 24, 18, 0, tzinfo=UTC)

    assert office.day(office.next_open(eve)) == datetime.date(2026, 12, 28)


def test_an_office_that_never_opens_has_no_next_opening():
    days = [datetime.date(2026, 1, 1) + datetime.timedelta(days=n) for n in range(1500)]
    shut = Rhythm(60, 9, 17, False, "UTC", frozenset(days))

    assert shut.next_open(datetime.datetime(2026, 1, 1, tzinfo=UTC)) is None
    assert shut.finish(1, datetime.datetime(2026, 1, 1, tzinfo=UTC)) is None


def test_a_division_tells_its_zone():
    assert of_division("ocd-division/country:ca/province:bc/ed:burnaby") == "America/Vancouver"
    assert of_division("ocd-division/country:ca/ed:35001") == "America/Toronto"
    assert of_division("ocd-division/country:zz") == ""
