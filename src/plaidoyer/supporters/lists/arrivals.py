"""Lists are taken in and taken back by the worker, batch by batch: stopped at any moment, it goes
on where the last batch ended.

A list adds and never overrules: of whom we know already nothing changes, and what somebody answered
here later than the list says is what holds.
"""

import bisect
import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from plaidoyer.lib import tables
from plaidoyer.supporters import consents, retention, tags
from plaidoyer.supporters.consents import NEWSLETTER, Answer
from plaidoyer.supporters.lists.lines import MOST, Fault, Reader, Way, judge
from plaidoyer.supporters.models import (
    Consent,
    Newcomer,
    ReaderList,
    Subscription,
    Supporter,
)

BATCH, BACK = 500, 100
# A list that nobody took in is forgotten after so many days.
WAITS_DAYS = 7


@dataclass(slots=True)
class Foreseen:
    """What a list would bring."""

    new: int = 0
    again: int = 0
    reading: int = 0
    answered_later: int = 0
    faults: list[Fault] = field(default_factory=list)
    first: list[Reader] = field(default_factory=list)

    @property
    def subscribed(self) -> int:
        """How many would read us who do not today."""
        return self.new + self.again


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody we know: whether they read us, and when they answered last."""

    pk: int
    is_reading: bool
    answered_at: datetime.datetime | None

    def may_be_subscribed(self, reader: Reader) -> bool:
        """Whether the yes of a list says more than what they answered here."""
        later = self.answered_at is not None and self.answered_at >= reader.agreed_at
        return not (self.is_reading or later)


def way(readers: ReaderList) -> Way:
    """How that list is read."""
    worded = frozenset(code for code, words in readers.sentences.items() if words)
    return Way(readers.columns, readers.order, readers.language, worded)


def foresee(readers: ReaderList, sample: int = 5) -> Foreseen:
    """What the list would bring today; nothing is kept."""
    told = Foreseen()
    batch: list[Reader] = []
    for one in judge(tables.read(readers.raw), way(readers)):
        if isinstance(one, Fault):
            told.faults.append(one)
            continue
        if len(told.first) < sample:
            told.first.append(one)
        batch.append(one)
        if len(batch) == BATCH:
            count(batch, told)
            batch = []
    count(batch, told)
    return told


def count(batch: Sequence[Reader], told: Foreseen) -> None:
    known = known_of(batch)
    for reader in batch:
        who = known.get(reader.mark)
        if who is None:
            told.new += 1
        elif who.is_reading:
            told.reading += 1
        elif who.may_be_subscribed(reader):
            told.again += 1
        else:
            told.answered_later += 1


def known_of(batch: Sequence[Reader], *, lock: bool = False) -> dict[str, Known]:
    """Whom of a batch we know, by mark; with `lock` nobody's answer changes meanwhile. What only
    followed from something they did is less than a yes, and overruled by one."""
    found = Supporter.objects.filter(mark__in=[reader.mark for reader in batch]).order_by("pk")
    people = list((found.select_for_update(no_key=True) if lock else found).only("pk", "mark"))
    ids = [person.pk for person in people]
    express = Subscription.objects.open().filter(supporter__in=ids, consent__expires_at=None)
    reading = set(express.values_list("supporter", flat=True))
    said = Consent.objects.filter(supporter__in=ids, purpose=NEWSLETTER, expires_at=None)
    answers = dict(said.order_by("answered_at").values_list("supporter", "answered_at"))
    return {one.mark: Known(one.pk, one.pk in reading, answers.get(one.pk)) for one in people}


def ask(readers: ReaderList) -> None:
    """Lets the worker take the list in, once."""
    waiting = ReaderList.objects.filter(pk=readers.pk, asked_at=None).exclude(sealed=b"")
    waiting.update(asked_at=timezone.now(), done=0)


def ask_back(readers: ReaderList) -> None:
    """Lets the worker take the list back, once it is taken in."""
    taken = ReaderList.objects.filter(pk=readers.pk, back_asked_at=None, taken_at__isnull=False)
    taken.update(back_asked_at=timezone.now(), done=0)


def forget(now: datetime.datetime | None = None) -> int:
    """Empties lists that nobody took in for long; how many."""
    before = (now or timezone.now()) - datetime.timedelta(days=WAITS_DAYS)
    old = ReaderList.objects.filter(asked_at=None, uploaded_at__lt=before).exclude(sealed=b"")
    return old.update(sealed=b"")


def keep(raw: bytes, *, name: str, by: AbstractBaseUser) -> ReaderList:
    """The list that was sent, to be looked at. Raises tables.UnreadableError."""
    rows = tables.read(raw)
    if sum(map(bool, rows)) < 2 or not rows[0] or len(rows) > MOST:
        raise tables.UnreadableError
    facts = {"name": name[:200], "raw": raw, "lines": len(rows) - 1, "uploaded_by": by}
    return ReaderList.objects.create(**facts)  # type: ignore[misc]


def carry_on() -> None:
    """Goes on with every list that is asked to be taken in or back."""
    for readers in ReaderList.objects.filter(asked_at__isnull=False, taken_at=None).order_by("pk"):
        take_in(readers)
    back = ReaderList.objects.filter(back_asked_at__isnull=False, back_at=None)
    for readers in back.order_by("pk"):
        take_back(readers)


def take_in(readers: ReaderList) -> None:
    """Takes in what is left of a list, each batch in a transaction of its own."""
    lines = judge(tables.read(readers.raw), way(readers))
    found = [one for one in lines if isinstance(one, Reader)]
    while True:
        with transaction.atomic():
            now = locked(readers)
            if now.taken_at:
                return
            first = bisect.bisect(found, now.done + 1, key=attrgetter("number"))
            if batch := found[first : first + BATCH]:
                welcome(now, batch)
                now.done = batch[-1].number - 1
                now.save(update_fields=["done"])
            else:
                now.done, now.taken_at, now.sealed = now.lines, timezone.now(), b""
                now.save(update_fields=["done", "taken_at", "sealed"])


def welcome(readers: ReaderList, batch: Sequence[Reader]) -> None:
    """Takes a batch in: new people, their consents, their tag."""
    at = timezone.now()
    known = known_of(batch, lock=True)
    Supporter.objects.bulk_create(
        (person(reader, at) for reader in batch if reader.mark not in known), ignore_conflicts=True
    )
    # Whoever acted at this very moment was made by their act.
    found = Supporter.objects.filter(mark__in=[reader.mark for reader in batch])
    people = {one.mark: one for one in found}
    agreeing = [
        reader
        for reader in batch
        if reader.mark not in known or known[reader.mark].may_be_subscribed(reader)
    ]
    sentences = {
        code: consents.wording(NEWSLETTER, code, text)
        for code, text in readers.sentences.items()
        if text
    }
    given = consents.give_many(
        Answer(people[one.mark], sentences[one.language], readers.page, one.agreed_at)
        for one in agreeing
    )
    # They read elsewhere until today: from when on they are silent here is counted from now.
    Subscription.objects.filter(consent__in=given).update(began_at=at)
    yes = {one.supporter_id: one for one in given}
    Newcomer.objects.bulk_create(
        Newcomer(
            list=readers,
            supporter=people[reader.mark],
            consent=yes.get(people[reader.mark].pk),
            is_new=reader.mark not in known,
        )
        for reader in batch
    )
    if readers.tag:
        tags.put(readers.tag, found)


def person(reader: Reader, at: datetime.datetime) -> Supporter:
    return Supporter(  # type: ignore[misc]
        mark=reader.mark,
        email=reader.email,
        given_name=reader.given_name,
        family_name=reader.family_name,
        postal_code=reader.postal_code,
        language=reader.language,
        created_at=at,
    )


def take_back(readers: ReaderList) -> None:
    """Ends what a list began, each batch in a transaction of its own. Whoever came by it and did
    nothing since is erased; of the others what they did themselves stays."""
    while True:
        with transaction.atomic():
            now = locked(readers)
            if now.back_at:
                return
            rows = now.newcomers.order_by("pk")
            if batch := list(rows[now.done : now.done + BACK]):
                part_from(batch)
                now.done += len(batch)
            else:
                now.back_at = timezone.now()
            now.save(update_fields=["done", "back_at"])


def locked(readers: ReaderList) -> ReaderList:
    """The list as it stands, for one worker at a time; without its file, which may be large."""
    return ReaderList.objects.defer("sealed").select_for_update().get(pk=readers.pk)


def part_from(batch: Sequence[Newcomer]) -> None:
    """Ends the subscriptions that stand on the list's yes, and erases who is known by it alone.
    Who left by themselves is remembered as any other who left: the list may come again."""
    brought = [one.consent_id for one in batch if one.consent_id]
    consents.end(Subscription.objects.filter(consent__in=brought), answer=Consent.Answer.UNDONE)
    new = [one.supporter_id for one in batch if one.is_new]
    bare = retention.RULES["bare"]
    just_now = timezone.now() + datetime.timedelta(seconds=1)
    left = Consent.objects.filter(supporter=OuterRef("pk"), answer=Consent.Answer.WITHDRAWN)
    bare.end(list(bare.due(just_now).filter(~Exists(left), pk__in=new)))
