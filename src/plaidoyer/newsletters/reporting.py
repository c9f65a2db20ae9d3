"""What screens read of newsletters: how far each mailing has come, and to how many one would go."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from plaidoyer.mail.models import Envelope
from plaidoyer.newsletters.mailings import PURPOSE
from plaidoyer.newsletters.models import Copy, Mailing
from plaidoyer.supporters.models import Subscription


@dataclass(frozen=True)
class Progress:
    """A mailing and how many of its copies stand in each state of their envelope."""

    mailing: Mailing
    states: list[tuple[str, int]]

    @property
    def copies(self) -> int:
        return sum(count for _state, count in self.states)

    @property
    def ended(self) -> int:
        """Copies that have come to an end, whatever it was."""
        ends = {str(Envelope.State(state).label) for state in Envelope.FINAL}
        return sum(count for state, count in self.states if state in ends)

    @property
    def percent(self) -> int:
        """Rounded down: 100 only when every copy has come to its end."""
        return self.ended * 100 // self.copies if self.copies else 0


def progress(mailings: Iterable[Mailing]) -> list[Progress]:
    """How far each of `mailings` has come, in their order; one query."""
    mailings = list(mailings)
    counted = Copy.objects.filter(mailing__in=mailings).values_list("mailing", "envelope__state")
    counts = {(mailing, state): n for mailing, state, n in counted.annotate(Count("envelope"))}
    return [
        Progress(
            mailing,
            [
                (str(state.label), counts[mailing.pk, state.value])
                for state in Envelope.State
                if (mailing.pk, state.value) in counts
            ],
        )
        for mailing in mailings
    ]


def readers() -> int:
    """To how many a mailing would go now."""
    return Subscription.objects.filter(ended_at=None, consent__purpose=PURPOSE).count()
