"""How a demand stands with somebody, for the rules by which a letter says something else."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from plaidoyer.actions.kinds.letter.letters import Addressee, Key, Recipient
from plaidoyer.actions.kinds.letter.rules import Choices, Condition
from plaidoyer.campaigns.models import Campaign, Demand
from plaidoyer.outcomes.models import Standing
from plaidoyer.outcomes.standings import standings


def choices(campaign: Campaign | None) -> Choices:
    """Every demand of the campaign at every standing."""
    demands = Demand.objects.filter(campaign=campaign) if campaign else Demand.objects.none()
    return [
        (f"{demand.pk}.{standing}", f"{demand} {standing.symbol} {standing.label}")
        for demand in demands
        for standing in Standing
    ]


def facts(of: Sequence[Addressee], _found: Mapping[Key, Recipient]) -> Mapping[Key, set[str]]:
    """How each demand stands today with the target that somebody is, or is a member of."""
    campaigns = {to.target.campaign_id: to.target.campaign for to in of}
    stand = {key: standings(campaign) for key, campaign in campaigns.items()}
    return {
        to.key: {
            f"{demand}.{standing}"
            for (demand, target), standing in stand[to.target.campaign_id].items()
            if target == to.target.pk
        }
        for to in of
    }


STANDING = Condition(
    name="standing", label=_("A demand stands with them"), choices=choices, facts=facts
)
