"""Whether cards are taken at this moment."""

from django.conf import settings

from plaidoyer.donations.cards.models import CardPause


def has_keys() -> bool:
    """Whether the provider's keys are set: without them no page speaks of cards."""
    return bool(settings.STRIPE_SECRET_KEY and settings.STRIPE_WEBHOOK_SECRET)


def is_offered() -> bool:
    """Whether a gift by card can begin now: there are keys, and the form does not rest."""
    return has_keys() and not CardPause.objects.filter(ended_at=None).exists()
