"""Mails to the staff about their own accounts: they leave by the queue, as every mail does."""

from collections.abc import Sequence

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from plaidoyer.mail import envelopes
from plaidoyer.mail.kinds import Message
from plaidoyer.mail.models import Envelope
from plaidoyer.organisation.models import Organisation
from plaidoyer.staff.models import Notice
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
    About.DEVICE: (
        _("A sign-in from a new device"),
        _("Somebody signed in as {name}, from a browser or a network that is new to us."),
        _("If it was not you, end that session, change your password and tell an administrator."),
        _("See your sessions"),
    ),
}


@transaction.atomic
def tell(user: User, about: Notice.About) -> None:
    """Queues a mail to `user`; nothing where they have no address."""
    if user.email:
        (envelope,) = envelopes.queue(kind=KIND, to_addresses=[user.email], urgency=URGENCY)
        Notice.objects.create(user=user, about=about, envelope=envelope)


def compose(due: Sequence[Envelope]) -> dict[int, Message]:
    """The mails by envelope id; none to somebody who left meanwhile."""
    notices = Notice.objects.filter(envelope__in=due, user__is_active=True)
    organisation = Organisation.current()
    return {
        notice.envelope_id: write(notice, organisation)
        for notice in notices.select_related("user__wagtail_userprofile")
    }


def write(notice: Notice, organisation: Organisation) -> Message:
    """One mail in the language of its reader."""
    language = language_of(notice.user)
    with override(language):
        subject, happened, advice, label = WORDS[About(notice.about)]
        context = {
            "notice": notice,
            "happened": str(happened).format(name=notice.user.get_username()),
            "advice": advice,
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
    }
    return reverse(pages[About(notice.about)])
