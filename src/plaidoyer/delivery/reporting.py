"""The letters' rungs of the count ladder, and the lists of the back office."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Aggregate, Count, Q
from django.utils import timezone

from plaidoyer.actions.models import ActionForm
from plaidoyer.delivery.models import Letter
from plaidoyer.delivery.replies import collecting
from plaidoyer.mail.models import Envelope

State = Envelope.State


@dataclass(frozen=True, slots=True)
class Ladder:
    """How many letters stand on each rung at a moment; docs/reference/count-ladder.md."""

    queued: int  # put into an envelope, and neither cancelled nor suppressed since
    accepted: int  # the target's server said that it takes it, whatever came back later
    refused: int
    in_doubt: int
    bounced: int
    replied: int  # a person answered, as far as we know (replies.collecting.replied)


def ladder(forms: Iterable[ActionForm], until: datetime.datetime | None = None) -> Ladder:
    """Where the letters of `forms` stood just before `until`, or stand now."""
    until = until or timezone.now() + datetime.timedelta(seconds=1)

    def ended(*states: State) -> Count:
        own = Q(envelope__state__in=states, envelope__ended_at__lt=until)
        # A letter that a mail of a day carries stands where that mail stands.
        carried = Q(digest__envelope__state__in=states, digest__envelope__ended_at__lt=until)
        return Count("id", filter=own | carried)

    stopped = [State.CANCELLED, State.SUPPRESSED]
    queued = Q(envelope__queued_at__lt=until) & ~Q(envelope__state__in=stopped)
    queued |= Q(digest__made_at__lt=until) & ~Q(digest__envelope__state__in=stopped)
    forms = list(forms)
    counts = Letter.objects.filter(action__form__in=forms).aggregate(
        queued=Count("id", filter=queued),
        accepted=ended(State.ACCEPTED, State.BOUNCED, State.COMPLAINED),
        refused=ended(State.REFUSED),
        in_doubt=ended(State.IN_DOUBT),
        bounced=ended(State.BOUNCED),
    )
    replied = collecting.replied(until).filter(action__form__in=forms).count()
    return Ladder(**counts, replied=replied)


@dataclass(frozen=True, slots=True)
class Passed:
    """How many letters of a form came to each rung within a time."""

    queued: int = 0
    accepted: int = 0
    replied: int = 0


def passed(
    forms: Iterable[int], start: datetime.datetime, end: datetime.datetime
) -> dict[int, Passed]:
    """What came to each rung from `start` until just before `end`, by the form's key; two queries.

    The same definitions as `ladder`, counted at both ends of the time.
    """
    forms = list(forms)
    stopped = [State.CANCELLED, State.SUPPRESSED]
    taken = [State.ACCEPTED, State.BOUNCED, State.COMPLAINED]
    queued = Q(envelope__queued_at__gte=start, envelope__queued_at__lt=end)
    queued &= ~Q(envelope__state__in=stopped)
    carried = Q(digest__made_at__gte=start, digest__made_at__lt=end)
    queued |= carried & ~Q(digest__envelope__state__in=stopped)
    accepted = Q(
        envelope__state__in=taken, envelope__ended_at__gte=start, envelope__ended_at__lt=end
    ) | Q(
        digest__envelope__state__in=taken,
        digest__envelope__ended_at__gte=start,
        digest__envelope__ended_at__lt=end,
    )
    letters = Letter.objects.filter(action__form__in=forms).values("action__form")
    rows = letters.annotate(
        queued=Count("id", filter=queued), accepted=Count("id", filter=accepted)
    )
    before = collecting.replied(start).values("pk")
    now = collecting.replied(end).filter(action__form__in=forms).exclude(pk__in=before)
    replied = dict(now.values_list("action__form").annotate(Count("id")))
    found = {
        row["action__form"]: Passed(
            row["queued"], row["accepted"], replied.get(row["action__form"], 0)
        )
        for row in rows
    }
    return {form: found.get(form, Passed()) for form in forms}


class Median(Aggregate):
    """The middle one, of an even number the mean of both."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)%(filter)s"


@dataclass(frozen=True, slots=True)
class OwnWords:
    """How many letters of a form have words of their writers, and how much of those letters."""

    form: ActionForm
    letters: int
    personal: int
    # In percent, rounded down, of the letters that have any.
    median: int


def own_words() -> list[OwnWords]:
    """By form, the newest first; letters written before this was counted are not among them."""
    personal = Q(own_words__gt=0)
    rows = (
        Letter.objects.filter(own_words__isnull=False)
        .values("action__form")
        .annotate(
            letters=Count("id"),
            personal=Count("id", filter=personal),
            median=Median("own_words", filter=personal),
        )
    )
    found = {row["action__form"]: row for row in rows}
    forms = ActionForm.objects.filter(id__in=found).order_by("-opens_at", "-id")
    return [
        OwnWords(
            form,
            found[form.pk]["letters"],
            found[form.pk]["personal"],
            int(found[form.pk]["median"] or 0),
        )
        for form in forms
    ]
