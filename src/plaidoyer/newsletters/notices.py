"""Telling organisers by mail that a mailing did not leave, or paused by itself, and why."""

from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override
from wagtail.users.models import UserProfile

from plaidoyer.mail import envelopes
from plaidoyer.mail.kinds import Message
from plaidoyer.mail.models import Envelope
from plaidoyer.newsletters.models import Mailing, MailingStep
from plaidoyer.organisation.models import Organisation

KIND = "mailing_stopped"
URGENCY = 12


def tell(mailing: Mailing) -> None:
    """Queues a mail about the last step of `mailing` to each organiser who may change mailings."""
    able = User.objects.with_perm(
        "newsletters.change_mailing", backend="django.contrib.auth.backends.ModelBackend"
    )
    people = able.filter(is_active=True).exclude(email="").order_by("pk")
    addresses = list(people.values_list("email", flat=True))
    step = MailingStep.objects.filter(mailing=mailing).latest("pk")
    step.notices.add(*envelopes.queue(kind=KIND, to_addresses=addresses, urgency=URGENCY))


def compose(due: Sequence[Envelope]) -> dict[int, Message]:
    """The mails by envelope id, each in the language its organiser works in."""
    told = MailingStep.notices.through.objects.filter(envelope__in=due)
    steps = {
        row.envelope_id: row.mailingstep for row in told.select_related("mailingstep__mailing")
    }
    profiles = UserProfile.objects.filter(user__email__in=[one.to_address for one in due])
    chosen = {one.user.email: one.preferred_language for one in profiles.select_related("user")}
    organisation, composed = Organisation.current(), {}
    for envelope in due:
        language = chosen.get(envelope.to_address) or settings.LANGUAGE_CODE
        if step := steps.get(envelope.pk):
            with override(language):
                composed[envelope.pk] = write(step, organisation, language)
    return composed


def write(step: MailingStep, organisation: Organisation, language: str) -> Message:
    """One mail in the active language."""
    context = {
        "mailing": step.mailing,
        "because": str(step.because),
        "is_paused": step.state == Mailing.State.PAUSED,
        "organisation": organisation,
        "language": language,
        "url": settings.BASE_URL + reverse("mailings:inspect", args=[step.mailing_id]),
    }
    parts = ("subject.txt", "text.txt", "html.html")
    subject, text, html = (
        render_to_string(f"newsletters/mails/stopped-{part}", context) for part in parts
    )
    return Message(
        subject=" ".join(subject.split()),
        text=text,
        html=html,
        sender_name=str(organisation.name),
        language=language,
    )
