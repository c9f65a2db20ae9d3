"""Replies: told by whoever got one, or arrived at the copy address of a letter; and what each is.

A target answers the writer, not us. So a writer tells us, pastes it, or forwards it to an address
that is this letter's alone; machines answer to where bounces come back.
"""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from plaidoyer.delivery.models import Letter
from plaidoyer.delivery.replies.models import ANSWERED, Category, Reading, Reply, SurveyAnswer
from plaidoyer.lib import tokens, typed
from plaidoyer.mail import returns
from plaidoyer.mail.models import Envelope
from plaidoyer.organisation.models import Organisation
from plaidoyer.supporters import consents

PURPOSE = "reply"
QUOTE = "quote_reply"
LONGEST = 20_000
# Told by one writer, or arrived, for one letter. What comes beyond it is not kept.
MOST = 20
SAID = [
    Category.ACKNOWLEDGED,
    Category.SUBSTANTIVE,
    Category.POSITION,
    Category.AUTOMATIC,
]


class TooManyError(ValueError):
    """For this letter enough was told."""


def token(envelope: Envelope) -> str:
    """What opens the page on which the writer of the letter in `envelope` tells of a reply."""
    return tokens.make(PURPOSE, envelope.uid)


def letter(token_: str) -> Letter:
    """The letter that `token_` is about. Raises BadTokenError when there is none."""
    uid = tokens.read(PURPOSE, token_)
    found = Letter.objects.filter(envelope__uid=uid).select_related(
        "action__form", "action__match__supporter", "envelope", "target"
    )
    if one := found.first():
        return one
    raise tokens.BadTokenError(PURPOSE)


def quote_sentence() -> str:
    """What the box asks beside a reply, in the active language."""
    return _("%(organisation)s may quote this reply in public, without my name.") % {
        "organisation": Organisation.current().name
    }


@transaction.atomic
def tell(
    letter: Letter,
    *,
    category: str,
    replied_on: datetime.date | None = None,
    text: str = "",
    may_quote: bool = False,
    language: str = "",
    page: str = "",
) -> Reply:
    """Keeps what the writer of `letter` says came back; the same again is kept once.

    Raises TooManyError beyond twenty. The yes to a quotation is a consent, word for word.
    """
    locked = Letter.objects.select_for_update(no_key=True).get(pk=letter.pk)
    facts: dict[str, Any] = {"said": category, "replied_on": replied_on}
    for there in locked.replies.filter(source=Reply.Source.TOLD, **facts):
        if there.text == text[:LONGEST]:
            return there
    if locked.replies.count() >= MOST:
        raise TooManyError
    facts["text"] = text[:LONGEST]
    reply = Reply(letter=locked, source=Reply.Source.TOLD, category=category, **facts)
    if may_quote:
        reply.may_quote = consents.give(
            letter.action.match.supporter,
            purpose=QUOTE,
            wording=consents.wording(QUOTE, language, quote_sentence()),
            page=page,
        )
    reply.save()
    return reply


@transaction.atomic
def end_quotation(reply: Reply, *, page: str = "") -> bool:
    """Its receiver lets us quote it no more; whether they did until now."""
    allowed = Reply.objects.filter(pk=reply.pk, may_quote__isnull=False, quote_ended_at=None)
    if not allowed.update(quote_ended_at=timezone.now()):
        return False
    consents.withdraw(reply.letter.action.match.supporter, purpose=QUOTE, page=page)
    return True


def receive(coming: returns.Coming) -> None:
    """Keeps a reply, or a machine's, that arrived for a letter; bounces are not for us.

    Nothing is kept for a writer who had everything erased.
    """
    if coming.kind not in {returns.REPLY, returns.AUTO_REPLY}:
        return
    letters = Letter.objects.select_for_update(no_key=True).filter(envelope=coming.envelope)
    letter = letters.exclude(sealed=b"").first()
    if letter is None or letter.replies.count() >= MOST:
        return
    is_machine = coming.kind == returns.AUTO_REPLY
    facts: dict[str, Any] = {
        "received_at": coming.received_at,
        "sender": typed.line(f"{coming.sender_name} <{coming.sender}>")[:320],
        "subject": typed.line(coming.subject)[:250],
        "text": typed.paragraphs(coming.text)[:LONGEST],
    }
    if not is_machine:
        Reply.objects.create(letter=letter, source=Reply.Source.FORWARDED, **facts)
        return
    said = {"said": Category.AUTOMATIC, "category": Category.AUTOMATIC}
    Reply.objects.get_or_create(
        letter=letter, source=Reply.Source.MACHINE, defaults={**facts, **said}
    )


@transaction.atomic
def classify(reply: Reply, category: str, *, by: Any, note: str = "") -> Reading | None:
    """An organiser says what `reply` is: a dated row. None where it says nothing new."""
    locked = Reply.objects.select_for_update(no_key=True).get(pk=reply.pk)
    last = locked.readings.first()
    if last and (last.category, last.note) == (category, note):
        return None
    locked.category = reply.category = category
    locked.save(update_fields=["category"])
    return Reading.objects.create(reply=locked, category=category, note=note, read_by=by)


YES = [SurveyAnswer.Answer.SUBSTANCE, SurveyAnswer.Answer.ACKNOWLEDGED]


def replied(until: datetime.datetime | None = None) -> QuerySet[Letter]:
    """Letters that a person answered, as far as we know: the rung "replied" of the count ladder.

    Known by a reply that is not a machine's, as an organiser read it or, unread, its writer said;
    or by what the writer last said when they were asked. A forwarded one counts once it is read.
    """
    heard = Reply.objects.filter(category__in=ANSWERED)
    asked = SurveyAnswer.objects.all()
    if until:
        heard, asked = heard.filter(received_at__lt=until), asked.filter(answered_at__lt=until)
    last = asked.order_by("letter", "-id").distinct("letter").values("pk")
    yes = SurveyAnswer.objects.filter(pk__in=last, answer__in=YES)
    return Letter.objects.filter(Q(pk__in=heard.values("letter")) | Q(pk__in=yes.values("letter")))
