"""A letter says something else to whom a demand stands well, or badly, with."""

import pytest

from plaidoyer.actions.kinds.letter import letters, rules
from plaidoyer.actions.kinds.letter.letters import Addressee
from plaidoyer.outcomes.models import Milestone, Movement
from plaidoyer.testing import make_campaign

pytestmark = pytest.mark.django_db


def fits(campaign, standing):
    to = [Addressee(target) for target in letters.known_targets().filter(campaign=campaign)]
    demand = campaign.demands.get().pk
    [rule] = rules.read(
        {"rules": [{"when": f"standing:{demand}.{standing}", "then": "thank", "body": {}}]}
    )
    facts = rules.facts([rule], to, letters.recipients(to))
    return rules.first([rule], facts[to[0].key]) == rule


def test_a_rule_looks_at_how_a_demand_stands():
    campaign = make_campaign()
    assert fits(campaign, "asked")

    milestone = Milestone.objects.create(happened_on="2026-01-01", kind="response")
    Movement.objects.create(
        milestone=milestone,
        demand=campaign.demands.get(),
        target=campaign.targets.get(),
        standing="acknowledged",
    )

    assert fits(campaign, "acknowledged")
    assert not fits(campaign, "asked")


def test_an_organiser_chooses_among_the_demands_of_the_campaign():
    campaign = make_campaign()
    choices = rules.CONDITIONS["standing"].choices(campaign)

    assert len(choices) == 7
    assert "Protect the meadow" in choices[0][1]
