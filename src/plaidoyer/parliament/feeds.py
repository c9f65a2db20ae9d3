"""Deadlines as a calendar (iCalendar, RFC 5545), for any calendar program to subscribe to."""

import datetime
import uuid
from collections.abc import Iterable

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from plaidoyer.lib import wording
from plaidoyer.parliament.courses import Deadline
from plaidoyer.parliament.models import OfficialPetition

TYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//Plaidoyer//Deadlines//EN"


def calendar(deadlines: Iterable[Deadline], name: str, language: str) -> bytes:
    """A calendar of that name with one event of a day for each deadline, in the active language.

    The same deadlines give the same bytes for a day.
    """
    feed = Calendar()
    feed.add("version", "2.0")
    feed.add("prodid", PRODUCT)
    feed.add("calscale", "GREGORIAN")
    feed.add("method", "PUBLISH")
    feed.add("x-wr-calname", name)
    feed.add("refresh-interval", datetime.timedelta(hours=12), {"value": "DURATION"})
    for deadline in deadlines:
        feed.add_component(event(deadline, language))
    return bytes(feed.to_ical())


def event(deadline: Deadline, language: str) -> Event:
    """One day. It keeps its UID when the day moves, so that calendars move it too."""
    told = Event()
    told.add("uid", uid(deadline))
    told.add("dtstamp", _this_morning())
    told.add("dtstart", deadline.on)
    told.add("dtend", deadline.on + datetime.timedelta(days=1))
    told.add("summary", deadline.title)
    told.add("transp", "TRANSPARENT")
    told.add("status", "CONFIRMED" if deadline.is_certain else "TENTATIVE")
    if words := description(deadline, language):
        told.add("description", words)
    if url := deadline.about.url.in_language(language):
        told.add("url", url)
    return told


def description(deadline: Deadline, language: str) -> str:
    """Why that day, and which other it may be."""
    parts = [str(deadline.why)] if deadline.why else []
    if deadline.or_on:
        day = wording.date(deadline.or_on, language)
        if deadline.is_certain:
            parts.append(_("The number of days ends on %(day)s.") % {"day": day})
        else:
            parts.append(_("It may also be %(day)s.") % {"day": day})
    return "\n".join(parts)


def uid(deadline: Deadline) -> str:
    """A name that stays: of the petition or motion and of what ends."""
    about = deadline.about
    kind = "petition" if isinstance(about, OfficialPetition) else "motion"
    address = f"{settings.BASE_URL}/{kind}/{about.pk}/{deadline.code}"
    return f"{uuid.uuid5(uuid.NAMESPACE_URL, address)}@{settings.MAIL_DOMAIN}"


def _this_morning() -> datetime.datetime:
    """The beginning of the day in UTC: a feed asked for twice a day is the same."""
    now = timezone.now().astimezone(datetime.UTC)
    return now.replace(hour=0, minute=0, second=0, microsecond=0)
