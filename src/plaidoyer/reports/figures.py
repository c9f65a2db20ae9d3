"""The figures of a campaign in a period: what was counted, when, by which definition, and where.

Own figures come from the count ladder, one for each form and rung. Official ones are what a
parliament's site showed, and how many voted as the campaign asked. They stand side by side, each
with its source; they are never added.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from plaidoyer.actions import counting
from plaidoyer.actions.kinds import KINDS
from plaidoyer.actions.models import ActionForm
from plaidoyer.campaigns.models import AskedVote, Campaign
from plaidoyer.delivery import reporting as delivery
from plaidoyer.lib import wording
from plaidoyer.parliament import courses, results, tellings
from plaidoyer.parliament.courses import Course
from plaidoyer.parliament.models import Option, PetitionSnapshot


@dataclass(frozen=True, slots=True)
class Figure:
    """One counted number with all that is needed to check it. Its words come by language."""

    value: int
    moment: datetime.datetime
    noun: Callable[[int], str]
    define: Callable[[str], str]
    source_url: str = ""

    def tell(self, language: str) -> dict[str, Any]:
        """The figure in `language`, as it is written into a document."""
        with translation.override(language):
            words = wording.figure(self.value, language)
            whole = wording.quantity(self.value, self.noun(self.value), language)
            return {
                "words": words,
                "label": whole.removeprefix(words).strip(),
                "value": self.value,
                "exact": wording.number(self.value, language),
                "moment": wording.moment(timezone.localtime(self.moment), language),
                "counted_at": self.moment.isoformat(),
                "definition": wording.spaced(self.define(language), language),
                "source_url": self.source_url,
            }


def gather(campaign: Campaign, starts_on: datetime.date, ends_on: datetime.date) -> list[Figure]:
    """Every figure of `campaign` over the period that is not zero; days are UTC days."""
    figures = []
    forms = list(campaign.forms.order_by("pk"))
    counted = counting.confirmed(forms)
    for form in forms:
        value = counting.confirmed_between(form, starts_on, ends_on)
        figures.append(_confirmed(form, value, counted[form.pk].counted_at, starts_on, ends_on))
        figures.append(_accepted(form, starts_on, ends_on))
    petitions = campaign.official_petitions.select_related("legislature", "session").order_by("pk")
    for course in courses.follow(petitions, min(ends_on, timezone.localdate())):
        petition = course.petition
        span = (_start(starts_on), _start(ends_on + datetime.timedelta(days=1)))
        snapshot = petition.snapshots.filter(taken_at__gte=span[0], taken_at__lt=span[1]).first()
        if snapshot:
            figures.append(_official(course, snapshot))
    votes = campaign.asked_votes.filter(event__held_on__range=(starts_on, ends_on))
    asked = list(votes.select_related("event__motion__legislature").order_by("event__held_on"))
    held = results.held(one.event for one in asked)
    figures += [_voted(one, held[one.event_id]) for one in asked]
    return [figure for figure in figures if figure.value > 0]


def _confirmed(
    form: ActionForm,
    value: int,
    moment: datetime.datetime,
    starts_on: datetime.date,
    ends_on: datetime.date,
) -> Figure:
    def define(language: str) -> str:
        return _(
            "Acts on “%(form)s” confirmed by their authors through the link in a mail (%(period)s),"
            " less those taken back in that time. Each person counts once."
        ) % {
            "form": form.name.in_language(language),
            "period": wording.period(starts_on, ends_on, language),
        }

    kind = KINDS.get(form.kind)
    return Figure(value, moment, kind.counted if kind else _acts, define)


def _accepted(form: ActionForm, starts_on: datetime.date, ends_on: datetime.date) -> Figure:
    def define(language: str) -> str:
        return _(
            "Letters from “%(form)s”, one for each decision-maker written to, that the addressee’s"
            " own mail server accepted (%(period)s)."
        ) % {
            "form": form.name.in_language(language),
            "period": wording.period(starts_on, ends_on, language),
        }

    before = delivery.ladder([form], until=_start(starts_on)).accepted
    now = delivery.ladder([form], until=_start(ends_on + datetime.timedelta(days=1))).accepted
    return Figure(now - before, timezone.now(), _letters, define)


def _official(course: Course, snapshot: PetitionSnapshot) -> Figure:
    petition = course.petition

    def define(language: str) -> str:
        counted = _(
            "Signatures that %(legislature)s showed on its own site for petition %(number)s."
            " Counted there, never added to ours."
        ) % {
            "legislature": petition.legislature.name.in_language(language),
            "number": petition.identifier,
        }
        # Places only as somebody published them, with their day.
        places = [f"{tellings.published(rank)}." for rank in petition.ranks.order_by("scope")]
        due = "" if petition.answered_on else tellings.answer_due(course)
        return " ".join(filter(None, [counted, *places, due]))

    return Figure(
        snapshot.signatures, snapshot.taken_at, _signatures, define, source_url=snapshot.source
    )


def _voted(asked: AskedVote, held: dict[Option, int]) -> Figure:
    """How many voted as the campaign asked, as published; the definition has both sides."""
    event, way = asked.event, Option(asked.option)
    shown = {total.option: total.shown for total in results.totals(event, held)}

    def define(language: str) -> str:
        told = results.told(event, shown.get(Option.YES), shown.get(Option.NO))
        motion = event.motion
        of = _("Recorded vote on “%(motion)s” (%(legislature)s).") % {
            "motion": motion.title.in_language(language),
            "legislature": motion.legislature.name.in_language(language),
        }
        return f"{told} {of}"

    noun = _yes if way == Option.YES else _no
    return Figure(shown.get(way, 0), timezone.now(), noun, define, source_url=event.source)


def _yes(number: int) -> str:
    return ngettext("vote for", "votes for", number)


def _no(number: int) -> str:
    return ngettext("vote against", "votes against", number)


def _acts(number: int) -> str:
    return ngettext("act", "acts", number)


def _letters(number: int) -> str:
    return ngettext("letter accepted", "letters accepted", number)


def _signatures(number: int) -> str:
    return ngettext("official signature", "official signatures", number)


def _start(day: datetime.date) -> datetime.datetime:
    """Midnight at which `day` begins, in UTC like the days of the count ladder."""
    return datetime.datetime.combine(day, datetime.time(), datetime.UTC)
