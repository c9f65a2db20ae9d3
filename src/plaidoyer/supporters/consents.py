"""Consent to hear from the organisation: asked apart, given with its wording, taken back."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from plaidoyer.supporters.models import Consent, ConsentWording, Subscription, Supporter

NEWSLETTER = "newsletter"
IMPLIED = Q(consent__basis=Consent.Basis.IMPLIED)


@dataclass(frozen=True, slots=True)
class Answer:
    """A yes that somebody gave: who, to which wording, on which page, when."""

    supporter: Supporter
    wording: ConsentWording
    page: str = ""
    at: datetime.datetime | None = None


def wording(purpose: str, language: str, text: str) -> ConsentWording:
    """The row of this exact sentence: one read, and one write the first time it is ever ticked."""
    found, _new = ConsentWording.objects.get_or_create(
        purpose=purpose, language=language, text=text
    )
    return found


def asked(purpose: str, language: str, text: str) -> ConsentWording:
    """The wording to show: its row where somebody has ticked it before, else an unsaved one."""
    fields = {"purpose": purpose, "language": language, "text": text}
    return ConsentWording.objects.filter(**fields).first() or ConsentWording(**fields)


def kept(ticked: ConsentWording | None) -> ConsentWording | None:
    """What was ticked, as a row to point to; costs nothing where it is one already."""
    if ticked is None or ticked.pk:
        return ticked
    return wording(ticked.purpose, ticked.language, ticked.text)


def give(
    supporter: Supporter,
    *,
    purpose: str,
    wording: ConsentWording,
    page: str,
    at: datetime.datetime | None = None,
) -> Consent:
    """Records a yes to `purpose` and opens the subscription unless one is open.

    `at` is when it was said (now, unless told). Raises ValueError when the wording asks for
    another purpose.
    """
    if wording.purpose != purpose:
        raise ValueError(f"this wording asks for {wording.purpose}, not {purpose}")
    return give_many([Answer(supporter, wording, page, at)])[0]


@transaction.atomic
def give_many(answers: Iterable[Answer]) -> list[Consent]:
    """Records many yeses in a few statements, however many they are.

    An open subscription stays: the database allows one, and the second is let go. One that stood
    on an implied yes stands on this one from now on.
    """
    given = Consent.objects.bulk_create(
        Consent(
            supporter=answer.supporter,
            purpose=answer.wording.purpose,
            answer=Consent.Answer.GIVEN,
            wording=answer.wording,
            page=answer.page,
            answered_at=answer.at or timezone.now(),
        )
        for answer in answers
    )
    yeses = {one.supporter_id: one for one in given if one.purpose == NEWSLETTER}
    Subscription.objects.bulk_create(
        (
            Subscription(supporter=yes.supporter, consent=yes, began_at=yes.answered_at)
            for yes in yeses.values()
        ),
        ignore_conflicts=True,
    )
    implied = list(Subscription.objects.open().filter(IMPLIED, supporter__in=yeses))
    for subscription in implied:
        subscription.consent = yeses[subscription.supporter_id]
    Subscription.objects.bulk_update(implied, ["consent"])
    return given


@transaction.atomic
def imply(
    supporter: Supporter,
    *,
    purpose: str,
    until: datetime.datetime,
    page: str,
    at: datetime.datetime | None = None,
) -> Consent | None:
    """Records that a yes to `purpose` follows from something `supporter` did, until a moment.

    Canada's law lets a charity write for two years to whoever gave or joined (CASL, section
    10(13)); others do not know such a yes. `page` says from what it follows. None where it adds
    nothing: after a no, which is undone by an express yes only, beside an express yes, and beside
    an implied one that lasts as long.
    """
    at = at or timezone.now()
    # Else a no of this same moment would not be seen.
    Supporter.objects.select_for_update(no_key=True).get(pk=supporter.pk)
    last = supporter.consents.filter(purpose=purpose).order_by("-answered_at", "-id").first()
    if last and not may_follow(last, until):
        return None
    consent = Consent.objects.create(
        supporter=supporter,
        purpose=purpose,
        answer=Consent.Answer.GIVEN,
        basis=Consent.Basis.IMPLIED,
        expires_at=until,
        page=page,
        answered_at=at,
    )
    if purpose == NEWSLETTER:
        Subscription.objects.bulk_create(
            [Subscription(supporter=supporter, consent=consent, began_at=at)],
            ignore_conflicts=True,
        )
        theirs = Subscription.objects.open().filter(IMPLIED, supporter=supporter)
        theirs.update(consent=consent)
    return consent


def may_follow(last: Consent, until: datetime.datetime) -> bool:
    """Whether an implied yes until a moment says more than the answer before it."""
    if last.answer != Consent.Answer.GIVEN:
        return last.answer != Consent.Answer.WITHDRAWN
    return last.expires_at is not None and last.expires_at < until


def expire(now: datetime.datetime | None = None) -> int:
    """Ends the subscriptions that stand on an implied yes whose time is over; how many."""
    now = now or timezone.now()
    return end(Subscription.objects.filter(consent__expires_at__lte=now), at=now)


def revoke(supporter: Supporter) -> int:
    """Ends the subscription of `supporter` where it stands on an implied yes, for what that
    followed from is no more; how many."""
    return end(supporter.subscriptions.filter(IMPLIED))


@transaction.atomic
def end(
    subscriptions: QuerySet[Subscription],
    *,
    answer: str = Consent.Answer.EXPIRED,
    at: datetime.datetime | None = None,
) -> int:
    """Ends those that are open, without a word of their supporters: `answer` is what the ledger
    says of it. How many."""
    at = at or timezone.now()
    open_ = subscriptions.filter(ended_at=None).order_by("pk")
    over = list(open_.select_for_update(of=("self",), skip_locked=True))
    Consent.objects.bulk_create(
        Consent(supporter_id=one.supporter_id, purpose=NEWSLETTER, answer=answer, answered_at=at)
        for one in over
    )
    Subscription.objects.filter(pk__in=[one.pk for one in over]).update(ended_at=at)
    return len(over)


@transaction.atomic
def withdraw(
    supporter: Supporter, *, purpose: str, page: str, at: datetime.datetime | None = None
) -> Consent:
    """Records a no to `purpose` and ends the open subscription; harmless when there is none."""
    at = at or timezone.now()
    Supporter.objects.select_for_update(no_key=True).get(pk=supporter.pk)
    consent = Consent.objects.create(
        supporter=supporter,
        purpose=purpose,
        answer=Consent.Answer.WITHDRAWN,
        page=page,
        answered_at=at,
    )
    if purpose == NEWSLETTER:
        Subscription.objects.filter(supporter=supporter, ended_at=None).update(ended_at=at)
    return consent


def answered_since(moments: dict[int, datetime.datetime], *, purpose: str) -> set[int]:
    """Of supporters, by id with a moment each, those who answered `purpose` at theirs or later."""
    last = Consent.objects.filter(supporter__in=moments, purpose=purpose).values_list(
        "supporter_id", "answered_at"
    )
    return {supporter for supporter, at in last if at >= moments[supporter]}
