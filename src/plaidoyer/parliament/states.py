"""Where an official petition stands, from its dated facts; and which orders of facts cannot be.

Pure: the same dates on the same day give the same state, and nothing is read or saved.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Day = datetime.date | None


class State(models.TextChoices):
    """What is true of a petition on a day. Each holds until the next dated fact."""

    ANNOUNCED = "announced", pgettext_lazy("petition", "not yet open")
    OPEN = "open", pgettext_lazy("petition", "open for signature")
    CLOSED = "closed", pgettext_lazy("petition", "closed")
    CERTIFIED = "certified", pgettext_lazy("petition", "certified")
    REFUSED = "refused", pgettext_lazy("petition", "not certified")
    PRESENTED = "presented", pgettext_lazy("petition", "presented")
    DUE = "due", pgettext_lazy("petition", "answer due")
    OVERDUE = "overdue", pgettext_lazy("petition", "answer overdue")
    ANSWERED = "answered", pgettext_lazy("petition", "answered")
    DISSOLVED = "dissolved", pgettext_lazy("petition", "closed by dissolution")
    LAPSED = "lapsed", pgettext_lazy("petition", "no answer due since the dissolution")
    WITHDRAWN = "withdrawn", pgettext_lazy("petition", "withdrawn")


# Those after which nothing more is awaited.
ENDS = frozenset({State.REFUSED, State.ANSWERED, State.DISSOLVED, State.LAPSED, State.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Dates:
    """The dated facts of one petition; None is what has not happened, or is not known."""

    opens_on: Day = None
    closes_on: Day = None
    certified_on: Day = None
    refused_on: Day = None
    withdrawn_on: Day = None
    presented_on: Day = None
    response_due_on: Day = None
    debate_on: Day = None
    answered_on: Day = None


DATED = tuple(Dates.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Ending:
    """A dissolution and what it ends, by the rules of the legislature."""

    dissolved_on: datetime.date
    closes_open: bool = True
    drops_unpresented: bool = False
    ends_answers: bool = False


def state(dates: Dates, today: datetime.date, ending: Ending | None = None) -> State:
    """Where the petition stands at the end of `today`.

    `dates.response_due_on` is the day that is due, by the rules or typed in. Facts to come count
    for nothing yet, so any past day can be asked for.
    """
    if happened(dates.withdrawn_on, today):
        return State.WITHDRAWN
    if happened(dates.refused_on, today):
        return State.REFUSED
    dissolved = ending is not None and happened(ending.dissolved_on, today)
    # Some governments answer while a petition is still open.
    taken = closed(dates, today) or happened(dates.presented_on, today) or dissolved
    if happened(dates.answered_on, today) and (taken or dates.closes_on is None):
        return State.ANSWERED
    if dissolved and ending and (end := ended(dates, ending)):
        return end
    return standing(dates, today)


def standing(dates: Dates, today: datetime.date) -> State:
    """Where it stands if nothing has ended it."""
    if happened(dates.presented_on, today):
        if dates.response_due_on is None:
            return State.PRESENTED
        return State.OVERDUE if dates.response_due_on < today else State.DUE
    is_open = dates.closes_on is not None and not closed(dates, today)
    if happened(dates.certified_on, today) and not is_open:
        return State.CERTIFIED
    if dates.opens_on and today < dates.opens_on:
        return State.ANNOUNCED
    return State.CLOSED if closed(dates, today) else State.OPEN


def ended(dates: Dates, ending: Ending) -> State | None:
    """What a dissolution did to it, if anything."""
    on = ending.dissolved_on
    if happened(dates.presented_on, on):
        return State.LAPSED if ending.ends_answers else None
    if ending.drops_unpresented:
        return State.DISSOLVED
    if ending.closes_open and not (dates.closes_on and dates.closes_on < on):
        return State.DISSOLVED
    return None


def happened(day: Day, today: datetime.date) -> bool:
    return day is not None and day <= today


def closed(dates: Dates, today: datetime.date) -> bool:
    """Whether it takes no more signatures after its own closing day; that day it still does."""
    return dates.closes_on is not None and dates.closes_on < today


# (the later fact, the earlier one, what is wrong where they are the other way round)
ORDER: list[tuple[str, str, str | Promise]] = [
    ("closes_on", "opens_on", _("A petition closes after it opens.")),
    ("certified_on", "opens_on", _("It is certified after it opens.")),
    ("refused_on", "opens_on", _("It is refused after it opens.")),
    ("withdrawn_on", "opens_on", _("It is withdrawn after it opens.")),
    ("presented_on", "opens_on", _("It is presented after it opens.")),
    ("presented_on", "certified_on", _("It is presented after it is certified.")),
    ("debate_on", "opens_on", _("It is debated after it opens.")),
    ("response_due_on", "presented_on", _("An answer is due after the presentation.")),
    ("answered_on", "opens_on", _("It is answered after it opens.")),
    ("answered_on", "presented_on", _("An answer comes after the presentation.")),
]
# (the fact, another it cannot stand beside, why)
APART: list[tuple[str, str, str | Promise]] = [
    ("refused_on", "certified_on", _("A petition is certified or refused, not both.")),
    ("presented_on", "refused_on", _("A petition that was refused is not presented.")),
    ("withdrawn_on", "presented_on", _("A petition that was presented is not withdrawn.")),
]


def faults(dates: Dates) -> dict[str, str | Promise]:
    """What cannot be, by the field to mend; empty where the order is right."""
    return dict(reversed([*_out_of_order(dates), *_side_by_side(dates)]))


def _out_of_order(dates: Dates) -> Iterator[tuple[str, str | Promise]]:
    for later, earlier, words in ORDER:
        one, other = getattr(dates, later), getattr(dates, earlier)
        if one and other and one < other:
            yield later, words


def _side_by_side(dates: Dates) -> Iterator[tuple[str, str | Promise]]:
    for one, other, words in APART:
        if getattr(dates, one) and getattr(dates, other):
            yield one, words
