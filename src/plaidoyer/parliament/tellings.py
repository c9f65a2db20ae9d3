"""What is known of an official petition, in sentences of the active language."""

import datetime
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from plaidoyer.lib import wording
from plaidoyer.parliament.courses import Course
from plaidoyer.parliament.forecasts import Forecast, Pace
from plaidoyer.parliament.models import PublishedRank, Scope
from plaidoyer.parliament.petitions import Story
from plaidoyer.parliament.ranks import Rank
from plaidoyer.parliament.states import State


def _language() -> str:
    return get_language() or "en"


def number(value: int) -> str:
    return wording.number(value, _language())


def day(value: datetime.date) -> str:
    return wording.date(value, _language())


def state(course: Course) -> str:
    """Where it stands, with the days that matter to it."""
    due = course.due
    if course.state == State.OVERDUE and due:
        late = course.days_late
        return ngettext(
            "The answer is %(number)s day late: it was due on %(day)s.",
            "The answer is %(number)s days late: it was due on %(day)s.",
            late,
        ) % {"number": number(late), "day": day(due.on)}
    if course.state == State.DUE and due:
        return answer_due(course)
    return str(course.state.label).capitalize()


def answer_due(course: Course) -> str:
    """When the answer is due; both days where it is uncertain. "" where none is due."""
    due = course.due
    if due is None:
        return ""
    if due.is_certain or due.or_on is None:
        return _("An answer is due on %(day)s.") % {"day": day(due.on)}
    both = {"day": day(due.on), "other": day(due.or_on)}
    return _("An answer is due on %(day)s or on %(other)s.") % both


def why_due(course: Course) -> str:
    """By what the answer is due on that day, and where the number of days ended."""
    due = course.due
    if due is None:
        return ""
    if due.is_certain and due.or_on:
        return _("%(why)s (the days of the rule end on %(day)s)") % {
            "why": due.words,
            "day": day(due.or_on),
        }
    return str(due.words)


def pace(found: Pace) -> str:
    """How fast the count grew, as a span."""
    since = day(found.since.date())
    if found.low == found.high:
        return ngettext(
            "%(number)s signature a day since %(since)s.",
            "%(number)s signatures a day since %(since)s.",
            found.low,
        ) % {"number": number(found.low), "since": since}
    return _("Between %(low)s and %(high)s signatures a day since %(since)s.") % {
        "low": number(found.low),
        "high": number(found.high),
        "since": since,
    }


def forecast(found: Forecast) -> str:
    """Between what and what it may close."""
    return _("It may close with between %(low)s and %(high)s signatures.") % {
        "low": number(found.low),
        "high": number(found.high),
    }


def scope(name: str, value: str = "") -> str:
    """Among which petitions, as a phrase: "of session 44-1"."""
    match name:
        case Scope.PARLIAMENT if value:
            return _("of parliament %(number)s") % {"number": value}
        case Scope.SESSION if value:
            return _("of session %(number)s") % {"number": value}
        case Scope.YEAR if value:
            return _("of the year %(year)s") % {"year": value}
    return str(Scope(name).label)


def rank(found: Rank) -> str:
    """The place, exact where the list is complete; else how many have more, at least."""
    facts = {
        "place": wording.ordinal(found.rank, _language(), feminine=True),
        "number": number(found.of),
        "ahead": number(found.ahead),
        "scope": scope(found.scope, found.value),
        "day": day(found.as_of),
    }
    if found.is_complete:
        return _("%(place)s of the %(number)s petitions %(scope)s, on %(day)s") % facts
    if not found.ahead:
        return _("first of the %(number)s petitions %(scope)s that we know of, on %(day)s") % facts
    return (
        ngettext(
            "at least %(ahead)s petition %(scope)s has more signatures: %(place)s at best, "
            "of the %(number)s we know of on %(day)s",
            "at least %(ahead)s petitions %(scope)s have more signatures: %(place)s at best, "
            "of the %(number)s we know of on %(day)s",
            found.ahead,
        )
        % facts
    )


def published(found: PublishedRank) -> str:
    """A place as somebody published it."""
    session = found.petition.session
    values = {}
    if session:
        values = {Scope.SESSION: session.identifier, Scope.PARLIAMENT: session.parliament}
    if found.petition.closes_on:
        values[Scope.YEAR] = str(found.petition.closes_on.year)
    return _("%(place)s %(scope)s, as published on %(day)s") % {
        "place": wording.ordinal(found.rank, _language(), feminine=True),
        "scope": scope(found.scope, values.get(Scope(found.scope), "")),
        "day": day(found.as_of),
    }


def tell(story: Story) -> dict[str, Any]:
    """What templates show of a petition, every sentence written; see parliament/_story.html."""
    course, petition = story.course, story.petition
    return {
        "petition": petition,
        "course": course,
        "last": story.last,
        "rows": story.rows,
        "curve": story.curve,
        "regions": story.regions,
        "thresholds": story.thresholds,
        "state": state(course),
        "due": answer_due(course) if course.due and not petition.answered_on else "",
        "why_due": why_due(course),
        "pace": pace(story.pace) if story.pace else "",
        "forecast": forecast(story.forecast) if story.forecast else "",
        "ranks": [rank(one) for one in story.ranks],
        "published": [(published(one), one.source) for one in story.published],
        "days": days(course),
    }


def days(course: Course) -> list[tuple[str, datetime.date]]:
    """The dated facts of a petition with what each is called, in their order."""
    petition = course.petition
    is_ahead = bool(petition.opens_on and petition.opens_on > course.today)
    named = [
        (_("Opens") if is_ahead else _("Opened"), "opens_on"),
        (_("Closes") if course.is_open else _("Closed"), "closes_on"),
        (_("Certified"), "certified_on"),
        (_("Not certified"), "refused_on"),
        (_("Presented"), "presented_on"),
        (_("Debate"), "debate_on"),
        (_("Answered"), "answered_on"),
        (_("Withdrawn"), "withdrawn_on"),
    ]
    found = [(words, getattr(petition, name)) for words, name in named if getattr(petition, name)]
    if course.state in (State.DISSOLVED, State.LAPSED) and course.ending:
        found.append((_("Parliament dissolved"), course.ending.dissolved_on))
    return found
