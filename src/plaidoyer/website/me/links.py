"""The link to a supporter's own page: asked by anybody, mailed to those we know, good for a day."""

import datetime
from collections import Counter
from collections.abc import Collection, Sequence

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from plaidoyer.lib import tokens, wording
from plaidoyer.mail import envelopes
from plaidoyer.mail.kinds import Message
from plaidoyer.mail.models import Envelope
from plaidoyer.organisation.models import Organisation
from plaidoyer.supporters import privacy
from plaidoyer.supporters.models import Supporter
from plaidoyer.vault import marks
from plaidoyer.website.models import LinkRequest

KIND = "me"
URGENCY = 20
A_DAY = 3
VALID = datetime.timedelta(hours=24)


class TooOldError(ValueError):
    """The link was good for a day, and that is over."""


def request(*, email: str, language: str) -> LinkRequest:
    """Writes down that somebody asked: one INSERT, the same for known and unknown addresses."""
    return LinkRequest.objects.create(email=email, language=language)  # type: ignore[misc]


@transaction.atomic
def answer(limit: int = 500) -> int:
    """Queues the mail for requests of addresses we know and deletes the others; how many of both.

    A supporter gets at most three such mails in 24 hours, so that nobody is flooded with them.
    The mail goes to the address we have, not to the spelling that was typed.
    """
    waiting = list(
        LinkRequest.objects.select_for_update(skip_locked=True)
        .filter(envelope=None)
        .order_by("id")[:limit]
    )
    known = supporters_of(waiting)
    mailed = mailed_lately(known.values())
    answered = []
    for asked in waiting:
        supporter = known.get(marks.address(asked.email))
        if supporter and mailed[supporter.pk] < A_DAY:
            mailed[supporter.pk] += 1
            asked.supporter, asked.email = supporter, ""
            answered.append(asked)
    queued = envelopes.queue(
        kind=KIND,
        to_addresses=[asked.supporter.email for asked in answered if asked.supporter],
        urgency=URGENCY,
    )
    for asked, envelope in zip(answered, queued, strict=True):
        asked.envelope = envelope
    LinkRequest.objects.bulk_update(answered, ["supporter", "envelope", "sealed"])
    LinkRequest.objects.filter(id__in=[asked.pk for asked in waiting], envelope=None).delete()
    return len(waiting)


def supporters_of(requests: Sequence[LinkRequest]) -> dict[str, Supporter]:
    """Those whom the requests are about, by their marks; locked, so that the cap holds."""
    asked = {marks.address(one.email) for one in requests}
    found = Supporter.objects.select_for_update(no_key=True).filter(mark__in=asked)
    return {supporter.mark: supporter for supporter in found.order_by("id")}


def mailed_lately(supporters: Collection[Supporter]) -> Counter[int]:
    """How many links were mailed to each in the last 24 hours, by the supporter's id."""
    lately = LinkRequest.objects.filter(
        supporter__in=supporters, requested_at__gt=timezone.now() - VALID
    )
    return Counter(lately.values_list("supporter_id", flat=True))


def path(asked: LinkRequest) -> str:
    """Where the page opens, in the active language."""
    return reverse("me:page", args=[tokens.make(KIND, asked.uid)])


def supporter(token: str) -> Supporter:
    """Whose page `token` opens.

    Raises BadTokenError when it is none of ours, TooOldError after a day, and ErasedError when
    nothing is kept of them any more.
    """
    asked = (
        LinkRequest.objects.filter(uid=tokens.read(KIND, token)).select_related("supporter").first()
    )
    if asked is None or asked.supporter is None:
        raise tokens.BadTokenError(KIND)
    found = privacy.ensure_kept(asked.supporter)
    if timezone.now() - asked.requested_at > VALID:
        raise TooOldError
    return found


def compose(due: Sequence[Envelope]) -> dict[int, Message]:
    """The mails with the links, by envelope id; none once the link is too old."""
    fresh = timezone.now() - VALID
    organisation = Organisation.current()
    asked = LinkRequest.objects.filter(envelope__in=due, requested_at__gt=fresh)
    composed = {}
    for one in asked.select_related("envelope"):
        with override(one.language):
            composed[one.envelope.pk] = write(one, organisation)  # type: ignore[union-attr]
    return composed


def write(asked: LinkRequest, organisation: Organisation) -> Message:
    """One mail in the active language."""
    until = timezone.localtime(asked.requested_at + VALID)
    context = {
        "organisation": organisation,
        "language": asked.language,
        "url": settings.BASE_URL + path(asked),
        "until": wording.moment(until, asked.language),
    }
    subject, text, html = (
        render_to_string(f"website/me/letters/link-{part}", context)
        for part in ("subject.txt", "text.txt", "html.html")
    )
    return Message(
        subject=" ".join(subject.split()),
        text=text,
        html=html,
        sender_name=str(organisation.name),
        language=asked.language,
    )
