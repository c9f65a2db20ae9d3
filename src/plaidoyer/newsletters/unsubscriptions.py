"""The end of a subscription, asked by its reader: at once, and again as often as they like."""

from django.db import transaction

from plaidoyer.lib import tokens
from plaidoyer.mail import envelopes
from plaidoyer.mail.models import Envelope
from plaidoyer.newsletters.mailings import KIND, PURPOSE
from plaidoyer.newsletters.results import departures
from plaidoyer.supporters import consents
from plaidoyer.supporters.models import Supporter


def reader(token: str) -> Supporter | None:
    """Whose way out `token` is; nobody's when we did not make it or they are gone."""
    try:
        uid = tokens.read("unsubscribe", token)
    except tokens.BadTokenError:
        return None
    return Supporter.objects.filter(uid=uid).first()


@transaction.atomic
def unsubscribe(supporter: Supporter, *, page: str = "") -> None:
    """Withdraws the consent and cancels copies that have not left. Doing it twice is once."""
    if supporter.subscriptions.filter(ended_at=None, consent__purpose=PURPOSE).exists():
        consents.withdraw(supporter, purpose=PURPOSE, page=page)
        departures.note(supporter)
    copies = Envelope.objects.filter(copy__supporter=supporter, kind=KIND)
    envelopes.cancel(copies.exclude(state__in=Envelope.FINAL))
