"""Which acts look odd, judged behind the request, when an act gets its supporter (matching).

An act is odd when more than one other person acted on the same form from the same network within
the minute before it, or more than five within five minutes; likewise from the same mail domain,
unless that is one of the providers whom everybody uses. The figures are GuardSettings'. Others
are other addresses: somebody who presses three times is one person. Where it is not known from
where an act came (our own links, paper, an import, this machine) its rate says nothing.

An odd act is held, never refused; the mails and pages about it are like any others.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F, Q, Window
from django.db.models.functions import FirstValue
from django.utils import timezone

from plaidoyer.actions.guards import challenges, domains
from plaidoyer.actions.guards.models import DomainRule, GuardSettings
from plaidoyer.actions.models import Action, ActionForm, Held, Hold

Cause = Hold.Cause
# One hold takes what came from one place within a day.
EPISODE = datetime.timedelta(days=1)
LABEL = 8
# How far back is looked for every other that is allowed: an address that acts again and again
# hides the others behind it, and must not cost a flood's worth of rows.
REPEATS = 10

NEAR = """
SELECT count(DISTINCT mark) FILTER (WHERE submitted_at > a.submitted_at - %(burst)s)
         > %(burst_acts)s
       OR count(DISTINCT mark) > %(sustained_acts)s
FROM (
    SELECT o.mark, o.submitted_at FROM actions_action o
    WHERE o.form_id = a.form_id AND {same}
      AND o.submitted_at > a.submitted_at - greatest(%(burst)s, %(sustained)s)
      AND (o.submitted_at, o.id) < (a.submitted_at, a.id)
    ORDER BY o.submitted_at DESC LIMIT %(reach)s
) near
WHERE mark <> a.mark
"""
SAME_NETWORK = "o.network = a.network AND o.network <> ''"
SAME_DOMAIN = "o.domain = a.domain AND o.domain <> ''"
ODD = f"""
SELECT a.id,
       a.id = ANY(%(by_network)s) AND ({NEAR.format(same=SAME_NETWORK)}),
       a.id = ANY(%(by_domain)s) AND ({NEAR.format(same=SAME_DOMAIN)})
FROM actions_action a WHERE a.id = ANY(%(by_network)s)
"""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Why one act is to be held. `about` is what tells its hold from others of that cause."""

    action: Action
    cause: str
    network: str = ""
    domain: str = ""

    @property
    def about(self) -> dict[str, str]:
        return {name: said for name in ("network", "domain") if (said := getattr(self, name))}

    @property
    def key(self) -> tuple[int, str, str, str]:
        return self.action.form_id, self.cause, self.network, self.domain


def judge(actions: Sequence[Action]) -> int:
    """Holds those of the newly matched `actions` that look odd; how many.

    Belongs to the transaction of matching, which runs one at a time: no two judges open the same
    hold. Costs nothing for acts of which neither the network nor a proof is known.
    """
    guard = GuardSettings.current() if any(a.network or a.proof for a in actions) else None
    if guard is None:
        return 0
    suspicions = fast(actions, guard)
    odd = {suspicion.action.pk for suspicion in suspicions}
    rest = [action for action in actions if action.pk not in odd]
    return hold([*suspicions, *unproven(rest, guard)])


def fast(actions: Sequence[Action], guard: GuardSettings) -> list[Suspicion]:
    """Those of `actions` that came too fast from one place, or from a domain that is held."""
    known = [action for action in actions if action.network]
    if not known:
        return []
    said = domains.rules(action.domain for action in known)
    allow, held = DomainRule.Verdict.ALLOW, DomainRule.Verdict.HOLD
    judged = {a.pk: a for a in known if said.get(a.domain) != allow}
    suspicions = []
    for pk, too_many_near, too_many_alike in measured(list(judged.values()), guard):
        action, domain = judged[pk], judged[pk].domain
        if said.get(domain) == held:
            suspicions.append(Suspicion(action, Cause.DOMAIN, domain=domain))
        elif too_many_near:
            suspicions.append(Suspicion(action, Cause.NETWORK, network=action.network[:LABEL]))
        elif too_many_alike:
            suspicions.append(Suspicion(action, Cause.DOMAIN, domain=domain))
    return suspicions


def measured(actions: Sequence[Action], guard: GuardSettings) -> list[tuple[int, bool, bool]]:
    """For each act whether too many others came before it from its network, and its domain."""
    private = [a.pk for a in actions if a.domain not in domains.PUBLIC]
    values: dict[str, Any] = {
        "by_network": [action.pk for action in actions],
        "by_domain": private,
        "burst": guard.burst,
        "burst_acts": guard.burst_acts,
        "sustained": guard.sustained,
        "sustained_acts": guard.sustained_acts,
        "reach": REPEATS * (max(guard.burst_acts, guard.sustained_acts) + 1),
    }
    with connection.cursor() as cursor:
        cursor.execute(ODD, values)
        return cursor.fetchall()


def unproven(actions: Sequence[Action], guard: GuardSettings) -> list[Suspicion]:
    """Those of `actions` without a proof of work where one was asked, or with a used one."""
    proofs = {action.proof for action in actions if action.proof}
    if not proofs:
        return []
    missing = [action for action in actions if action.proof == challenges.MISSING]
    asking = asking_forms(missing, guard)
    used = used_again(actions) if proofs - {challenges.MISSING} else set()
    return [
        Suspicion(action, Cause.PROOF)
        for action in actions
        if action.pk in used or (action.proof == challenges.MISSING and action.form_id in asking)
    ]


def asking_forms(missing: Sequence[Action], guard: GuardSettings) -> set[int]:
    """The forms of `missing` acts that asked for a proof when the first of these was prepared."""
    if not missing:
        return set()
    forms = {action.form_id for action in missing}
    before = min(action.submitted_at for action in missing) - challenges.GRACE
    always = ActionForm.objects.filter(id__in=forms, challenge=ActionForm.Challenge.ALWAYS)
    return challenges.troubled(forms, before, guard) | set(always.values_list("id", flat=True))


def used_again(actions: Sequence[Action]) -> set[int]:
    """Those of `actions` whose proof somebody else's earlier act came with.

    The same person's is no matter: a button pressed twice sends it twice.
    """
    proofs = {action.proof for action in actions} - {"", challenges.MISSING}
    first = Window(FirstValue("mark"), partition_by=F("proof"), order_by=F("id").asc())
    came = (
        Action.objects.filter(~Q(proof__in=["", challenges.MISSING]), proof__in=proofs)
        .annotate(first=first)
        .values_list("id", "first", "mark")
    )
    return {pk for pk, first, own in came if own != first}


def hold(suspicions: Sequence[Suspicion]) -> int:
    """Puts each suspected act under the open hold of its cause and place, made where there is
    none. Where an organiser lifted that hold within a day, the act is let go: they looked."""
    if not suspicions:
        return 0
    now = timezone.now()
    holds = standing(suspicions, now)
    missing = {s.key: s for s in suspicions if s.key not in holds}
    for key, first in missing.items():
        holds[key] = Hold(
            cause=first.cause,
            form_id=first.action.form_id,
            chosen=first.about,
            placed_at=now,
            applied_at=now,
        )
    Hold.objects.bulk_create(holds[key] for key in missing)
    under = [Held(action=s.action, hold=holds[s.key], held_at=now) for s in suspicions]
    under = [held for held in under if held.hold.lifted_at is None]
    Held.objects.bulk_create(under, batch_size=1000, ignore_conflicts=True)
    return len(under)


def standing(
    suspicions: Sequence[Suspicion], now: datetime.datetime
) -> dict[tuple[int, str, str, str], Hold]:
    """The last hold of the day for each cause and place that `suspicions` are about."""
    lately = Hold.objects.filter(
        form__in={suspicion.action.form_id for suspicion in suspicions},
        cause__in={suspicion.cause for suspicion in suspicions},
        placed_at__gt=now - EPISODE,
    ).order_by("placed_at", "id")
    return {
        (h.form_id, h.cause, h.chosen.get("network", ""), h.chosen.get("domain", "")): h
        for h in lately
    }
