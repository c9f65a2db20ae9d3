"""A relay's day without a relay: what has its turn leaves at its moment, and is noted."""

import datetime
from collections import Counter

from django.db.models import F
from django.utils import timezone

from plaidoyer.actions import confirmations, intake
from plaidoyer.actions.models import Action
from plaidoyer.delivery import letters
from plaidoyer.delivery.mailboxes import digests, turns
from plaidoyer.delivery.models import Digest, Letter
from plaidoyer.mail.models import Envelope

HOUR = datetime.timedelta(hours=1)


def write(form, number, *, at, text=lambda each: "It floods.", first=0):
    """So many confirmed letters of as many people to all targets, written at `at`."""
    targets = list(form.campaign.targets.values_list("pk", flat=True))
    actions = Action.objects.bulk_create(
        Action(
            **intake.columns(
                form,
                email=f"laura-{each}@home.example",
                given_name="Laura",
                family_name=f"No {each}",
                postal_code="H2X 1Y4",
                language="en",
                page="",
                content={"subject": "The meadow", "body": text(each), "targets": targets},
                submitted_at=at,
            )
        )
        for each in range(first, first + number)
    )
    confirmations.confirm_many(actions, at=lambda action: at)
    made = letters.write(actions, at=at)
    Letter.objects.filter(pk__in=[letter.pk for letter in made]).update(written_at=at)
    return actions


def leave(until):
    """Everything that is due by `until` leaves, each at its moment; the moments by address."""
    due = Envelope.objects.filter(state="queued", due_at__lte=until).exclude(kind="confirmation")
    left = [(one.pk, one.to_address or one.mark, one.due_at) for one in due]
    leaving = Envelope.objects.filter(pk__in=[pk for pk, _address, _at in left])
    leaving.update(state="leased", sender=1)
    leaving.update(
        state="accepted",
        sender=None,
        begun_at=F("due_at"),
        ended_at=F("due_at"),
        reply="250 2.0.0 Ok",
    )
    return [(address, at) for _pk, address, at in left]


def pass_time(begins, ends, *, every=datetime.timedelta(minutes=1), give=turns.go_round):
    """Rounds from `begins` to `ends`; when what left, by address."""
    at, left = begins, []
    while at < ends:
        digests.make_due(at)
        give(at)
        at += every
        left += leave(at)
    return left


def most_in_an_hour(moments):
    """The most of `moments` that lie in any sixty minutes."""
    moments, most, first = sorted(moments), 0, 0
    for number, moment in enumerate(moments):
        while moments[first] <= moment - HOUR:
            first += 1
        most = max(most, number - first + 1)
    return most


def by_address(left):
    """The busiest hour of each address."""
    moments = {}
    for address, at in left:
        moments.setdefault(address, []).append(at)
    return {address: most_in_an_hour(at) for address, at in moments.items()}


def carried():
    """How often each writer stands in what left: as a letter of their own, or in a day's mail."""
    writers = Counter()
    own = Letter.objects.filter(envelope__state="accepted").select_related("action")
    writers.update(letter.action.family_name for letter in own)
    for digest in Digest.objects.filter(envelope__state="accepted"):
        [message] = digests.compose([digest.envelope]).values()
        said = message.attachments[0][1] if message.attachments else message.text
        writers.update(
            line.removeprefix("Laura ").partition(",")[0]
            for line in said.splitlines()
            if line.startswith("Laura No ")
        )
    return writers


def without_budget(at):
    """The control: everybody's letter leaves as soon as it waits."""
    waiting = list(Letter.objects.waiting().values_list("envelope", flat=True))
    Envelope.objects.filter(pk__in=waiting).update(due_at=at)
    Letter.objects.filter(envelope__in=waiting).update(turn_at=at)


def midnight(*day):
    return timezone.make_aware(datetime.datetime(*day))
