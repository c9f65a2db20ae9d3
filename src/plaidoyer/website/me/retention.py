"""When a supporter is erased by themselves: once nothing else is kept of them in any room."""

import datetime
from collections.abc import Sequence

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from plaidoyer.actions.models import Action, PublicName, Review
from plaidoyer.donations.models import Donation
from plaidoyer.supporters import privacy
from plaidoyer.supporters.models import Subscription, Supporter
from plaidoyer.supporters.retention import Rule


def bare(before: datetime.datetime) -> QuerySet[Supporter]:
    """Supporters since before then who read no newsletter, whose acts are emptied, who gave
    nothing that is still kept, and of whom no name or comment is shown: they may take it back."""
    theirs = {"supporter": OuterRef("pk")}
    acts = Action.objects.filter(match__supporter=OuterRef("pk")).exclude(sealed=b"")
    return Supporter.objects.filter(
        ~Exists(Subscription.objects.filter(**theirs, ended_at=None)),
        ~Exists(Subscription.objects.filter(**theirs, ended_at__gte=before)),
        ~Exists(acts),
        ~Exists(PublicName.objects.filter(action__match__supporter=OuterRef("pk"))),
        ~Exists(Review.objects.filter(action__match__supporter=OuterRef("pk"))),
        ~Exists(Donation.objects.filter(**theirs, emptied_at=None)),
        erasure=None,
        created_at__lt=before,
    )


def erase(supporters: Sequence[Supporter]) -> None:
    """As if each had asked for it: a suppressed address stays suppressed, by its mark."""
    for supporter in supporters:
        privacy.erase(supporter)


RULES = {"bare": Rule(_("supporters of whom nothing else is kept"), _("erased"), bare, erase)}
