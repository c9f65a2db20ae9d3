"""When acts are emptied by themselves: what nobody confirmed, what stayed held, what is long over.

Rows, matches and confirmations stay, so that no count moves, and so do names and comments that
their authors asked to be shown.
"""

import datetime
from collections.abc import Sequence

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from plaidoyer.actions import privacy, reviews
from plaidoyer.actions.kinds import KINDS
from plaidoyer.actions.ledger import receipts
from plaidoyer.actions.models import Action, Confirmation, Held, Review
from plaidoyer.mail import envelopes
from plaidoyer.mail.models import Envelope
from plaidoyer.supporters.retention import Rule


def kept() -> QuerySet[Action]:
    """The acts that still say something of a person."""
    return Action.objects.exclude(sealed=b"").select_related("form")


def unconfirmed(before: datetime.datetime) -> QuerySet[Action]:
    """Acts sent before then that nobody confirmed. Of kinds that note wishes beside the count none:
    a wish is no act that waits."""
    confirmed = Confirmation.objects.filter(action=OuterRef("pk"))
    noting = [name for name, kind in KINDS.items() if kind.aside]
    return kept().filter(~Exists(confirmed), submitted_at__lt=before).exclude(form__kind__in=noting)


def held(before: datetime.datetime) -> QuerySet[Action]:
    """Acts that have been held since before then."""
    since = Held.objects.filter(action=OuterRef("pk"), released_at=None, held_at__lt=before)
    return kept().filter(Exists(since))


def closed(before: datetime.datetime) -> QuerySet[Action]:
    """Acts on forms that closed before then."""
    return kept().filter(form__closes_at__lt=before)


def empty(acts: Sequence[Action]) -> None:
    """Takes what is personal out of `acts` and of our mails about them."""
    envelopes.erase(Envelope.objects.filter(confirmation_request__action__in=acts))
    privacy.blank(acts)
    unshown = Review.objects.exclude(part__in=reviews.impersonal())
    unshown.exclude(decision=Review.Decision.ACCEPTED).filter(action__in=acts).delete()
    receipts.forget(acts)


EMPTIED = _("emptied; it counts on")
RULES = {
    "unconfirmed": Rule(_("acts that nobody confirmed"), EMPTIED, unconfirmed, empty),
    "held": Rule(_("acts that stayed held"), EMPTIED, held, empty),
    "closed": Rule(_("acts on a form, after it closed"), EMPTIED, closed, empty),
}
