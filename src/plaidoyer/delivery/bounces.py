"""Letters that their reader's server refused: the address is marked, the letters wait for another.

Mail knows envelopes only, and decision-makers know no letters: here they meet.
"""

import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from plaidoyer.civics import contacts
from plaidoyer.delivery.models import Letter
from plaidoyer.mail.models import Envelope

State = Envelope.State
# What a letter's address did lately; what is older was seen to, or nobody was there to see to it.
SINCE = datetime.timedelta(days=2)
# RFC 3463: 5.1 is about the address, 5.2 about the mailbox; 5.7 and others are about us or the
# words. A server without such codes says 550, 551 or 553 of the address, before the body.
ABOUT_ADDRESS = r"^\d{3}[ -]5\.[12]\.\d"
WITHOUT_CODE = r"^((550|551|553)([ -](?!\d\.\d)|$)|No server can be given)"
BATCH = 500


@transaction.atomic
def note() -> int:
    """Marks addresses that refused letters, and holds these; how many letters.

    They leave once another address is known, or somebody has checked this one. What the server
    said stays in the list of mails.
    """
    without = Q(envelope__reply__regex=WITHOUT_CODE, envelope__begun_at=None)
    of_address = Q(envelope__reply__regex=ABOUT_ADDRESS) | without
    letters = Letter.objects.filter(
        Q(envelope__state=State.BOUNCED) | (Q(envelope__state=State.REFUSED) & of_address),
        envelope__ended_at__gt=timezone.now() - SINCE,
    )
    letters = letters.select_related("envelope").select_for_update(of=("self",), skip_locked=True)
    bounced = list(letters.order_by("envelope__ended_at")[:BATCH])
    last = {one.envelope.to_address: one.envelope.ended_at for one in bounced if one.envelope}
    for address, at in last.items():
        assert at is not None  # the filter asks for it
        contacts.note_bounce(address, at)
    Letter.objects.filter(pk__in=[letter.pk for letter in bounced]).update(envelope=None)
    return len(bounced)
