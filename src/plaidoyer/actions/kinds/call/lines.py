"""Whom to call, and at which numbers."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from plaidoyer.actions.kinds.letter import letters
from plaidoyer.campaigns.models import Target
from plaidoyer.civics import contacts
from plaidoyer.civics.models import Organization, Person, Post

Callee = Target | Post


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody to call: who, and the official numbers with their links."""

    key: str
    name: str
    is_vacant: bool
    numbers: list[tuple[str, str]]


def key(callee: Callee) -> str:
    """What stands for somebody in a form."""
    return f"{'post' if isinstance(callee, Post) else 'target'}-{callee.pk}"


def lines(callees: Iterable[Callee]) -> list[Line]:
    """Those to call, in their order, in the active language; few queries, however many."""
    these = list(callees)
    offices = [office for one in these if (office := office_of(one))]
    prefetch_related_objects(offices, *letters.REACHED_BY)
    return [line(callee) for callee in these]


def office_of(callee: Callee) -> Post | None:
    """The office that is called, where it is one."""
    return callee if isinstance(callee, Post) else callee.post


def line(callee: Callee) -> Line:
    """One of those to call."""
    decision_maker: Post | Person | Organization = (
        callee if isinstance(callee, Post) else callee.decision_maker
    )
    office = office_of(callee)
    holder = office.holder() if office else None
    named = ", ".join(str(part) for part in (holder, decision_maker) if part)
    found = contacts.telephones(decision_maker)
    return Line(
        key=key(callee),
        name=named,
        is_vacant=bool(office and office.area_id and holder is None),
        numbers=[(detail.value, contacts.dialled(detail.value)) for detail in found],
    )
