"""What a campaign page shows of outcomes."""

from datetime import date, timedelta

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from plaidoyer.campaigns.models import Campaign, Demand, Target
from plaidoyer.civics.models import Organization
from plaidoyer.lib.words import Words
from plaidoyer.outcomes.models import Evidence, Milestone, Movement
from plaidoyer.outcomes.reporting import board, standing_table, timeline
from plaidoyer.testing import make_campaign

pytestmark = pytest.mark.django_db
DAY = date(2026, 5, 4)


def add(campaign: Campaign, standing: str, happened_on: date = DAY) -> Milestone:
    """A milestone with evidence that moves the first demand with the first target."""
    milestone = Milestone.objects.create(
        happened_on=happened_on,
        kind="decision",
        title=Words(fr="La ministre <signe>", en="The minister <signs>"),
        claim="contributed",
    )
    milestone.campaigns.add(campaign)
    Movement.objects.create(
        milestone=milestone,
        demand=campaign.demands.first(),
        target=campaign.targets.first(),
        standing=standing,
    )
    Evidence.objects.create(
        milestone=milestone,
        title="Decree 12",
        url="https://gazette.example/12",
        publisher="The Gazette",
        published_on=happened_on,
        language="en",
    )
    return milestone


def show(milestones):
    """The timeline as HTML."""
    return render_to_string("outcomes/_timeline.html", {"milestones": milestones})


def test_the_timeline_is_newest_first_and_ends_on_the_day_asked_for():
    campaign = make_campaign()
    first = add(campaign, "promised")
    second = add(campaign, "met", DAY + timedelta(days=5))
    assert timeline(campaign) == [second, first]
    assert timeline(campaign, on=DAY) == [first]


def test_a_vote_shared_with_another_campaign_shows_this_campaigns_movement_only():
    campaign, other = make_campaign(), make_campaign(slug="dam")
    vote = add(campaign, "met")
    vote.campaigns.add(other)
    Movement.objects.create(
        milestone=vote,
        demand=other.demands.get(),
        target=other.targets.get(),
        standing="refused",
    )
    (here,) = timeline(campaign)
    assert [movement.standing for movement in here.movements.all()] == ["met"]
    (there,) = timeline(other)
    assert [movement.standing for movement in there.movements.all()] == ["refused"]


def test_the_timeline_tells_in_the_readers_language_with_words_symbols_and_sources():
    campaign = make_campaign()
    add(campaign, "met")
    with override("fr"):
        page = show(timeline(campaign))
    assert "La ministre &lt;signe&gt;" in page
    assert "standing--met" in page
    assert "✓" in page
    assert 'href="https://gazette.example/12"' in page
    assert 'datetime="2026-05-04"' in page


@pytest.mark.parametrize("number", [1, 7])
def test_timeline_and_table_take_as_many_queries_for_many_rows(number, django_assert_num_queries):
    campaign = make_campaign()
    for i in range(number):
        agency = Organization.objects.create(name=Words(en=f"Agency {i}"))
        Target.objects.create(campaign=campaign, organization=agency)
        Demand.objects.create(campaign=campaign, words=Words(en=f"Demand {i}"))
        add(campaign, "promised", DAY + timedelta(days=i))
    with django_assert_num_queries(4):
        show(timeline(campaign))
    with django_assert_num_queries(7):
        rows = standing_table(campaign)
        [(str(row.target), row.evidence) for row in rows]
    assert len(rows) == (number + 1) ** 2
    with django_assert_num_queries(7):
        [(str(row.target), row.evidence) for row in board(Campaign.objects.all())]


def test_the_table_says_since_when_and_by_what():
    campaign = make_campaign(opened_on=DAY - timedelta(days=30))
    agency = Organization.objects.create(name=Words(en="Agency"))
    Target.objects.create(campaign=campaign, organization=agency)
    milestone = add(campaign, "met")
    met, asked = standing_table(campaign)
    assert (met.standing, met.since, met.milestone) == ("met", DAY, milestone)
    assert [evidence.publisher for evidence in met.evidence] == ["The Gazette"]
    assert (asked.standing, asked.since) == ("asked", campaign.opened_on)
    assert not asked.evidence
