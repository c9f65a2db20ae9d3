"""Rules of scorecards and of the drawn house, for any votes and any number of members."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from plaidoyer.campaigns.scorecards import AGAINST, NEITHER, WITH, Score, judged
from plaidoyer.parliament.models import Option
from plaidoyer.parliament.results import LABELS
from plaidoyer.parliament.sources import published
from plaidoyer.website.votes import hemicycles

WAYS = st.sampled_from(list(LABELS))
ASKED = st.sampled_from([Option.YES, Option.NO])
COUNTS = st.fixed_dictionaries(
    {WITH: st.integers(0, 500), AGAINST: st.integers(0, 500), NEITHER: st.integers(0, 500)}
)


@given(ASKED, WAYS)
def test_only_the_other_way_is_ever_held_against_a_member(asked, way):
    judgement = judged(asked, way)

    assert (judgement == AGAINST) == (way in ("yes", "no") and way != asked)
    assert (judgement == WITH) == (way == asked)


@given(COUNTS)
def test_a_share_is_of_the_votes_that_count_and_never_more_than_true(counts):
    score = Score(Counter(counts))

    assert score.votes == counts[WITH] + counts[AGAINST]
    if not score.votes:
        assert score.percent is None
    else:
        assert 0 <= score.percent <= 100
        assert score.percent * score.votes <= counts[WITH] * 100
        assert (score.percent == 100) == (counts[AGAINST] == 0)


@given(COUNTS, st.integers(0, 500))
def test_absence_changes_no_share(counts, more):
    before, after = Score(Counter(counts)), Score(Counter(counts) + Counter({NEITHER: more}))

    assert (before.percent, before.votes) == (after.percent, after.votes)


@given(st.integers(1, 800))
def test_every_member_has_a_seat_inside_the_room(number):
    seats = hemicycles.seats(number)

    assert len(seats) == len(set(seats)) == number
    half = hemicycles.mark_size(number) / 2
    for x, y in seats:
        assert half - 0.1 <= x <= hemicycles.WIDTH - half + 0.1
        assert half - 0.1 <= y <= hemicycles.HEIGHT - half + 0.1


@given(st.lists(WAYS, max_size=400))
def test_every_member_is_drawn_once_in_their_way(ways):
    rings = hemicycles.drawn(ways)

    assert {ring.way: ring.marks.count("M") for ring in rings} == Counter(ways)


@given(st.booleans(), st.booleans(), st.booleans())
def test_paired_goes_before_yes_and_no(paired, yes, no):
    way = published.option_of({Option.PAIRED: paired, Option.YES: yes, Option.NO: no})

    assert (way == Option.PAIRED) == paired
    assert (way is None) == (not (paired or yes or no))


@given(st.text(max_size=80), st.text(max_size=80))
def test_a_published_result_is_known_or_refused(words, title):
    try:
        result, language = published.result(words, title)
    except KeyError:
        return
    assert result
    assert language in ("en", "fr")
