"""Letters that their reader's server refused: the address is marked, the letters wait for another.

Mail knows envelopes only, and decision-makers know no letters: here they meet.
"""

import datetime
import re

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from plaidoyer.civics import contacts
from plaidoyer.delivery.mailboxes import notices
from plaidoyer.delivery.mailboxes.models import Digest, Mailbox, MailboxNotice
from plaidoyer.delivery.models import Letter
from plaidoyer.lib.addresses import canonical
from plaidoyer.mail import envelopes
from plaidoyer.mail.models import Envelope
from plaidoyer.mail.returns import BOUNCE, Coming

State = Envelope.State
# What a letter's address did lately; what is older was seen to, or nobody was there to see to it.
SINCE = datetime.timedelta(days=2)
# RFC 3463: 5.1 is about the address, 5.2 about the mailbox; 5.7 and others are about us or the
# words, and so are Exchange's 5.2.121 and 5.2.122, by which it takes no more for an hour. A server
# without such codes says 550, 551 or 553 of the address, before the body.
OF_ADDRESS = r"5\.(1\.\d{1,3}|2\.\d{1,2})(?!\d)"
ABOUT_ADDRESS = rf"^\d{{3}}[ -]{OF_ADDRESS}"
# What came back later: the address is blamed unless another code stands there.
OF_OTHERS = r"(^|[^\d.])(4\.\d{1,3}\.\d|5\.[3-7]\.\d|5\.2\.\d{3})"
WITHOUT_CODE = r"^((550|551|553)([ -](?!\d\.\d)|$)|No server can be given)"
CAME_BACK = Q(envelope__state=State.BOUNCED) & ~Q(envelope__reply__regex=OF_OTHERS)
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
        CAME_BACK | (Q(envelope__state=State.REFUSED) & of_address),
        envelope__ended_at__gt=timezone.now() - SINCE,
    )
    letters = letters.select_related("envelope").select_for_update(of=("self",), skip_locked=True)
    bounced = list(letters.order_by("envelope__ended_at")[:BATCH])
    last = {one.envelope.to_address: one.envelope.ended_at for one in bounced if one.envelope}
    Letter.objects.filter(pk__in=[letter.pk for letter in bounced]).update(
        envelope=None, mailbox=None, turn_at=None
    )
    for address, at in last.items():
        assert at is not None  # the filter asks for it
        hold_back(address, at)
    return len(bounced) + note_digests()


def note_digests() -> int:
    """The same for mails of a day: their letters wait for another; how many letters."""
    carriers = Digest.objects.filter(
        CAME_BACK
        | Q(envelope__state=State.REFUSED, envelope__reply__regex=ABOUT_ADDRESS)
        | Q(envelope__state=State.REFUSED, envelope__reply__regex=WITHOUT_CODE),
        envelope__ended_at__gt=timezone.now() - SINCE,
        letters__isnull=False,
    )
    freed = 0
    for digest in carriers.distinct().select_related("envelope"):
        freed += digest.letters.update(digest=None, mailbox=None, turn_at=None)
        assert digest.envelope.ended_at is not None
        hold_back(digest.envelope.to_address, digest.envelope.ended_at)
    return freed


def receive(coming: Coming) -> None:
    """Mail to a decision-maker came back: told at once; the letter itself is noted by `note`."""
    about_address = re.match(OF_ADDRESS, coming.code)
    if coming.kind == BOUNCE and about_address and coming.envelope.to_address:
        hold_back(coming.envelope.to_address, coming.received_at)


@transaction.atomic
def hold_back(address: str, at: datetime.datetime) -> int:
    """Marks `address` to be verified, lets its other letters wait, tells organisers; how many.

    Nothing is done for an address that somebody checked since. The letters leave once it is
    checked, or to another address of the same reader.
    """
    if not contacts.note_bounce(address, at):
        return 0
    mailbox = Mailbox.objects.filter(address=canonical(address)).first()
    if mailbox is None:
        return 0
    waiting = Letter.objects.filter(
        mailbox=mailbox, cancelled_by=None, envelope__state__in=[State.QUEUED, State.DEFERRED]
    )
    own = list(Envelope.objects.filter(letter__in=waiting).values_list("pk", flat=True))
    envelopes.cancel(Envelope.objects.filter(pk__in=own))
    free = Letter.objects.filter(envelope__in=own, envelope__state=State.CANCELLED)
    held = free.update(envelope=None, mailbox=None, turn_at=None)
    notices.tell(mailbox, about=MailboxNotice.About.BOUNCE)
    return held
