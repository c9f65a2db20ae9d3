"""What organisers see of where acts come from: the busiest networks and mail domains."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone

from plaidoyer.actions.guards import domains
from plaidoyer.actions.guards.models import DomainRule, GuardSettings
from plaidoyer.actions.guards.rates import LABEL
from plaidoyer.actions.models import Action, ActionForm

SPANS = {"hour": datetime.timedelta(hours=1), "day": datetime.timedelta(days=1)}
TOP = 10
# A place of which fewer acts came says nothing, and a list of single acts is a list of people.
LEAST = 2

# As the guards count: who presses again and again is one person.
TRENDING = """
WITH came AS (
    SELECT a.id, a.form_id, {place} AS place, a.submitted_at,
           coalesce(a.submitted_at - lag(a.submitted_at) OVER (
               PARTITION BY a.form_id, {place}, a.mark ORDER BY a.submitted_at, a.id
           ) <= %(window)s, false) AS is_again
    FROM actions_action a WHERE a.submitted_at > %(since)s AND {known}
), near AS (
    SELECT came.*, count(*) FILTER (WHERE NOT is_again) OVER (
        PARTITION BY form_id, place ORDER BY submitted_at
        RANGE BETWEEN %(window)s PRECEDING AND CURRENT ROW
    ) AS at_once FROM came
), ranked AS (
    SELECT form_id, place, count(*) AS acts, max(at_once) AS peak,
           count(*) FILTER (WHERE EXISTS (
               SELECT FROM actions_held h WHERE h.action_id = near.id AND h.released_at IS NULL
           )) AS held,
           row_number() OVER (PARTITION BY form_id ORDER BY count(*) DESC, place) AS nth
    FROM near GROUP BY form_id, place HAVING count(*) >= %(least)s
)
SELECT form_id, place, acts, peak, held FROM ranked WHERE nth <= %(top)s ORDER BY form_id, nth
"""
NETWORKS = TRENDING.format(place=f"left(a.network, {LABEL})", known="a.network <> ''")
DOMAINS = TRENDING.format(place="a.domain", known="a.domain <> '' AND a.domain <> ALL(%(public)s)")


@dataclass(slots=True)
class Place:
    """A network or a mail domain, and how much came from it."""

    name: str
    acts: int
    peak: int
    held: int
    # More at once than the guards let pass.
    is_odd: bool
    rule: DomainRule | None = None


@dataclass(slots=True)
class Watched:
    """One form over a span: its acts, and the places most of them came from."""

    form: ActionForm
    acts: int
    known: int
    networks: list[Place] = field(default_factory=list)
    domains: list[Place] = field(default_factory=list)

    @property
    def blind(self) -> bool:
        """Whether acts came and of none the network is known."""
        return self.acts > 0 and self.known == 0


def watch(span: str) -> list[Watched]:
    """The forms that had acts within `span`, the busiest first. Five queries, however many."""
    since = timezone.now() - SPANS[span]
    counts = (
        Action.objects.filter(submitted_at__gt=since)
        .values("form")
        .annotate(acts=Count("id"), known=Count("id", ~Q(network="")))
        .order_by("-acts")
    )
    totals = {row["form"]: row for row in counts}
    forms = ActionForm.objects.select_related("campaign").in_bulk(totals)
    watched = {
        pk: Watched(forms[pk], total["acts"], total["known"]) for pk, total in totals.items()
    }
    guard = GuardSettings.current()
    for pk, place in trending(NETWORKS, since, guard):
        watched[pk].networks.append(place)
    found = trending(DOMAINS, since, guard)
    rules = DomainRule.objects.in_bulk({place.name for _pk, place in found}, field_name="domain")
    for pk, place in found:
        place.rule = rules.get(place.name)
        watched[pk].domains.append(place)
    return list(watched.values())


def trending(query: str, since: datetime.datetime, guard: GuardSettings) -> list[tuple[int, Place]]:
    """The places of one of the queries above, by form."""
    values: dict[str, Any] = {
        "since": since,
        "window": guard.sustained,
        "least": LEAST,
        "top": TOP,
        "public": list(domains.PUBLIC),
    }
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        rows = cursor.fetchall()
    return [
        (pk, Place(name, acts, peak, held, is_odd=peak > guard.sustained_acts + 1))
        for pk, name, acts, peak, held in rows
    ]
