import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaidoyer.outcomes.models import Standing
from plaidoyer.reports import editions, headings
from plaidoyer.reports.headings import judge
from plaidoyer.reports.models import Heading, Item
from plaidoyer.testing import make_campaign

REACHED = st.lists(st.sampled_from(Standing.values), max_size=6)
FLAGS = st.fixed_dictionaries({"is_closed": st.booleans(), "has_news": st.booleans()})


@pytest.mark.parametrize(
    ("reached", "facts", "heading"),
    [
        (["met", "met"], {}, Heading.VICTORY),
        (["met", "asked"], {}, Heading.MOVEMENT),
        (["promised", "asked"], {}, Heading.MOVEMENT),
        (["partly_met"], {}, Heading.MOVEMENT),
        (["met", "reversed"], {}, Heading.MOVEMENT),
        (["asked", "acknowledged"], {}, Heading.ONGOING),
        (["refused"], {}, Heading.ONGOING),
        (["refused"], {"is_closed": True}, Heading.SETBACK),
        (["asked", "reversed"], {}, Heading.SETBACK),
        (["reversed"], {"was_won": True, "has_news": True}, Heading.SETBACK),
        (["met"], {"was_won": True, "has_news": True}, Heading.UPDATE),
        (["met"], {"was_won": True}, Heading.RECALLED),
        (["met", "reversed"], {"was_won": True, "has_news": True}, Heading.UPDATE),
        ([], {}, Heading.ONGOING),
        ([], {"is_closed": True}, Heading.ONGOING),
    ],
)
def test_the_rules(reached, facts, heading):
    facts = {"is_closed": False, "was_won": False, "has_news": False, **facts}

    assert judge(reached, **facts) == heading


@given(REACHED, FLAGS)
def test_a_victory_is_never_told_while_anything_is_not_met(reached, facts):
    if judge(reached, was_won=False, **facts) == Heading.VICTORY:
        assert set(reached) == {Standing.MET}


@given(REACHED, FLAGS, st.booleans())
def test_a_loss_is_never_told_as_a_win(reached, facts, was_won):
    heading = judge(reached, was_won=was_won, **facts)

    if Standing.REVERSED in reached and not set(reached) & headings.HOPEFUL:
        assert heading == Heading.SETBACK
    if heading == Heading.SETBACK:
        assert not set(reached) & headings.HOPEFUL


@given(REACHED, FLAGS, st.booleans(), st.randoms())
def test_the_order_of_demands_changes_nothing(reached, facts, was_won, random):
    shuffled = random.sample(reached, len(reached))

    assert judge(reached, was_won=was_won, **facts) == judge(shuffled, was_won=was_won, **facts)


PERIOD = (datetime.date(2026, 1, 1), datetime.date(2026, 6, 30))
LATER = (datetime.date(2026, 7, 1), datetime.date(2026, 12, 31))


@pytest.mark.django_db
def test_a_claim_without_evidence_moves_no_heading(facts):
    campaign = make_campaign()
    milestone = facts.make_milestone(campaign, "met", proof=False)

    assert headings.derive(campaign, *PERIOD) == Heading.ONGOING

    facts.prove(milestone)
    assert headings.derive(campaign, *PERIOD) == Heading.VICTORY


@pytest.mark.django_db
def test_what_happens_after_the_period_is_for_the_next_edition(facts):
    campaign = make_campaign()
    facts.make_milestone(campaign, "met", datetime.date(2026, 7, 1))

    assert headings.derive(campaign, *PERIOD) == Heading.ONGOING
    assert headings.derive(campaign, *LATER) == Heading.VICTORY


def test_a_win_is_recalled_once_then_updated_when_there_is_news(half_year, world, facts):
    campaign = half_year.items.get().campaign
    editions.publish(half_year, world[0])
    half_year.refresh_from_db()

    assert headings.derive(campaign, *LATER) == Heading.RECALLED
    later = facts.make_edition(slug="2026-2", starts_on=LATER[0], ends_on=LATER[1])
    campaign.closed_on = datetime.date(2026, 6, 1)
    campaign.save()
    assert editions.told_campaigns(later) == [campaign]

    facts.make_milestone(campaign, None, datetime.date(2026, 8, 1))
    assert headings.derive(campaign, *LATER) == Heading.UPDATE

    facts.make_milestone(campaign, "reversed", datetime.date(2026, 9, 1))
    assert headings.derive(campaign, *LATER) == Heading.SETBACK


def test_a_win_in_a_draft_is_no_earlier_win(half_year):
    campaign = half_year.items.get().campaign

    assert Item.objects.get().heading == Heading.VICTORY
    assert headings.derive(campaign, *LATER) == Heading.VICTORY
