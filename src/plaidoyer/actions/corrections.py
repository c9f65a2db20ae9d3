"""A mail that does not come: the address is mended, or the message sent again.

Whoever sent an act holds a link to its thank-you for a day. At most five mails leave for one act,
however often its address is mended, so that nobody can have us write to strangers.
"""

import datetime

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from plaidoyer.actions import intake, matching, requests
from plaidoyer.actions.models import Action, Confirmation, Held

MAILS = 5
OPEN_FOR = datetime.timedelta(hours=24)


def is_over(action: Action) -> bool:
    """Whether its thank-you can do no more for the act."""
    return action.submitted_at + OPEN_FOR <= timezone.now()


def chain(action: Action) -> list[int]:
    """The act and those it mends, back to the first; a query a link, and five links at most."""
    ids = [action.pk]
    while before := Action.objects.filter(pk=ids[-1]).values_list("corrects", flat=True).first():
        ids.append(before)
    return ids


def mails_left(action: Action) -> int:
    """How many more mails may leave for the act. Each act has one, asked for already or soon."""
    acts = Action.objects.filter(pk__in=chain(action)).annotate(mails=Count("requests"))
    return max(0, MAILS - sum(max(1, act.mails) for act in acts))


def latest(action: Action) -> Action:
    """The act as it was last mended."""
    while later := Action.objects.filter(corrects=action).select_related("form").first():
        action = later
    return action


@transaction.atomic
def correct(action: Action, email: str) -> Action:
    """Sends the act again with its address mended; the act that stands from now on.

    The same act when there is nothing to mend: it was confirmed, or mended already, or no more
    mails may leave for it, or a day has gone by. What held the old act holds the new one.
    """
    locked = Action.objects.select_for_update(of=("self",), no_key=True).select_related("form")
    action = locked.get(pk=action.pk)
    settled = Confirmation.objects.filter(action=action).exists()
    if settled or is_over(action) or email == action.email or not mails_left(action):
        return latest(action)
    if Action.objects.filter(corrects=action).exists():
        return latest(action)
    mended = intake.append(
        action.form,
        email=email,
        given_name=action.given_name,
        family_name=action.family_name,
        language=action.language,
        page=action.page,
        postal_code=action.postal_code,
        content=action.content,
        consent_wording=action.consent_wording,
        via=action.via,
        network=action.network,
        corrects=action,
        # A day from the first: mending must not keep the door open.
        submitted_at=action.submitted_at,
    )
    for held in Held.objects.filter(action=action, released_at=None):
        Held.objects.create(action=mended, hold=held.hold)
    return mended


@transaction.atomic
def send_again(action: Action) -> None:
    """Asks once more for the confirmation; nothing where that may not or need not be.

    The mail follows the same caps as any other (requests.ask), so that asking tells nothing of
    whether somebody is known to us.
    """
    # Waits for the matcher, so that no cap is passed by two at once.
    if new := matching.match([action]):
        requests.ask(new)  # the first mail had not left yet
        return
    settled = Confirmation.objects.filter(action=action).exists()
    mended = Action.objects.filter(corrects=action).exists()
    if not (settled or mended or is_over(action)) and mails_left(action):
        requests.ask([action])
