"""Telling organisers by mail what became of a mailbox."""

from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.users.models import UserProfile

from plaidoyer.delivery.mailboxes.models import Mailbox, MailboxNotice, Wish
from plaidoyer.mail import envelopes
from plaidoyer.mail.kinds import Message
from plaidoyer.mail.models import Envelope
from plaidoyer.organisation.models import Organisation

KIND = "mailbox_notice"
URGENCY = 12


def readers() -> list[User]:
    """Who looks after letters in the back office and has an address."""
    able = User.objects.with_perm(
        "delivery.change_letter", backend="django.contrib.auth.backends.ModelBackend"
    )
    return list(able.filter(is_active=True).exclude(email="").order_by("pk"))


def tell(mailbox: Mailbox, *, about: str, wish: Wish | None = None) -> int:
    """Queues a mail to each organiser; how many. Belongs to the caller's transaction."""
    told = readers()
    queued = envelopes.queue(kind=KIND, to_addresses=[one.email for one in told], urgency=URGENCY)
    MailboxNotice.objects.bulk_create(
        MailboxNotice(mailbox=mailbox, about=about, wish=wish, reader=reader, envelope=envelope)
        for reader, envelope in zip(told, queued, strict=True)
    )
    return len(told)


def compose(due: Sequence[Envelope]) -> dict[int, Message]:
    """The notices by envelope id."""
    organisation, composed = Organisation.current(), {}
    notices = MailboxNotice.objects.filter(envelope__in=due, reader__is_active=True)
    for notice in notices.select_related("mailbox", "wish", "reader__wagtail_userprofile"):
        with override(spoken := language(notice.reader)):
            context = {
                "notice": notice,
                "organisation": organisation,
                "language": spoken,
                "desk": settings.BASE_URL
                + reverse("mailboxes-desk:sheet", args=[notice.mailbox_id]),
            }
            subject = (
                _("Letters came back: %(address)s")
                if notice.about == MailboxNotice.About.BOUNCE
                else _("An office chose how letters reach it: %(address)s")
            )
            composed[notice.envelope_id] = Message(
                subject=subject % {"address": notice.mailbox.to_address},
                text=render_to_string("delivery/mailboxes/notice.txt", context),
                html=render_to_string("delivery/mailboxes/notice.html", context),
                sender_name=str(organisation.name),
                language=spoken,
            )
    return composed


def language(reader: User) -> str:
    """The language that somebody works in."""
    try:
        profile = reader.wagtail_userprofile  # type: ignore[attr-defined]
    except UserProfile.DoesNotExist:
        return settings.LANGUAGE_CODE
    return str(profile.preferred_language or settings.LANGUAGE_CODE)
