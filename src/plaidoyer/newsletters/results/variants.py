"""Which of two subjects goes to the rest: counted, decided once, and told with its uncertainty."""

import datetime
from dataclasses import asdict, dataclass
from math import exp, lgamma, log, log1p

from django.db import transaction

from plaidoyer.actions.models import Confirmation
from plaidoyer.mail.models import Envelope
from plaidoyer.newsletters import mailings
from plaidoyer.newsletters.models import Click, Copy, Departure, Mailing
from plaidoyer.newsletters.results.channels import channel

A, B = "a", "b"
Rule = Mailing.WinnerRule
# Under so many in all, whatever difference there is says nothing.
FEWEST = 10
WAITING = (Envelope.State.QUEUED, Envelope.State.LEASED)


@dataclass(frozen=True, slots=True)
class Side:
    """What one subject did: to how many it went, and how many of them (or clicks) count."""

    sent: int
    scored: int

    @property
    def rate(self) -> float:
        return self.scored / self.sent if self.sent else 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which subject won and why: `few`, `tie`, or by the `rule`.

    `chance`: how often a difference as large would come up if both subjects were as good.
    """

    winner: str
    because: str
    a: Side
    b: Side
    chance: float


def decide(mailing: Mailing, now: datetime.datetime) -> Verdict | None:
    """Judges the two subjects of `mailing` once their time is over and lets the rest leave; None
    while it is not, where there is nothing to judge, and when it was done before."""
    if not mailing.trial_percent or mailing.winner or not is_over(mailing, now):
        return None
    with transaction.atomic():
        mailing = Mailing.objects.select_for_update().get(pk=mailing.pk)
        if mailing.winner or mailing.state != Mailing.State.SENDING:
            return None
        verdict = judge(mailing)
        mailing.winner, mailing.decided_at = verdict.winner, now
        mailing.verdict = asdict(verdict)
        mailing.save(update_fields=["winner", "decided_at", "verdict"])
        parked = Envelope.objects.filter(batch=mailing.batch_id, due_at=mailings.PARKED)
        parked.filter(state=Envelope.State.QUEUED).update(due_at=now)
    return verdict


def is_over(mailing: Mailing, now: datetime.datetime) -> bool:
    """Whether the hours have passed and every copy of the trial has left."""
    if mailing.frozen_at is None:
        return False
    began = max(mailing.frozen_at, mailing.leaves_at or mailing.frozen_at)
    if now < began + datetime.timedelta(hours=mailing.trial_hours):
        return False
    waiting = Copy.objects.filter(mailing=mailing, variant__in=[A, B])
    return not waiting.filter(envelope__state__in=WAITING).exists()


def judge(mailing: Mailing) -> Verdict:
    """Who wins as things stand: by its rule; A on a tie, and where too few did anything."""
    a, b = (side(mailing, variant) for variant in (A, B))
    rule = mailing.winner_rule
    chance = by_lot(a, b) if rule == Rule.CLICKS else fisher(a, b)
    if a.scored + b.scored < FEWEST:
        return Verdict(A, "few", a, b, chance)
    if a.rate == b.rate:
        return Verdict(A, "tie", a, b, chance)
    better = a.rate < b.rate if rule == Rule.DEPARTURES else a.rate > b.rate
    return Verdict(A if better else B, "rule", a, b, chance)


def side(mailing: Mailing, variant: str) -> Side:
    """What one subject did so far."""
    copies = Copy.objects.filter(mailing=mailing, variant=variant)
    readers = copies.values("supporter")
    match mailing.winner_rule:
        case Rule.CLICKS:
            found = Click.objects.filter(
                link__mailing=mailing, link__variant=variant, is_program=False
            )
            scored = found.count()
        case Rule.DEPARTURES:
            scored = Departure.objects.filter(mailing=mailing, supporter__in=readers).count()
        case _:
            brought = Confirmation.objects.counted().filter(action__via=channel(mailing))
            scored = brought.filter(supporter__in=readers).values("supporter").distinct().count()
    sent = copies.filter(envelope__state__in=[Envelope.State.ACCEPTED, Envelope.State.COMPLAINED])
    return Side(sent.count(), scored)


def fisher(a: Side, b: Side) -> float:
    """Fisher's exact test, two-sided: of people who did it or did not, each counted once."""
    total, scored = a.sent + b.sent, a.scored + b.scored
    if not total or a.scored > a.sent or b.scored > b.sent:
        return 1.0
    low, high = max(0, scored - b.sent), min(scored, a.sent)
    logs = [
        _log_comb(a.sent, k) + _log_comb(b.sent, scored - k) - _log_comb(total, scored)
        for k in range(low, high + 1)
    ]
    return _as_rare([exp(one) for one in logs], a.scored - low)


def by_lot(a: Side, b: Side) -> float:
    """The exact binomial test, two-sided: of clicks, of which one person may make several."""
    total = a.scored + b.scored
    if not total or not a.sent + b.sent:
        return 1.0
    share = a.sent / (a.sent + b.sent)
    if not 0 < share < 1:
        return 1.0
    chances = [
        exp(_log_comb(total, k) + k * log(share) + (total - k) * log1p(-share))
        for k in range(total + 1)
    ]
    return _as_rare(chances, a.scored)


def _as_rare(chances: list[float], seen: int) -> float:
    """The chance of what was seen and of everything as rare or rarer."""
    limit = chances[seen] * (1 + 1e-7)
    return min(1.0, sum(chance for chance in chances if chance <= limit))


def _log_comb(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
