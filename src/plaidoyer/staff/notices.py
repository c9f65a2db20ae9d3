"""Mails to the staff about their own accounts and about lists that went astray: they leave by the
queue, as every mail does."""

from collections.abc import Sequence

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from plaidoyer.lib import wording
from plaidoyer.mail import envelopes
from plaidoyer.mail.kinds import Message
from plaidoyer.mail.models import Envelope
from plaidoyer.organisation.models import Organisation
from plaidoyer.staff.models import AuditEntry, Notice
from plaidoyer.staff.people import language_of

KIND = "staff_notice"
# Somebody waits for it.
URGENCY = 60
About = Notice.About
# Subject, what happened, what to do about it, the words of the link.
WORDS = {
    About.RESET: (
        _("A new password"),
        _("Somebody asked for a new password for your account {name}."),
        _(
            "If it was you, choose one. Your second factor is asked for as before. If it was not, "
            "do nothing: nothing has changed."
        ),
        _("Choose a new password"),
    ),
    About.PASSWORD: (
        _("Your password was changed"),
        _("The password of your account {name} was changed. Every session was ended."),
        _("If it was not you, ask for a new password at once and tell an administrator."),
        _("Ask for a new password"),
    ),
    About.FACTOR: (
        _("Your second factor was changed"),
        _("A second factor of your account {name} was added, renewed or removed."),
        _("If it was not you, end all sessions and tell an administrator."),
        _("See your second factors"),
    ),
    About.CANARY: (
        _("Somebody wrote to an exported list of supporters"),
        _(
            "Mail came to {address}. This address stands in one file alone: the supporters that"
            " {who} took out on {day} at {hour}."
        ),
        _(
            "Whoever wrote has that file or a part of it. The mail is under Mail → What came back."
            " Ask {who} where the file went; if it left without leave, it is an incident to be"
            " recorded, and in most places to be told."
        ),
        _("See the audit log"),
    ),
    About.DEVICE: (
        _("A sign-in from a new device"),
        _("Somebody signed in as {name}, from a browser or a network that is new to us."),
        _("If it was not you, end that session, change your password and tell an administrator."),
        _("See your sessions"),
    ),
}


@transaction.atomic
def tell(user: User, about: Notice.About, entry: AuditEntry | None = None) -> None:
    """Queues a mail to `user`, about the export of `entry` where it is about one; nothing where
    they have no address."""
    if user.email:
        (envelope,) = envelopes.queue(kind=KIND, to_addresses=[user.email], urgency=URGENCY)
        Notice.objects.create(user=user, about=about, envelope=envelope, entry=entry)


def compose(due: Sequence[Envelope]) -> dict[int, Message]:
    """The mails by envelope id; none to somebody who left meanwhile."""
    notices = Notice.objects.filter(envelope__in=due, user__is_active=True)
    organisation = Organisation.current()
    return {
        notice.envelope_id: write(notice, organisation)
        for notice in notices.select_related("user__wagtail_userprofile", "entry")
    }


def write(notice: Notice, organisation: Organisation) -> Message:
    """One mail in the language of its reader."""
    language = language_of(notice.user)
    with override(language):
        subject, happened, advice, label = WORDS[About(notice.about)]
        context = {
            "notice": notice,
            "happened": str(happened).format(**names(notice)),
            "advice": str(advice).format(**names(notice)),
            "label": label,
            "link": settings.BASE_URL + path(notice),
            "organisation": organisation,
            "language": language,
            "subject": subject,
        }
        text = render_to_string("staff/mails/notice-text.txt", context)
        html = render_to_string("staff/mails/notice-html.html", context)
        return Message(
            subject=f"{subject} – {organisation.name}",
            text=text,
            html=html,
            sender_name=str(organisation.name),
            language=language,
        )


def names(notice: Notice) -> dict[str, str]:
    """What the sentences name, in the active language."""
    if (entry := notice.entry) is None:
        return {"name": notice.user.get_username()}
    at, language = timezone.localtime(entry.at), get_language() or "en"
    day = wording.date(at.date(), language)
    return {"who": entry.name, "address": entry.note, "day": day, "hour": f"{at:%H:%M}"}


def path(notice: Notice) -> str:
    """Where the mail leads. The proof that it was read is made as it leaves, and kept nowhere."""
    if notice.about == About.RESET:
        proof = EmailAwarePasswordResetTokenGenerator().make_token(notice.user)
        uid = user_pk_to_url_str(notice.user)
        return reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": proof})
    pages = {
        About.PASSWORD: "account_reset_password",
        About.FACTOR: "mfa_index",
        About.DEVICE: "staff_sessions",
        About.CANARY: "audit:index",
    }
    return reverse(pages[About(notice.about)])
