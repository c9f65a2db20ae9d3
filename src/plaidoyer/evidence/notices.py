"""Telling organisers of links that no longer answer; of each link once."""

from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from plaidoyer.evidence import links
from plaidoyer.evidence.models import DeadLink, DeadLinkNotice
from plaidoyer.mail import envelopes
from plaidoyer.mail.kinds import Message
from plaidoyer.mail.models import Envelope
from plaidoyer.organisation.models import Organisation
from plaidoyer.staff.people import language_of

KIND = "dead_link_notice"
URGENCY = 12


def readers() -> list[User]:
    """Who keeps evidence in the back office and has an address."""
    able = User.objects.with_perm(
        "evidence.view_reading", backend="django.contrib.auth.backends.ModelBackend"
    )
    return list(able.filter(is_active=True).exclude(email="").order_by("pk"))


@transaction.atomic
def tell() -> int:
    """Queues a mail to each organiser of the dead links they were not told of yet; how many mails.

    The database allows one notice of a link to one person, so twice at once is once.
    """
    dead, mails = list(links.dead().values()), 0
    for reader in readers() if dead else []:
        made = [DeadLinkNotice.objects.get_or_create(link=one, reader=reader) for one in dead]
        if fresh := [notice.pk for notice, is_new in made if is_new]:
            (envelope,) = envelopes.queue(kind=KIND, to_addresses=[reader.email], urgency=URGENCY)
            DeadLinkNotice.objects.filter(pk__in=fresh).update(envelope=envelope)
            mails += 1
    return mails


def compose(due: Sequence[Envelope]) -> dict[int, Message]:
    """The mails by envelope id; none where every link lives again."""
    notices = DeadLinkNotice.objects.filter(
        envelope__in=due, link__ended_at=None, reader__is_active=True
    )
    found: dict[int, list[DeadLinkNotice]] = {}
    for one in notices.select_related("link", "reader__wagtail_userprofile").order_by("link__url"):
        found.setdefault(one.envelope_id or 0, []).append(one)
    organisation = Organisation.current()
    return {
        envelope: write([one.link for one in some], organisation, language_of(some[0].reader))
        for envelope, some in found.items()
    }


def write(dead: list[DeadLink], organisation: Organisation, language: str) -> Message:
    """One mail in `language`."""
    with override(language):
        context = {
            "links": dead,
            "organisation": organisation,
            "language": language,
            "desk": settings.BASE_URL + reverse("evidence_dead"),
        }
        subject, text, html = (
            render_to_string(f"evidence/mails/dead-{part}", context)
            for part in ("subject.txt", "text.txt", "html.html")
        )
        return Message(
            subject=" ".join(subject.split()),
            text=text,
            html=html,
            sender_name=str(organisation.name),
            language=language,
        )
