"""What screens and the terminal read of newsletters: how far each has come, and how fast."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from plaidoyer.mail import batches
from plaidoyer.mail.models import Batch, Envelope
from plaidoyer.newsletters.mailings import PURPOSE
from plaidoyer.newsletters.models import Mailing
from plaidoyer.supporters.models import Subscription

State = Envelope.State
# How each state is drawn: arrived, under way, in doubt, come back, not to be sent.
LOOKS = {
    State.ACCEPTED: "good",
    State.QUEUED: "waiting",
    State.LEASED: "waiting",
    State.DEFERRED: "waiting",
    State.IN_DOUBT: "doubt",
    State.REFUSED: "bad",
    State.BOUNCED: "bad",
    State.COMPLAINED: "bad",
    State.SUPPRESSED: "quiet",
    State.CANCELLED: "quiet",
}


@dataclass(frozen=True, slots=True)
class Part:
    """So many copies in one state, and where they stand in the drawing, of a thousand."""

    state: str
    label: str
    look: str
    count: int
    begins: float
    width: float


@dataclass(frozen=True)
class Progress:
    """A mailing and how many of its copies stand in each state of their envelope."""

    mailing: Mailing
    states: list[tuple[str, int]]
    parts: list[Part] = field(default_factory=list)
    per_second: float = 0.0
    seconds_left: float | None = None

    @property
    def copies(self) -> int:
        return sum(part.count for part in self.parts)

    @property
    def ended(self) -> int:
        """Copies that have come to an end, whatever it was."""
        return sum(part.count for part in self.parts if part.state in Envelope.FINAL)

    @property
    def percent(self) -> int:
        """Rounded down: 100 only when every copy has come to its end."""
        return self.ended * 100 // self.copies if self.copies else 0

    @property
    def pace(self) -> str:
        """How fast it goes and how long it still takes, in words; empty at rest."""
        if not self.per_second:
            return ""
        if self.seconds_left is None:
            return _("%(rate)s a second") % {"rate": rate(self.per_second)}
        said = {"rate": rate(self.per_second), "left": remaining(self.seconds_left)}
        return _("%(rate)s a second, %(left)s left") % said


def progress(mailings: Iterable[Mailing]) -> list[Progress]:
    """How far each of `mailings` has come, in their order, from the counters of their batches."""
    mailings = list(mailings)
    there = Batch.objects.in_bulk([one.batch_id for one in mailings if one.batch_id])
    return [_progress(one, there.get(one.batch_id or 0)) for one in mailings]


def _progress(mailing: Mailing, batch: Batch | None) -> Progress:
    if batch is None:
        return Progress(mailing, [])
    told = batches.progress(batch)
    there = [state for state in LOOKS if told.by_state.get(state)]
    parts, begins = [], 0.0
    for state in there:
        count = told.by_state[state]
        width = 1000 * count / told.total
        parts.append(Part(state, str(state.label), LOOKS[state], count, begins, width))
        begins += width
    states = [(part.label, part.count) for part in parts]
    left = None if waits(mailing) else told.seconds_left
    return Progress(mailing, states, parts, told.per_second, left)


def waits(mailing: Mailing) -> bool:
    """Whether copies wait for an hour of their own, so that the speed tells no end."""
    is_tried = bool(mailing.trial_percent and not mailing.winner)
    return is_tried or mailing.timing == Mailing.Timing.LOCAL


def rate(per_second: float) -> str:
    """ "850", "0.4": whole where it is at least ten."""
    return f"{per_second:.0f}" if per_second >= 10 else f"{per_second:.1f}"


def remaining(seconds: float) -> str:
    """About how long, in words."""
    if seconds < 60:
        return _("less than a minute")
    minutes = round(seconds / 60)
    if minutes < 120:
        words = ngettext("about %(number)s minute", "about %(number)s minutes", minutes)
        return words % {"number": minutes}
    hours = round(minutes / 60)
    words = ngettext("about %(number)s hour", "about %(number)s hours", hours)
    return words % {"number": hours}


def readers() -> int:
    """To how many a mailing would go now."""
    return Subscription.objects.open().filter(consent__purpose=PURPOSE).count()
