"""What came back for the letters about the otters, and a petition that was handed over."""

import datetime
from collections.abc import Sequence
from itertools import batched, cycle
from typing import Any

from django.contrib.auth.models import User
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from plaidoyer.actions.kinds import KINDS
from plaidoyer.actions.models import Action, Confirmation
from plaidoyer.delivery import letters
from plaidoyer.delivery.models import Letter, Mailbox, Reply, Survey, SurveyAnswer
from plaidoyer.delivery.replies import collecting, rates, surveys
from plaidoyer.demo import book
from plaidoyer.demo.arvane import Cause, morning
from plaidoyer.mail import envelopes
from plaidoyer.mail.models import Envelope
from plaidoyer.outcomes.handovers import handing, packages
from plaidoyer.outcomes.models import Handover

State = Envelope.State
LETTERS, HOUR = 30, datetime.timedelta(hours=1)
LETTERS_TASK, PORTION = "delivery.write_letters", 500


def tell(causes: dict[str, Cause], *, by: User) -> None:
    """Some early letters were taken, their writers asked, and a few of them answered."""
    told = book.read("answers.toml")
    otters = causes[told["campaign"]]
    sent = taken(otters)
    ask(sent, told["answers"])
    for letter, one in zip(sent, told["replies"], strict=False):
        reply = come(letter, one)
        if one.get("read"):
            collecting.classify(reply, one["read"], by=by)
    rates.show(otters.campaign, is_shown=True, by=by)


def taken(cause: Cause) -> list[Letter]:
    """The first letters of the campaign, as if its reader's server had taken them then."""
    acts = Action.objects.filter(form__in=cause.forms, confirmation__withdrawal=None)
    letters.write(acts.order_by("submitted_at")[:LETTERS])
    written = Letter.objects.filter(action__form__in=cause.forms, envelope__isnull=False)
    sent = list(written.select_related("action__confirmation", "envelope").order_by("id"))
    for letter in sent:
        assert letter.envelope is not None  # the filter asks for it
        letter.written_at = letter.turn_at = letter.action.confirmation.confirmed_at
        letter.envelope.ended_at = letter.written_at + HOUR
    Letter.objects.bulk_update(sent, ["written_at", "turn_at"])
    arrive([letter.envelope for letter in sent if letter.envelope])
    return sent


def leave() -> None:
    """Every other letter left within an hour too: whoever tries the demo waits behind nobody."""
    kinds = [name for name, kind in KINDS.items() if kind.after_confirmation == LETTERS_TASK]
    acts = Action.objects.filter(form__kind__in=kinds, confirmation__withdrawal=None).order_by("id")
    for portion in batched(acts.iterator(), PORTION, strict=False):
        letters.write(portion)
    waiting = Letter.objects.waiting()
    confirmed = Confirmation.objects.filter(action=OuterRef("action")).values("confirmed_at")
    rows = Envelope.objects.filter(pk__in=list(waiting.values_list("envelope", flat=True)))
    waiting.update(written_at=Subquery(confirmed), turn_at=Subquery(confirmed))
    rows.update(state=State.LEASED)
    taken_at = Letter.objects.filter(envelope=OuterRef("pk")).values("written_at")
    ended = Subquery(taken_at) + HOUR
    rows.update(state=State.ACCEPTED, reply="250 2.0.0 taken", ended_at=ended)
    # Their mailboxes have known us for long: no slow beginning.
    now = timezone.now()
    Mailbox.objects.update(warm_at=now - 30 * datetime.timedelta(days=1), next_at=now)


def arrive(of: Sequence[Envelope]) -> None:
    """Each was taken by its server at its `ended_at`, along the ways that a mail may go."""
    rows = Envelope.objects.filter(pk__in=[one.pk for one in of])
    rows.update(state=State.LEASED)
    rows.update(state=State.ACCEPTED, reply="250 2.0.0 taken")
    Envelope.objects.bulk_update(of, ["ended_at"])


def ask(sent: Sequence[Letter], answers: Sequence[str]) -> None:
    """Two weeks later each writer was asked, and most of them answered."""
    asked = envelopes.queue(kind=surveys.KIND, to_addresses=[one.action.email for one in sent])
    for letter, envelope in zip(sent, asked, strict=True):
        envelope.ended_at = letter.written_at + 2 * surveys.WEEK
    arrive(asked)
    mails = Survey.objects.bulk_create(
        Survey(
            form_id=letter.action.form_id,
            supporter_id=letter.action.confirmation.supporter_id,
            wave=1,
            action=letter.action,
            envelope=envelope,
        )
        for letter, envelope in zip(sent, asked, strict=True)
    )
    SurveyAnswer.objects.bulk_create(
        SurveyAnswer(
            letter=letter,
            survey=mail,
            answer=said,
            answered_at=letter.written_at + 2 * surveys.WEEK,
        )
        for letter, mail, said in zip(sent, mails, cycle(answers), strict=False)
        if said
    )


def come(letter: Letter, one: dict[str, Any]) -> Reply:
    """One reply, some days after its letter."""
    at = letter.written_at + datetime.timedelta(days=one["days"])
    said = one.get("said", "")
    return Reply.objects.create(  # type: ignore[misc]
        letter=letter,
        source=one["source"],
        received_at=at,
        replied_on=timezone.localtime(at).date() if said else None,
        said=said,
        category=said,
        sender=letter.action.email if one["source"] == "forwarded" else "",
        subject=one.get("subject", ""),
        text=one["text"],
    )


def hand_over(causes: dict[str, Cause], *, by: User) -> None:
    """A petition was brought to its target, with its package."""
    told = book.read("answers.toml")["handover"]
    cause = causes[told["campaign"]]
    form = next(form for form in cause.forms if form.kind == "petition")
    [target] = cause.targets.values()
    words = handing.proposed_letter(form, target)
    made_at = morning(told["made_on"])
    # What is told of areas was counted for the package, not on the day of this telling.
    form.area_releases.update(released_at=made_at)
    handover = Handover.objects.create(
        form=form, target=target, words=words, asked_by=by, asked_at=made_at
    )
    if packages.make(handover, made_at):
        handing.record(
            handover,
            happened_on=told["handed_on"],
            title=handing.proposed_title(handover),
            by=by,
        )
