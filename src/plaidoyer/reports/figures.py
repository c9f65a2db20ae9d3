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

from plaidoyer.actions.kinds import KINDS
from plaidoyer.actions.models import ActionForm
from plaidoyer.campaigns.models import Campaign
from plaidoyer.lib import wording
from plaidoyer.parliament import results, tellings
from plaidoyer.parliament.models import Option, PetitionSnapshot
from plaidoyer.reports.counts import (
    Counts,
    Followed,
    Heard,
    count,
    follow,
    hear,
    start,
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One counted number with all that is needed to check it. Its words come by language."""

    # What it is called in the files that machines read: rung and form, or petition.
    name: str
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
                "name": self.name,
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
    """Every figure of one campaign over the period that is not zero; days are UTC days."""
    forms = list(campaign.forms.order_by("pk"))
    petitions = follow([campaign.pk], min(ends_on, timezone.localdate())).get(campaign.pk, [])
    votes = hear([campaign.pk], starts_on, ends_on).get(campaign.pk, [])
    return of(forms, petitions, votes, count(forms, starts_on, ends_on), starts_on, ends_on)


def of(
    forms: list[ActionForm],
    petitions: list[Followed],
    votes: list[Heard],
    counts: Counts,
    starts_on: datetime.date,
    ends_on: datetime.date,
) -> list[Figure]:
    """Every figure of a campaign over the period that is not zero."""
    found = []
    for form in forms:
        at = counts.counted_at[form.pk]
        found.append(_confirmed(form, counts.confirmed[form.pk], at, starts_on, ends_on))
        accepted = counts.letters[form.pk].accepted
        found.append(_accepted(form, accepted, starts_on, ends_on))
    span = (start(starts_on), start(ends_on + datetime.timedelta(days=1)))
    for one in petitions:
        seen = [snap for snap in one.seen if span[0] <= snap.taken_at < span[1]]
        if seen:
            found.append(_official(one, seen[-1]))
    found += [_voted(one) for one in votes]
    return [figure for figure in found if figure.value > 0]


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
    noun = kind.counted if kind else _acts
    return Figure(f"confirmed-{form.public_id}", value, moment, noun, define)


def _accepted(
    form: ActionForm, value: int, starts_on: datetime.date, ends_on: datetime.date
) -> Figure:
    def define(language: str) -> str:
        return _(
            "Letters from “%(form)s”, one for each decision-maker written to, that the addressee’s"
            " own mail server accepted (%(period)s)."
        ) % {
            "form": form.name.in_language(language),
            "period": wording.period(starts_on, ends_on, language),
        }

    return Figure(f"accepted-{form.public_id}", value, timezone.now(), _letters, define)


def _official(one: Followed, snapshot: PetitionSnapshot) -> Figure:
    petition = one.course.petition

    def define(language: str) -> str:
        counted = _(
            "Signatures that %(legislature)s showed on its own site for petition %(number)s."
            " Counted there, never added to ours."
        ) % {
            "legislature": petition.legislature.name.in_language(language),
            "number": petition.identifier,
        }
        # Places only as somebody published them, with their day.
        places = [f"{tellings.published(rank)}." for rank in one.ranks]
        due = "" if petition.answered_on else tellings.answer_due(one.course)
        return " ".join(filter(None, [counted, *places, due]))

    name = f"official-{petition.public_id}"
    source = snapshot.source
    return Figure(name, snapshot.signatures, snapshot.taken_at, _signatures, define, source)


def _voted(heard: Heard) -> Figure:
    """How many voted as the campaign asked, as published; the definition has both sides."""
    event, way = heard.asked.event, Option(heard.asked.option)
    shown = {total.option: total.shown for total in results.totals(event, heard.held)}

    def define(language: str) -> str:
        told = results.told(event, shown.get(Option.YES), shown.get(Option.NO))
        motion = event.motion
        of = _("Recorded vote on “%(motion)s” (%(legislature)s).") % {
            "motion": motion.title.in_language(language),
            "legislature": motion.legislature.name.in_language(language),
        }
        return f"{told} {of}"

    noun = _yes if way == Option.YES else _no
    name = f"vote-{heard.asked.pk}"
    return Figure(name, shown.get(way, 0), timezone.now(), noun, define, event.source)


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
