"""Whether somebody still reads: who did nothing for long is asked once, and silence ends it.

Two rules of keeping: `quiet` asks by one mail, `unanswered` ends the subscription some days after
that mail left. Opening and clicking are known of nobody, so neither is a sign of life; whatever
somebody does by their own hand is.
"""

import datetime
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy, override

from plaidoyer.actions.models import Confirmation
from plaidoyer.lib import wording
from plaidoyer.mail import envelopes
from plaidoyer.mail.kinds import Message
from plaidoyer.mail.models import Envelope
from plaidoyer.newsletters import copies
from plaidoyer.newsletters.segments.readers import in_our
from plaidoyer.newsletters.topics.models import Pause, StayQuestion
from plaidoyer.organisation.models import Organisation
from plaidoyer.supporters import consents, retention
from plaidoyer.supporters.models import Consent, Correction, Subscription, Supporter

KIND = "stay"
State = Envelope.State
# Asked as far as we can ask: whoever's address takes no mail will not answer.
ASKED = [State.ACCEPTED, State.REFUSED, State.SUPPRESSED, State.BOUNCED, State.COMPLAINED]
Answer = Consent.Answer
Sign = Callable[[Any, Any], QuerySet[Any]]
# What a supporter did since a moment, both given as values or references; a room may add its own.
SIGNS: list[Sign] = [
    lambda who, since: Consent.objects.filter(
        supporter=who, answered_at__gte=since, answer__in=[Answer.GIVEN, Answer.WITHDRAWN]
    ),
    lambda who, since: Confirmation.objects.filter(supporter=who, confirmed_at__gte=since),
    lambda who, since: Pause.objects.filter(supporter=who, began_at__gte=since),
    lambda who, since: Correction.objects.filter(supporter=who, corrected_at__gte=since),
]


def silent(rows: QuerySet[Any], since: Any) -> QuerySet[Any]:
    """Those of `rows` whose supporter did nothing since a moment."""
    return rows.filter(*(~Exists(sign(OuterRef("supporter"), since)) for sign in SIGNS))


def quiet(before: datetime.datetime) -> QuerySet[Subscription]:
    """Subscriptions by an express yes of whoever did nothing since then, and was not asked."""
    asked = StayQuestion.objects.filter(supporter=OuterRef("supporter"), asked_at__gte=before)
    standing = Subscription.objects.filter(
        ~Exists(asked), ended_at=None, began_at__lt=before, consent__expires_at=None
    )
    return silent(standing, before).select_related("supporter")


def ask(subscriptions: Sequence[Subscription]) -> None:
    """Queues the mail that asks each of them."""
    people = [subscription.supporter for subscription in subscriptions]
    queued = envelopes.queue(kind=KIND, to_addresses=[person.email for person in people])
    StayQuestion.objects.bulk_create(
        StayQuestion(supporter=person, envelope=envelope)
        for person, envelope in zip(people, queued, strict=True)
    )


def open_questions() -> QuerySet[StayQuestion]:
    """Those that wait for a sign of life of somebody who is still subscribed."""
    theirs = {"supporter": OuterRef("supporter"), "began_at__lt": OuterRef("asked_at")}
    standing = StayQuestion.objects.filter(
        Exists(Subscription.objects.filter(**theirs, ended_at=None))
    )
    return silent(standing, OuterRef("asked_at"))


def unanswered(before: datetime.datetime) -> QuerySet[StayQuestion]:
    """Open questions whose mail left before then."""
    return open_questions().filter(envelope__state__in=ASKED, envelope__ended_at__lt=before)


def lapse(questions: Sequence[StayQuestion]) -> None:
    """Ends their subscriptions; the ledger says why."""
    people = [question.supporter_id for question in questions]
    # Whoever presses the button at this moment comes before, or too late (preferences.stay).
    list(Supporter.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk"))
    still = open_questions().filter(pk__in=[question.pk for question in questions])
    over = Subscription.objects.filter(supporter__in=still.values("supporter"))
    consents.end(over, answer=Answer.LAPSED)


RULES = {
    "quiet": retention.Rule(
        gettext_lazy("readers who did nothing"),
        gettext_lazy("asked by mail whether they stay"),
        quiet,
        ask,
    ),
    "unanswered": retention.Rule(
        gettext_lazy("readers who were asked and did not answer"),
        gettext_lazy("unsubscribed"),
        unanswered,
        lapse,
    ),
}


def compose(due: Sequence[Envelope]) -> dict[int, Message]:
    """The mails by envelope id; none to whoever did something meanwhile."""
    asked = open_questions().filter(envelope__in=due).select_related("supporter")
    organisation = Organisation.current()
    return {question.envelope_id: write(question.supporter, organisation) for question in asked}


def write(reader: Supporter, organisation: Organisation) -> Message:
    """The question to one reader, in their language."""
    language = in_our(reader.language)
    ends_on = timezone.localdate() + datetime.timedelta(days=retention.days("unanswered"))
    way_out = copies.unsubscribe_url(reader)
    with override(language):
        context = {
            "given_name": reader.given_name,
            "organisation": organisation,
            "language": language,
            "day": wording.date(ends_on, language),
            "url": f"{way_out}preferences/",
            "unsubscribe_url": way_out,
        }
        subject, text, html = (
            render_to_string(f"newsletters/mails/stay-{part}", context)
            for part in ("subject.txt", "text.txt", "html.html")
        )
    return Message(
        subject=" ".join(subject.split()),
        text=text,
        html=html,
        sender_name=organisation.name.in_language(language),
        language=language,
        headers={
            "List-Unsubscribe": f"<{way_out}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
