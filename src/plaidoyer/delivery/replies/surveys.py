"""Whether a letter was answered: its writer is asked after two weeks and, silent, after three.

It is mail about their own act, so it asks for no other consent: it says why it comes and how to
stop it, and nobody gets more than two for a form.
"""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from plaidoyer.actions.models import Action, ActionForm, Confirmation
from plaidoyer.delivery.models import Letter
from plaidoyer.delivery.replies.models import Survey, SurveyAnswer, SurveyChoice, SurveyStop
from plaidoyer.lib import tokens
from plaidoyer.mail import envelopes, returns
from plaidoyer.mail.kinds import Message
from plaidoyer.mail.models import Envelope, Suppression
from plaidoyer.organisation.models import Organisation
from plaidoyer.supporters.models import Supporter

KIND = "survey"
PURPOSE, STOP = "survey", "survey_stop"
WEEK = datetime.timedelta(days=7)
# A wave asks letters accepted so long ago, and no longer: a survey turned on late, or a worker
# that was away, mails nobody about what they have forgotten.
WINDOWS = {1: (2 * WEEK, 5 * WEEK), 2: (3 * WEEK, 6 * WEEK)}
BATCH = 500
State = Envelope.State


def is_on(form: ActionForm) -> bool:
    """Whether the writers of `form` are asked; they are unless an organiser turned it off."""
    last = form.survey_choices.order_by("-id").first()
    return last is None or last.is_on


def choose(form: ActionForm, *, is_on: bool, by: Any) -> None:
    """Turns the survey of `form` on or off."""
    SurveyChoice.objects.create(form=form, is_on=is_on, chosen_by=by)


def off() -> list[int]:
    """The forms whose survey is off."""
    last = SurveyChoice.objects.order_by("form_id", "-id").distinct("form_id")
    return [choice.form_id for choice in last if not choice.is_on]


def due(wave: int, now: datetime.datetime) -> QuerySet[Action]:
    """The acts whose writers are to be asked in `wave`.

    Never of an act that does not count any more, never to whom stopped these mails or whose
    address takes none.
    """
    least, most = WINDOWS[wave]
    ripe = Letter.objects.delivered().filter(
        action=OuterRef("pk"), taken_at__lte=now - least, taken_at__gt=now - most
    )
    whose = {
        "form": OuterRef("form"),
        "supporter": OuterRef("confirmation__supporter"),
    }
    counted = Confirmation.objects.counted().filter(action=OuterRef("pk"))
    address = OuterRef("confirmation__supporter__canonical_email")
    acts = Action.objects.filter(
        Exists(ripe),
        Exists(counted),
        ~Exists(Survey.objects.filter(wave=wave, **whose)),
        ~Exists(SurveyStop.objects.filter(supporter=whose["supporter"])),
        ~Exists(Suppression.objects.in_force().filter(address=address)),
    ).exclude(form__in=off())
    if wave == 2:
        asked = Survey.objects.filter(
            wave=1, envelope__state=State.ACCEPTED, envelope__queued_at__lte=now - WEEK, **whose
        )
        acts = acts.filter(
            Exists(asked), ~Exists(Survey.objects.filter(answers__isnull=False, **whose))
        )
    return acts.exclude(email="")


def ask(now: datetime.datetime | None = None) -> int:
    """Queues every question that is due; how many."""
    now, queued = now or timezone.now(), 0
    for wave in WINDOWS:
        while made := queue(wave, now):
            queued += made
    return queued


@transaction.atomic
def queue(wave: int, now: datetime.datetime) -> int:
    """Queues the next few hundred of a wave; how many. Two at once ask nobody twice."""
    acts = due(wave, now).annotate(writer=F("confirmation__supporter")).order_by("id")[:BATCH]
    # Who took an act back and acted anew, or shares a mailbox, gets one mail.
    by_writer = {(act.form_id, act.writer): act for act in acts}
    keys = sorted({writer for _form, writer in by_writer})
    # Whoever asks the same people meanwhile waits here, and then finds them asked.
    list(Supporter.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))
    there = Survey.objects.filter(wave=wave, supporter__in=keys).values_list("form", "supporter")
    for pair in there:
        by_writer.pop(pair, None)
    queued = envelopes.queue(
        kind=KIND, to_addresses=[act.email for act in by_writer.values()], urgency=0
    )
    Survey.objects.bulk_create(
        Survey(form_id=form, supporter_id=writer, wave=wave, action=act, envelope=envelope)
        for ((form, writer), act), envelope in zip(by_writer.items(), queued, strict=True)
    )
    return len(queued)


def letters(survey: Survey) -> list[Letter]:
    """What `survey` asks about: what its writer's acts on the form sent and was taken."""
    found = Letter.objects.delivered().filter(
        action__form=survey.form_id, action__confirmation__supporter=survey.supporter_id
    )
    found = found.filter(action__confirmation__withdrawal=None).exclude(body="")
    beside = ("envelope", "digest__envelope", "action", "target")
    return list(found.select_related(*beside).order_by("id"))


def name(survey: Survey, letter: Letter) -> str:
    """What stands for `letter` on the page of `survey`, and nowhere else."""
    return str(uuid.uuid5(survey.uid, str(letter.pk)))


def read(token: str) -> Survey:
    """The survey that `token` opens. Raises BadTokenError."""
    uid = tokens.read(PURPOSE, token)
    if found := Survey.objects.filter(uid=uid).select_related("supporter", "form").first():
        return found
    raise tokens.BadTokenError(PURPOSE)


def path(survey: Survey) -> str:
    """Where it is answered, in the active language."""
    return reverse("replies:survey", args=[tokens.make(PURPOSE, survey.uid)])


def stop_path(survey: Survey) -> str:
    """Where these mails are stopped, in the active language."""
    return reverse("replies:stop", args=[tokens.make(PURPOSE, survey.uid)])


def answer(survey: Survey, letter: Letter, said: str) -> None:
    """Keeps what the writer says of one of their letters; the same again is kept once."""
    last = letter.survey_answers.order_by("-id").first()
    if last is None or last.answer != said:
        SurveyAnswer.objects.create(letter=letter, survey=survey, answer=said)


def last_answers(of: Sequence[Letter]) -> dict[int, str]:
    """What holds for each of those letters, by its id."""
    answers = SurveyAnswer.objects.filter(letter__in=of).order_by("letter", "-id")
    return {one.letter_id: one.answer for one in answers.distinct("letter")}


@transaction.atomic
def stop(supporter: Supporter) -> None:
    """No such question any more; those that have not left do not leave. Twice is once."""
    SurveyStop.objects.get_or_create(supporter=supporter)
    envelopes.cancel(Envelope.objects.filter(survey__supporter=supporter))


def compose(due: Sequence[Envelope]) -> dict[int, Message]:
    """The questions by envelope id; none where there is nothing to ask any more."""
    organisation, composed = Organisation.current(), {}
    standing = Action.objects.filter(
        Exists(Confirmation.objects.counted().filter(action=OuterRef("pk")))
    ).exclude(email="")
    surveys = Survey.objects.filter(envelope__in=due, action__in=standing).exclude(
        supporter__in=SurveyStop.objects.values("supporter")
    )
    for survey in surveys.select_related("action", "form__campaign", "supporter", "envelope"):
        with override(survey.action.language):
            if asked := letters(survey):
                composed[survey.envelope_id] = write(survey, asked, organisation)
    return composed


def write(survey: Survey, asked: Sequence[Letter], organisation: Organisation) -> Message:
    """One mail in the active language."""
    stop_url = settings.BASE_URL + stop_path(survey)
    context = {
        "title": asked[0].subject,
        "survey": survey,
        "letters": [
            # In the mail of a day it has no address of its own.
            {
                "letter": one,
                "copy_address": returns.reply_address(one.envelope) if one.envelope else "",
            }
            for one in asked
        ],
        "copied": sum(one.envelope is not None for one in asked),
        "organisation": organisation,
        "language": survey.action.language,
        "url": settings.BASE_URL + path(survey),
        "stop_url": stop_url,
    }
    subject, text, html = (
        render_to_string(f"delivery/replies/survey-{part}", context)
        for part in ("subject.txt", "text.txt", "html.html")
    )
    return Message(
        subject=" ".join(subject.split()),
        text=text,
        html=html,
        sender_name=str(organisation.name),
        language=survey.action.language,
        headers={
            "List-Unsubscribe": f"<{stop_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
