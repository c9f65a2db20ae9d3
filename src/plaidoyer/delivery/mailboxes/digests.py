"""All letters of a day in one mail: for whom there are too many, or who asked for it.

A mailbox gets at most one a day, on a working day, with what was written before that morning. It
names every writer as their letter does; a text that many sent stands there once, with its writers.
"""

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from plaidoyer.delivery.mailboxes import budgets, offices, turns
from plaidoyer.delivery.mailboxes.hours import Rhythm
from plaidoyer.delivery.mailboxes.models import Courtesy, Digest, Mailbox, MailboxHold, MailServer
from plaidoyer.delivery.models import Letter, LetterQuerySet
from plaidoyer.lib import wording
from plaidoyer.mail import envelopes
from plaidoyer.mail.kinds import Message
from plaidoyer.mail.models import Envelope
from plaidoyer.organisation.models import Organisation

KIND = "letter_digest"
URGENCY = 9
# Servers take mails of ten megabytes at least; base64 makes four bytes of three.
MOST_CHARACTERS = 5_000_000
# What each writer's line may take, on top of the texts.
LINE = 80
# So many writers, and so long a text, stand in the mail itself; more is a file beside it.
IN_THE_MAIL, LONG = 30, 20_000
BATCH = 2000


def make_due(at: datetime.datetime | None = None) -> int:
    """Makes the digests that are due today and not made yet; how many letters they carry."""
    at = at or timezone.now()
    courtesy, carried = Courtesy.current(), 0
    waiting = Letter.objects.waiting().filter(mailbox=OuterRef("pk"))
    boxes = Mailbox.objects.filter(Exists(waiting)).exclude(flow=Mailbox.Flow.SINGLY)
    for mailbox in boxes.exclude(turns.held()).order_by("pk"):
        rhythm = budgets.rhythm(mailbox, courtesy)
        today = rhythm.day(at)
        if rhythm.is_open(at) and mailbox.asked_on != today:
            carried += make(mailbox, rhythm, at, courtesy.digest_after_days)
    return carried


@transaction.atomic
def make(mailbox: Mailbox, rhythm: Rhythm, at: datetime.datetime, after_days: int) -> int:
    """The digest of `mailbox` for the day of `at`; how many letters it carries, 0: none is due."""
    today = rhythm.day(at)
    # Turns are given under this lock: no letter has one and is carried by the digest too.
    MailServer.objects.select_for_update(no_key=True).get(pk=mailbox.server_id)
    locked = Mailbox.objects.select_for_update(no_key=True).filter(pk=mailbox.pk)
    if not locked.exclude(asked_on=today).exists():
        return 0
    locked.update(asked_on=today)
    morning = rhythm.moment(today, rhythm.opens)
    one_by_one = 0 if mailbox.flow == Mailbox.Flow.DIGEST else rhythm.per_day * after_days
    letters = chosen(mailbox, before=morning, one_by_one=one_by_one)
    if not letters:
        return 0
    (envelope,) = envelopes.queue(
        kind=KIND, to_addresses=[mailbox.to_address], urgency=URGENCY, due_at=at
    )
    digest = Digest.objects.create(mailbox=mailbox, day=today, made_at=at, envelope=envelope)
    return put_in(digest, letters)


def chosen(mailbox: Mailbox, *, before: datetime.datetime, one_by_one: int) -> list[int]:
    """The ids of those that a digest carries: all but so many, the first in line, as fit in it."""
    waiting = Letter.objects.waiting().standing().filter(mailbox=mailbox, written_at__lt=before)
    waiting = not_held(waiting).order_by("id")
    if not waiting[one_by_one : one_by_one + 1]:
        return []
    keys: list[int] = []
    texts: set[tuple[str, str]] = set()
    size = 0
    for letter in waiting.select_related("action")[one_by_one:].iterator(chunk_size=BATCH):
        text = words(letter)
        size += LINE + (0 if text in texts else sum(map(len, text)))
        if size > MOST_CHARACTERS and keys:
            break  # the others have the next day's
        texts.add(text)
        keys.append(letter.pk)
    return keys


def not_held(letters: LetterQuerySet) -> LetterQuerySet:
    """Without those of campaigns that are held there, and what is frozen."""
    holds = MailboxHold.objects.filter(
        mailbox=OuterRef("mailbox"),
        campaign=OuterRef("target__campaign"),
        effect="hold",
        lifted_at=None,
    )
    return letters.exclude(Exists(holds)).exclude(pk__in=Letter.objects.frozen().values("pk"))


def put_in(digest: Digest, keys: Sequence[int]) -> int:
    """Lets `digest` carry those letters in place of an envelope of their own; how many."""
    carried = 0
    for start in range(0, len(keys), BATCH):
        some = keys[start : start + BATCH]
        own = Envelope.objects.filter(letter__in=some)
        envelopes.cancel(own)
        # One that left, or is leaving, at this moment stays what it is.
        free = Letter.objects.filter(pk__in=some, turn_at=None, envelope__state="cancelled")
        carried += free.update(digest=digest, envelope=None)
    return carried


def words(letter: Letter) -> tuple[str, str]:
    """Subject and text of `letter` without the lines that name its writer."""
    signed = "\n\n" + "\n".join(writer(letter))
    return letter.subject, letter.body.replace(signed, "", 1)


def writer(letter: Letter) -> list[str]:
    """Who wrote it, as the letter shows it."""
    return [line for line in (letter.action.full_name, letter.action.postal_code) if line]


@dataclass(slots=True)
class Text:
    """One text with everybody who sent it."""

    subject: str
    body: str
    writers: list[str] = field(default_factory=list)


def gathered(letters: Iterable[Letter]) -> list[Text]:
    """The texts with their writers, the one of most writers first."""
    texts: dict[tuple[str, str], Text] = {}
    for letter in letters:
        key = words(letter)
        texts.setdefault(key, Text(*key)).writers.append(", ".join(writer(letter)))
    return sorted(texts.values(), key=lambda text: -len(text.writers))


def compose(due: Sequence[Envelope]) -> dict[int, Message]:
    """The digests by envelope id, of those letters whose acts count; none where none does."""
    organisation, composed = Organisation.current(), {}
    for digest in Digest.objects.filter(envelope__in=due).select_related("mailbox"):
        letters = Letter.objects.standing().filter(digest=digest).order_by("id")
        found = list(letters.select_related("action", "target__post", "target__person", "post"))
        if found:
            language = spoken(found)
            with override(language):
                composed[digest.envelope_id] = write(digest, gathered(found), organisation)
    return composed


def spoken(letters: Sequence[Letter]) -> str:
    """The language of whoever reads them; where it is not known, that of most letters."""
    first = letters[0]
    office = first.post or first.target.post
    person = office.holder() if office else first.target.person
    if person and person.preferred_language:
        return person.preferred_language
    counts = Counter(letter.language or letter.action.language for letter in letters)
    return counts.most_common(1)[0][0]


def write(digest: Digest, texts: Sequence[Text], organisation: Organisation) -> Message:
    """One digest in the active language."""
    language = get_language() or settings.LANGUAGE_CODE
    number = sum(len(text.writers) for text in texts)
    context: dict[str, Any] = {
        "texts": texts,
        "number": number,
        "organisation": organisation,
        "language": language,
        "day": wording.date(digest.day, language),
        **offices.links(digest.mailbox),
    }
    context["whole"] = whole = render_to_string("delivery/mailboxes/letters.txt", context)
    is_long = number > IN_THE_MAIL or len(whole) > LONG
    context["is_long"] = is_long
    subject = ngettext("%(number)s letter of %(day)s", "%(number)s letters of %(day)s", number)
    shown = {"number": wording.number(number, language), "day": context["day"]}
    contact = organisation.contact_email
    return Message(
        subject=subject % shown,
        text=render_to_string("delivery/mailboxes/digest.txt", context),
        html=render_to_string("delivery/mailboxes/digest.html", context),
        sender_name=str(organisation.name),
        language=language,
        reply_to=(str(organisation.name), contact) if contact else None,
        attachments=((_("letters") + f"-{digest.day}.txt", whole),) if is_long else (),
    )
