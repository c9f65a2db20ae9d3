"""The mail that tells those who signed what has changed in the letter."""

from collections.abc import Sequence

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from plaidoyer.actions.kinds.open_letter.models import RevisionNotice
from plaidoyer.actions.messages import withdrawal_path
from plaidoyer.actions.models import Confirmation
from plaidoyer.mail.kinds import Message
from plaidoyer.mail.models import Envelope
from plaidoyer.organisation.models import Organisation


def compose(envelopes: Sequence[Envelope]) -> dict[int, Message]:
    """The mail of each notice, by envelope id; none where the act has been withdrawn since."""
    notices = RevisionNotice.objects.filter(envelope__in=envelopes)
    notices = notices.select_related("revision__form__campaign", "action")
    acts = [notice.action_id for notice in notices]
    counting = Confirmation.objects.counted().filter(action__in=acts)
    still = set(counting.values_list("action_id", flat=True))
    organisation = Organisation.current()
    return {
        notice.envelope_id: write(notice, organisation)
        for notice in notices
        if notice.action_id in still
    }


def write(notice: RevisionNotice, organisation: Organisation) -> Message:
    """One mail in the language the letter was signed in."""
    form = notice.revision.form
    with override(notice.action.language):
        context = {
            "form": form,
            "revision": notice.revision,
            "organisation": organisation,
            "language": notice.action.language,
            "changes_url": settings.BASE_URL
            + reverse("actions:open_letter:revisions", args=[form.public_id]),
            "withdraw_url": settings.BASE_URL + withdrawal_path(notice.action),
        }
        subject, text, html = (
            render_to_string(f"open_letter/letters/revision-{part}", context)
            for part in ("subject.txt", "text.txt", "html.html")
        )
    return Message(
        subject=" ".join(subject.split()),
        text=text,
        html=html,
        sender_name=str(organisation.name),
        language=notice.action.language,
    )
