"""What is kept of replies and surveys about a writer: shown to them, emptied when they ask."""

from typing import Any

from plaidoyer.delivery.replies.models import Reply, Survey, SurveyAnswer, SurveyStop
from plaidoyer.mail import envelopes, returns
from plaidoyer.mail.models import Envelope
from plaidoyer.supporters.models import Supporter


def export(supporter: Supporter) -> dict[str, Any]:
    """Every reply as we keep it, every question and every answer."""
    replies = Reply.objects.filter(letter__action__match__supporter=supporter).order_by("id")
    surveys = Survey.objects.filter(supporter=supporter).order_by("id")
    answers = SurveyAnswer.objects.filter(survey__supporter=supporter).order_by("id")
    stop = SurveyStop.objects.filter(supporter=supporter).first()
    return {
        "replies": [told(reply) for reply in replies.select_related("letter", "may_quote")],
        "asked": list(surveys.values("wave", "envelope__queued_at")),
        "answers": list(answers.values("letter__recipient", "answer", "answered_at")),
        "asked_no_more_since": stop and stop.stopped_at,
    }


def told(reply: Reply) -> dict[str, Any]:
    """One reply, with the yes to quote it."""
    facts = ("source", "received_at", "replied_on", "said", "category", "sender", "subject", "text")
    return {
        "to": reply.letter.recipient,
        **{name: getattr(reply, name) for name in facts},
        "may_quote_since": reply.may_quote.answered_at if reply.may_quote else None,
        "quote_ended_at": reply.quote_ended_at,
    }


def erase(supporter: Supporter) -> None:
    """Empties what was replied to `supporter`; that it was stays: it names nobody who wrote."""
    theirs = Reply.objects.filter(letter__action__match__supporter=supporter)
    theirs.update(sealed=b"")
    for reply in theirs.filter(readings__note__gt="").distinct():
        reply.readings.update(note="")
    returns.erase(Envelope.objects.filter(letter__action__match__supporter=supporter))
    envelopes.erase(Envelope.objects.filter(survey__supporter=supporter))
