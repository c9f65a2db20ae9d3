"""Asking the supporter, by mail, to confirm what was done in their name."""

import datetime
from collections import Counter
from collections.abc import Sequence

from django.utils import timezone

from plaidoyer.actions.models import Action, ConfirmationRequest, Match
from plaidoyer.mail import envelopes

KIND = "confirmation"
URGENCY = 20
PER_FORM, IN_ALL = 5, 10
WINDOW = datetime.timedelta(hours=24)


def ask(actions: Sequence[Action]) -> None:
    """Queues for each matched act the mail about it (messages.compose).

    In 24 hours one supporter (all spellings of an address together) gets at most 5 such mails for
    a form and 10 in all; beyond that none is sent and the act stays unconfirmed, so that nobody
    can be flooded with our mail. Belongs to the caller's transaction; the cap holds because
    matching, which calls this, runs one at a time.
    """
    ids = [action.pk for action in actions]
    supporters = dict(Match.objects.filter(action__in=ids).values_list("action_id", "supporter_id"))
    asked = asked_lately(set(supporters.values()))
    to_ask = []
    for action in actions:
        person, about = supporters[action.pk], (supporters[action.pk], action.form_id)
        if asked[about] >= PER_FORM or asked[person] >= IN_ALL:
            continue
        asked.update([person, about])
        to_ask.append(action)
    queued = envelopes.queue(
        kind=KIND, to_addresses=[action.email for action in to_ask], urgency=URGENCY
    )
    ConfirmationRequest.objects.bulk_create(
        ConfirmationRequest(action=action, envelope=envelope)
        for action, envelope in zip(to_ask, queued, strict=True)
    )


def asked_lately(supporters: set[int]) -> "Counter[int | tuple[int, int]]":
    """How often each of `supporters` was asked in the last 24 hours, in all and by form."""
    lately = ConfirmationRequest.objects.filter(
        action__match__supporter__in=supporters, envelope__queued_at__gt=timezone.now() - WINDOW
    )
    asked: Counter[int | tuple[int, int]] = Counter()
    for supporter, form in lately.values_list("action__match__supporter_id", "action__form_id"):
        asked.update([supporter, (supporter, form)])
    return asked
