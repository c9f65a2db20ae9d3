"""Wishes to be reminded of the official petition: noted, sent once, never twice.

Such an act never counts as a signature, nor as anybody's word that they have signed: it waits
beside the count (kinds.Aside).
"""

import datetime
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from plaidoyer.actions import confirmations, intake
from plaidoyer.actions.confirmations import State
from plaidoyer.actions.kinds.official_petition.models import Reminder
from plaidoyer.actions.models import Action, Confirmation, Match
from plaidoyer.lib import tokens
from plaidoyer.mail import envelopes
from plaidoyer.mail.kinds import Message
from plaidoyer.mail.models import Envelope
from plaidoyer.organisation.models import Organisation
from plaidoyer.parliament.models import OfficialPetition
from plaidoyer.parliament.petitions import is_open

SIGNED, REMIND = "signed", "remind"
# Opens the page on which somebody who was reminded says that they have signed since.
PURPOSE = "reminded"
KIND = "petition_reminder"
URGENCY = 15
AFTER = datetime.timedelta(days=3)
# What could not be sent by then is not sent any more.
FORGOTTEN = datetime.timedelta(days=30)
BATCH = 500


def stand(actions: Sequence[Action]) -> dict[int, State]:
    """Where wishes to be reminded stand, by the act's id; any other answer is not there."""
    wishes = [action.pk for action in actions if action.content.get("answer") == REMIND]
    if not wishes:
        return {}
    states = dict.fromkeys(wishes, State.WAITING)
    standing = Match.objects.filter(
        action__in=wishes,
        supporter__reminders__form=F("action__form"),
        supporter__reminders__withdrawn_at=None,
    )
    states |= dict.fromkeys(standing.values_list("action_id", flat=True), State.NOTED)
    taken_back = Reminder.objects.filter(action__in=wishes, withdrawn_at__isnull=False)
    return states | dict.fromkeys(taken_back.values_list("action_id", flat=True), State.WITHDRAWN)


def note(actions: Sequence[Action]) -> None:
    """Notes the wish of each; the database allows one for each supporter and form."""
    supporters = Match.objects.filter(action__in=actions).values_list("action_id", "supporter_id")
    of = dict(supporters)
    Reminder.objects.bulk_create(
        (
            Reminder(action=action, form_id=action.form_id, supporter_id=of[action.pk])
            for action in actions
        ),
        ignore_conflicts=True,
    )


def drop(action: Action) -> bool:
    """Takes the wish back, whichever of the supporter's acts it was noted with."""
    standing = Reminder.objects.filter(
        form=action.form_id, supporter__matches__action=action, withdrawn_at=None
    )
    envelopes.cancel(Envelope.objects.filter(reminder__in=standing))
    return bool(standing.update(withdrawn_at=timezone.now()))


def wanted() -> QuerySet[Reminder]:
    """Wishes that still stand: not taken back, not erased, and nobody has said since that they
    signed. Of who asked, was reminded, and asked again, none."""
    acts = Confirmation.objects.filter(form=OuterRef("form"), supporter=OuterRef("supporter"))
    before = Reminder.objects.filter(
        ~Q(pk=OuterRef("pk")),
        form=OuterRef("form"),
        supporter=OuterRef("supporter"),
        envelope__isnull=False,
    )
    return Reminder.objects.filter(
        ~Exists(acts), ~Exists(before), ~Q(action__sealed=b""), withdrawn_at=None
    )


@transaction.atomic
def send_due(limit: int = BATCH) -> int:
    """Queues the reminders that are due three days after they were confirmed; how many."""
    now = timezone.now()
    due = list(
        wanted()
        .filter(envelope=None, asked_at__range=(now - FORGOTTEN, now - AFTER))
        .filter(form__in=[form for form, petition in petitions().items() if is_open(petition)])
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("action")
        .order_by("asked_at")[:limit]
    )
    queued = envelopes.queue(
        kind=KIND, to_addresses=[one.action.email for one in due], urgency=URGENCY
    )
    for reminder, envelope in zip(due, queued, strict=True):
        reminder.envelope = envelope
    Reminder.objects.bulk_update(due, ["envelope"])
    return len(due)


def petitions() -> dict[int, OfficialPetition]:
    """The official petition of each form that reminders wait on, by the form's id."""
    waiting = Reminder.objects.filter(envelope=None, withdrawn_at=None)
    forms = dict(waiting.values_list("form_id", "form__options__petition").distinct())
    rows = OfficialPetition.objects.select_related("legislature", "session")
    known = rows.in_bulk([key for key in forms.values() if key])
    return {form: known[key] for form, key in forms.items() if key in known}


def compose(due: Sequence[Envelope]) -> dict[int, Message]:
    """The reminders by envelope id; none for what is not wanted any more."""
    organisation = Organisation.current()
    found = wanted().filter(envelope__in=due).select_related("action__form__campaign")
    keys = {reminder.action.form.options.get("petition") for reminder in found}
    rows = OfficialPetition.objects.select_related("legislature", "session")
    known = rows.in_bulk([key for key in keys if key])
    composed = {}
    for reminder in found:
        petition = known.get(reminder.action.form.options.get("petition"))
        if petition and is_open(petition) and reminder.envelope_id:
            with override(reminder.action.language):
                composed[reminder.envelope_id] = write(reminder.action, petition, organisation)
    return composed


def write(action: Action, petition: OfficialPetition, organisation: Organisation) -> Message:
    """One reminder in the active language. Nothing that was typed stands in it."""
    token = tokens.make(PURPOSE, action.uid)
    path = reverse("actions:official_petition:signed", args=[action.form.public_id, token])
    context: dict[str, Any] = {
        "form": action.form,
        "petition": petition,
        "organisation": organisation,
        "language": action.language,
        "signed_url": settings.BASE_URL + path,
    }
    subject, text, html = (
        render_to_string(f"official_petition/reminder-{part}", context)
        for part in ("subject.txt", "text.txt", "html.html")
    )
    return Message(
        subject=" ".join(subject.split()),
        text=text,
        html=html,
        sender_name=str(organisation.name),
        language=action.language,
    )


def reminded(token: str) -> Action | None:
    """The wish that a link of a reminder stands for."""
    try:
        uid = tokens.read(PURPOSE, token)
    except tokens.BadTokenError:
        return None
    return Action.objects.filter(uid=uid).select_related("form__campaign").first()


@transaction.atomic
def tell_signed(wish: Action) -> Action | None:
    """Takes the word of somebody who was reminded that they have signed; their counted act.

    The mail proves the mailbox, so no other is asked. Twice is once. None for whom it was erased.
    """
    # One at a time for each wish, so that two presses do not make two acts.
    wish = Action.objects.select_for_update(of=("self",)).select_related("form").get(pk=wish.pk)
    if not wish.email:
        return None
    if standing := confirmations.counted_act(wish):
        return standing
    act = intake.append(
        wish.form,
        email=wish.email,
        given_name=wish.given_name,
        family_name=wish.family_name,
        language=wish.language,
        page=wish.page,
        postal_code=wish.postal_code,
        content={"answer": SIGNED},
        via=wish.via,
    )
    confirmations.confirm(act)
    return act
