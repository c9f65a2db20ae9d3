"""When letters are emptied by themselves: some time after they arrived. Their count stays."""

import datetime
from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from plaidoyer.delivery.models import Letter, Reply
from plaidoyer.mail import envelopes, returns
from plaidoyer.mail.models import Envelope
from plaidoyer.supporters.retention import Rule


def arrived(before: datetime.datetime) -> QuerySet[Letter]:
    """Letters that their reader's server took before then."""
    return Letter.objects.delivered().filter(taken_at__lt=before).exclude(sealed=b"")


def empty(letters: Sequence[Letter]) -> None:
    """Takes subject and body out of `letters`, and the words out of what was replied."""
    Letter.objects.filter(pk__in=[letter.pk for letter in letters]).update(sealed=b"")
    Reply.objects.filter(letter__in=letters).update(sealed=b"")
    envelopes.erase(Envelope.objects.filter(own_copy__action__letters__in=letters))
    returns.erase(Envelope.objects.filter(letter__in=letters))


RULES = {
    "letters": Rule(_("letters, after they arrived"), _("emptied; it counts on"), arrived, empty)
}
