import datetime
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaidoyer.campaigns.models import Campaign, Demand, Target
from plaidoyer.civics.models import Organization
from plaidoyer.lib.words import Words
from plaidoyer.outcomes.models import EVIDENCED, Evidence, Milestone, Movement, Standing
from plaidoyer.outcomes.standings import Move, demand_standing, last_moves, standings
from plaidoyer.testing import make_campaign

DAY = date(2026, 5, 4)
days = st.dates(DAY, DAY + timedelta(days=3))
moves = st.lists(
    st.builds(
        Move,
        happened_on=days,
        milestone_id=st.integers(1, 50),
        demand_id=st.integers(1, 3),
        target_id=st.integers(1, 3),
        standing=st.sampled_from(Standing.values),
        is_evidenced=st.booleans(),
    ),
    # One milestone moves a pair once, on one day, and has evidence or not.
    unique_by=lambda move: move.milestone_id,
    max_size=20,
)


def record(
    campaign: Campaign, standing: str, happened_on: date = DAY, *, evidence: bool = True
) -> Milestone:
    """A milestone that brings the campaign's one demand to `standing` with its one target."""
    milestone = Milestone.objects.create(
        happened_on=happened_on, kind="decision", title=Words(en="The minister decides")
    )
    milestone.campaigns.add(campaign)
    Movement.objects.create(
        milestone=milestone,
        demand=campaign.demands.get(),
        target=campaign.targets.get(),
        standing=standing,
    )
    if evidence:
        Evidence.objects.create(
            milestone=milestone,
            title="Decree 12",
            url="https://gazette.example/12",
            publisher="The Gazette",
            published_on=happened_on,
            language="en",
        )
    return milestone


@given(moves, st.randoms())
def test_standings_do_not_depend_on_the_order_in_which_movements_are_read(moves, random):
    shuffled = random.sample(moves, len(moves))
    assert last_moves(moves) == last_moves(shuffled)


@given(moves)
def test_a_pair_stands_by_its_last_movement_that_counts(moves):
    last = last_moves(moves)
    for move in moves:
        if move.counts:
            kept = last[move.pair]
            assert (kept.happened_on, kept.milestone_id) >= (move.happened_on, move.milestone_id)
    assert set(last.values()) <= set(moves)


@given(moves)
def test_a_claim_without_evidence_changes_nothing(moves):
    counted = [m for m in moves if m.is_evidenced or m.standing not in EVIDENCED]
    assert last_moves(moves) == last_moves(counted)


@given(moves, moves)
def test_what_happens_earlier_never_changes_where_a_pair_stands(moves, earlier):
    before = [
        move._replace(happened_on=move.happened_on - timedelta(days=30), milestone_id=-i)
        for i, move in enumerate(earlier, 1)
    ]
    both = last_moves([*before, *moves])
    assert {pair: both[pair] for pair in last_moves(moves)} == last_moves(moves)


@given(st.lists(st.sampled_from(Standing.values), min_size=1))
def test_a_demand_is_met_as_a_whole_only_when_every_target_met_it(found):
    whole = demand_standing(found)
    assert (whole == Standing.MET) == (set(found) == {"met"})
    assert demand_standing(found[::-1]) == whole
    if set(found) <= {"asked", "acknowledged", "refused", "reversed"}:
        assert whole not in {Standing.MET, Standing.PARTLY_MET, Standing.PROMISED}


@pytest.mark.parametrize(
    ("found", "whole"),
    [
        ([], "asked"),
        (["met", "met"], "met"),
        (["met", "refused"], "partly_met"),
        (["promised", "asked"], "promised"),
        (["reversed", "asked"], "reversed"),
        (["refused", "acknowledged"], "refused"),
        (["acknowledged", "asked"], "acknowledged"),
        (["reversed", "partly_met"], "partly_met"),
    ],
)
def test_a_demand_to_several_targets_is_summed_up(found, whole):
    assert demand_standing(found) == whole


@pytest.mark.django_db
def test_a_demand_that_never_moved_is_asked_of_every_target_it_is_made_to():
    campaign = make_campaign()
    agency = Organization.objects.create(name=Words(en="River Agency"))
    second = Target.objects.create(campaign=campaign, organization=agency)
    narrow = Demand.objects.create(campaign=campaign, words=Words(en="Publish the plan"))
    narrow.targets.add(second)
    narrow.save()
    wide = campaign.demands.get(words__en="Protect the meadow")
    first = campaign.targets.exclude(pk=second.pk).get()
    assert standings(campaign) == {
        (wide.pk, first.pk): "asked",
        (wide.pk, second.pk): "asked",
        (narrow.pk, second.pk): "asked",
    }


@pytest.mark.django_db
def test_standings_are_those_of_the_day_asked_for():
    campaign = make_campaign()
    record(campaign, "met", DAY)
    record(campaign, "reversed", DAY + timedelta(days=10))
    (pair,) = standings(campaign)
    assert standings(campaign, on=DAY - timedelta(days=1))[pair] == "asked"
    assert standings(campaign, on=DAY)[pair] == "met"
    assert standings(campaign)[pair] == "reversed"


@pytest.mark.django_db
def test_on_one_day_the_milestone_recorded_last_holds():
    campaign = make_campaign()
    record(campaign, "promised")
    record(campaign, "refused")
    assert list(standings(campaign).values()) == ["refused"]


@pytest.mark.django_db
def test_a_victory_counts_from_the_moment_it_has_evidence():
    campaign = make_campaign()
    record(campaign, "acknowledged", DAY - timedelta(days=1), evidence=False)
    milestone = record(campaign, "met", evidence=False)
    assert list(standings(campaign).values()) == ["acknowledged"]
    Evidence.objects.create(
        milestone=milestone,
        title="Decree",
        url="https://gazette.example/12",
        publisher="The Gazette",
        published_on=datetime.date.today(),
        language="en",
    )
    assert list(standings(campaign).values()) == ["met"]


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 6])
def test_standings_take_as_many_queries_for_many_demands(number, django_assert_num_queries):
    campaign = make_campaign()
    for _i in range(number):
        Demand.objects.create(campaign=campaign, words=Words(en="More"))
    with django_assert_num_queries(5):
        standings(campaign)
