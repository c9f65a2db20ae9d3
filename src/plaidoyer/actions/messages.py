"""The words of the mails about an act. Nothing that was typed stands in them, so that nobody
can have us carry their words to a stranger."""

import functools
import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, override

from plaidoyer.actions import confirmations, sharing
from plaidoyer.actions.confirmations import State
from plaidoyer.actions.models import Action, ConfirmationRequest
from plaidoyer.lib import tokens
from plaidoyer.mail.kinds import Message
from plaidoyer.mail.models import Envelope
from plaidoyer.organisation.models import Organisation

CONFIRM, WITHDRAW = "confirm", "withdraw"
# Whoever sent the act; whoever had a personal link, and may not be the one it was made for.
THANKS, VEILED_THANKS = "thanks", "veiled-thanks"
# Stands for the token in an address that is made once.
TOKEN = "--token--"


def thanks_path(action: Action, *, veiled: bool = False) -> str:
    """Where whoever sent the act sees what happens next, in the active language."""
    return thanks_at(action.uid, veiled=veiled)


def thanks_at(uid: uuid.UUID, *, veiled: bool = False) -> str:
    """The same, of an act that has no more than its secret yet."""
    token = tokens.make(VEILED_THANKS if veiled else THANKS, uid)
    return thanks_address(get_language()).replace(TOKEN, token)


@functools.cache
def thanks_address(language: str | None) -> str:
    """The address of thank-yous in that language, which is the active one."""
    return reverse("actions:thanks", args=[TOKEN])


def confirmation_path(action: Action) -> str:
    """Where its holder confirms the act, in the active language."""
    return reverse("actions:confirmation", args=[tokens.make(CONFIRM, action.uid)])


def withdrawal_path(action: Action) -> str:
    """Where its holder takes the act back, in the active language."""
    return reverse("actions:withdrawal", args=[tokens.make(WITHDRAW, action.uid)])


def own_link_path(action: Action) -> str:
    """Where its holder has their own link counted, in the active language."""
    return reverse("actions:own_link", args=[tokens.make(CONFIRM, action.uid)])


# Which mail an act gets, by where it stands when the mail is written; at any other state, none.
LETTERS = {
    State.WAITING: "confirmation",
    State.DOUBLE: "already_counted",
    State.COUNTED: "counted",
}


def letter_about(action: Action) -> str | None:
    """Which mail `action` gets now. That it counts is told only to who had nothing to confirm."""
    state = confirmations.state(action)
    if state is State.COUNTED and not sharing.is_from_our_mail(action.via):
        return None
    return LETTERS.get(state)


def compose(envelopes: Sequence[Envelope]) -> dict[int, Message]:
    """The mail about each act, by envelope id: asks to confirm it, or says that one counts."""
    requests = ConfirmationRequest.objects.filter(envelope__in=envelopes)
    organisation = Organisation.current()
    messages = {}
    for request in requests.select_related("action__form__campaign"):
        if letter := letter_about(request.action):
            with override(request.action.language):
                messages[request.envelope_id] = write(letter, request.action, organisation)
    return messages


def write(letter: str, action: Action, organisation: Organisation) -> Message:
    """One mail in the active language."""
    counted = confirmations.counted_act(action) or action
    context: dict[str, Any] = {
        "action": action,
        "form": action.form,
        "organisation": organisation,
        "language": action.language,
        "confirm_url": settings.BASE_URL + confirmation_path(action),
        "withdraw_url": settings.BASE_URL + withdrawal_path(counted),
        "is_aside": bool(confirmations.aside(action)),
    }
    subject, text, html = (
        render_to_string(f"actions/letters/{letter}-{part}", context)
        for part in ("subject.txt", "text.txt", "html.html")
    )
    return Message(
        subject=" ".join(subject.split()),
        text=text,
        html=html,
        sender_name=str(organisation.name),
        language=action.language,
    )
