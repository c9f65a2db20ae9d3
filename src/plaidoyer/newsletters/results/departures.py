"""After which mailing readers left: the last one they had been sent."""

from plaidoyer.mail.models import Envelope
from plaidoyer.newsletters.models import Copy, Departure
from plaidoyer.supporters.models import Supporter

State = Envelope.State
REACHED = (State.ACCEPTED, State.IN_DOUBT, State.COMPLAINED)


def note(supporter: Supporter) -> Departure | None:
    """Keeps that `supporter`, who has just left, had been sent a mailing last; none if none."""
    reached = Copy.objects.filter(supporter=supporter, envelope__state__in=REACHED)
    last = reached.order_by("-envelope__ended_at", "-envelope_id").first()
    if last is None:
        return None
    departure, _new = Departure.objects.get_or_create(
        mailing_id=last.mailing_id, supporter=supporter
    )
    return departure
