"""What the office that reads letters can say by itself: one mail a day, none for now, one by one.

Every letter has a link to a page for that. Who answers a letter often quotes it, link and all: so
the page only asks, and what was asked holds once the mailbox itself has agreed, by a mail to it.
"""

import datetime
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from plaidoyer.delivery.mailboxes import holds, notices
from plaidoyer.delivery.mailboxes.models import Courtesy, Mailbox, MailboxHold, Wish
from plaidoyer.lib import tokens
from plaidoyer.mail import envelopes
from plaidoyer.mail.kinds import Message
from plaidoyer.mail.models import Envelope
from plaidoyer.organisation.models import Organisation

KIND, PAGE, AGREE = "mailbox_wish", "mailbox", "mailbox-wish"
URGENCY = 20
# One question at a time: a link that was passed on must not fill the mailbox.
PATIENCE = datetime.timedelta(hours=1)
VALID = datetime.timedelta(days=14)


def page_path(mailbox: Mailbox) -> str:
    """The page of `mailbox`, in the active language."""
    return reverse("mailboxes:office", args=[tokens.make(PAGE, mailbox.uid)])


def agreement_path(wish: Wish) -> str:
    return reverse("mailboxes:agree", args=[tokens.make(AGREE, wish.uid)])


def links(mailbox: Mailbox | None) -> dict[str, str]:
    """What stands under each mail to `mailbox`, in the active language: its page, and ours."""
    return {
        "office_url": settings.BASE_URL + page_path(mailbox) if mailbox else "",
        "relay_url": settings.BASE_URL + reverse("mailboxes:relay"),
    }


def of_token(token: str) -> Mailbox | None:
    """The mailbox whose page `token` opens."""
    try:
        return Mailbox.objects.filter(uid=tokens.read(PAGE, token)).first()
    except tokens.BadTokenError:
        return None


def wish_of(token: str, at: datetime.datetime | None = None) -> Wish | None:
    """The wish to which `token` lets a mailbox agree, for two weeks."""
    try:
        wishes = Wish.objects.filter(uid=tokens.read(AGREE, token))
    except tokens.BadTokenError:
        return None
    since = (at or timezone.now()) - VALID
    return wishes.filter(asked_at__gt=since).select_related("mailbox__server").first()


@transaction.atomic
def ask(mailbox: Mailbox, choice: str, language: str) -> bool:
    """Asks the mailbox itself whether it wants this; whether a mail leaves.

    None does while another question waits for its answer.
    """
    Mailbox.objects.select_for_update(no_key=True).get(pk=mailbox.pk)
    if mailbox.wishes.filter(asked_at__gt=timezone.now() - PATIENCE).exists():
        return False
    (envelope,) = envelopes.queue(kind=KIND, to_addresses=[mailbox.to_address], urgency=URGENCY)
    Wish.objects.create(mailbox=mailbox, choice=choice, language=language, envelope=envelope)
    return True


@transaction.atomic
def agree(wish: Wish) -> None:
    """Does what the mailbox asked and agreed to, and tells the organisers; twice is once."""
    locked = Wish.objects.select_for_update(of=("self",), no_key=True).select_related("mailbox")
    wish = locked.get(pk=wish.pk)
    if wish.agreed_at:
        return
    wish.agreed_at = timezone.now()
    wish.save(update_fields=["agreed_at"])
    mailbox = wish.mailbox
    if wish.choice == Wish.Choice.PAUSE:
        because = _("Asked by the office, from its own mailbox.")
        holds.place(mailbox, because=because, cause=MailboxHold.Cause.OFFICE)
    else:
        for hold in mailbox.holds.filter(lifted_at=None, cause=MailboxHold.Cause.OFFICE):
            holds.lift(hold)
        mailbox.flow = Mailbox.Flow(wish.choice)
        mailbox.save(update_fields=["flow"])
    notices.tell(mailbox, about="wish", wish=wish)


def compose(due: Sequence[Envelope]) -> dict[int, Message]:
    """The questions to mailboxes by envelope id; none for what was agreed to already."""
    organisation, composed = Organisation.current(), {}
    wishes = Wish.objects.filter(envelope__in=due, agreed_at=None)
    for wish in wishes.select_related("mailbox"):
        with override(wish.language):
            context = {
                "wish": wish,
                "organisation": organisation,
                "language": wish.language,
                "url": settings.BASE_URL + agreement_path(wish),
            }
            composed[wish.envelope_id] = Message(
                subject=_("Letters to this mailbox: is this what you wish?"),
                text=render_to_string("delivery/mailboxes/wish.txt", context),
                html=render_to_string("delivery/mailboxes/wish.html", context),
                sender_name=str(organisation.name),
                language=wish.language,
            )
    return composed


def promised() -> dict[str, int]:
    """What is promised to every mailbox: letters an hour, and between which hours."""
    courtesy = Courtesy.current()
    return {"per_hour": courtesy.per_hour, "opens": courtesy.opens, "closes": courtesy.closes}
