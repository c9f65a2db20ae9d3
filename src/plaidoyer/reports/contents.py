"""What an edition says, as one tree of words and numbers for each language.

`gather` reads the facts once, so that every language tells the same; `tell` writes them down in
one language. Web page, mail and PDF are drawn from what `tell` gives and from nothing else.
"""

import datetime
import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from plaidoyer.donations import reporting as donations
from plaidoyer.lib import typed, wording
from plaidoyer.lib.words import Words
from plaidoyer.newsletters.mailings import without_slots
from plaidoyer.organisation import giving
from plaidoyer.organisation.models import Organisation
from plaidoyer.outcomes import reporting as outcomes
from plaidoyer.outcomes.models import Milestone
from plaidoyer.reports import charts, figures, headings, labels
from plaidoyer.reports.models import Edition, Heading, Item

SCHEMA = 1
Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One item with the facts of its campaign."""

    item: Item
    figures: list[figures.Figure]
    milestones: list[Milestone]
    standings: list[outcomes.Row]
    earlier: Item | None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that an edition tells, counted at one moment."""

    edition: Edition
    entries: list[Entry]
    weeks: charts.Weeks
    organisation: Organisation
    at: datetime.datetime


def gather(edition: Edition, at: datetime.datetime | None = None) -> Facts:
    """Reads every fact of the edition once, as it stands at `at` (now, unless told)."""
    at = at or timezone.now()
    items = sorted(
        edition.items.select_related("campaign"),
        key=lambda item: (Heading.values.index(item.heading), item.position, item.pk),
    )
    entries = [_entry(edition, item) for item in items]
    forms = [form for item in items for form in item.campaign.forms.all()]
    weeks = charts.gather(forms, edition.starts_on, edition.ends_on)
    return Facts(edition, entries, weeks, Organisation.current(), at)


def _entry(edition: Edition, item: Item) -> Entry:
    campaign, first, last = item.campaign, edition.starts_on, edition.ends_on
    earlier = headings.earlier_win(campaign, first)
    if item.heading == Heading.RECALLED:
        return Entry(item, [], [], [], earlier)
    return Entry(
        item=item,
        figures=figures.gather(campaign, first, last),
        milestones=[m for m in outcomes.timeline(campaign, on=last) if m.happened_on >= first][
            ::-1
        ],
        standings=outcomes.standing_table(campaign, on=last),
        earlier=earlier,
    )


def tell(facts: Facts, language: str) -> Tree:
    """The edition in `language`: JSON-safe, in the order it is read."""
    with translation.override(language):
        return _Teller(facts, language).tell()


class _Teller:
    """One language's telling; holds what every part needs."""

    def __init__(self, facts: Facts, language: str) -> None:
        self.facts, self.language = facts, language
        self.notes = 0

    def tell(self) -> Tree:
        edition, organisation = self.facts.edition, self.facts.organisation
        web = settings.BASE_URL + reverse("reports:edition", args=[edition.slug])
        groups = self.groups()
        return {
            "schema": SCHEMA,
            "language": self.language,
            "title": self.words(edition.title),
            "period": wording.period(edition.starts_on, edition.ends_on, self.language),
            "starts_on": edition.starts_on.isoformat(),
            "ends_on": edition.ends_on.isoformat(),
            "published": labels.published(timezone.localdate(self.facts.at), self.language),
            "counted_at": self.facts.at.isoformat(),
            "web_url": web,
            "pdf_url": settings.BASE_URL
            + reverse("reports:pdf", args=[edition.slug, edition.slug, self.language]),
            "organisation": {
                "name": self.words(organisation.name),
                "accent": organisation.accent,
                "contact_email": organisation.contact_email,
                "postal_address": _lines(organisation.postal_address),
                "giving_url": self.typed(giving.everywhere(organisation, self.language)),
            },
            "introduction": self.paragraphs(edition.introduction),
            "groups": groups,
            "chart": charts.tell(self.facts.weeks, self.language, organisation.accent),
            "our_part": self.paragraphs(edition.our_part),
            "thanks": self.paragraphs(edition.thanks),
            "appeal": self.paragraphs(edition.appeal),
            "giving_ways": self.giving_ways(),
            "counting": labels.how_we_count(
                wording.moment(timezone.localtime(self.facts.at), self.language), self.language
            ),
            "labels": labels.fixed(self.language),
        }

    def groups(self) -> list[Tree]:
        """Items under their headings, in the order of the headings; none without items."""
        told = []
        for heading in Heading:
            entries = [e for e in self.facts.entries if e.item.heading == heading]
            if entries:
                items = [self.item(entry) for entry in entries]
                told.append(
                    {
                        "heading": heading.value,
                        "anchor": heading.value,
                        "label": str(heading.label),
                        "count": labels.counted_heading(heading, len(items)),
                        "items": items,
                    }
                )
        return told

    def giving_ways(self) -> list[Tree]:
        """How one gives without a card: the lines of each way under its name."""
        return [
            {"label": way["label"], "lines": _lines(self.typed(way["words"]))}
            for way in donations.giving_ways(self.language)
        ]

    def item(self, entry: Entry) -> Tree:
        item = entry.item
        return {
            "anchor": f"c-{item.campaign.slug}",
            "title": self.words(item.title),
            "text": self.paragraphs(item.text),
            "is_major": item.is_major,
            "major_reason": self.words(item.major_reason) if item.is_major else "",
            "overruled": self.overruled(item),
            "figures": [self.figure(figure) for figure in entry.figures],
            "standings": [
                {
                    "demand": self.words(row.demand.words),
                    "target": str(row.target),
                    "standing": row.standing.value,
                    "label": str(row.standing.label),
                }
                for row in entry.standings
            ],
            "milestones": [self.milestone(milestone) for milestone in entry.milestones],
            "earlier": self.earlier(entry.earlier),
        }

    def figure(self, figure: figures.Figure) -> Tree:
        self.notes += 1
        return {"note": self.notes, **figure.tell(self.language)}

    def overruled(self, item: Item) -> str:
        """Said aloud wherever the editors chose another heading than the facts gave."""
        if item.heading == item.derived_heading:
            return ""
        sentence = _("By the facts alone this would stand under “%(heading)s”: %(reason)s")
        derived = str(Heading(item.derived_heading).label)
        return self.typed(
            sentence % {"heading": derived, "reason": self.words(item.overrule_reason)}
        )

    def milestone(self, milestone: Milestone) -> Tree:
        claim = milestone.claim != Milestone.Claim.UNKNOWN
        return {
            "date": wording.date(milestone.happened_on, self.language),
            "happened_on": milestone.happened_on.isoformat(),
            "title": self.words(milestone.title),
            "claim": str(milestone.get_claim_display()) if claim else "",
            "claim_words": self.words(milestone.claim_words) if claim else "",
            "evidence": [
                {
                    "title": self.typed(proof.title),
                    "publisher": self.typed(proof.publisher),
                    "date": wording.date(proof.published_on, self.language),
                    "url": proof.url or settings.BASE_URL + proof.file.url,
                    "language": proof.language,
                }
                for proof in milestone.evidence.all()
            ],
        }

    def earlier(self, item: Item | None) -> Tree | None:
        """The edition that told this win first, with the way there."""
        if item is None:
            return None
        page = reverse("reports:edition", args=[item.edition.slug])
        return {
            "title": self.words(item.edition.title),
            "url": f"{settings.BASE_URL}{page}#c-{item.campaign.slug}",
        }

    def words(self, words: Words) -> str:
        return self.typed(words.in_language(self.language))

    def typed(self, text: str) -> str:
        """Somebody's words with the language's spaces and without signs that no reader sees."""
        return wording.spaced(_visible(text), self.language)

    def paragraphs(self, words: Words) -> list[list[str]]:
        """Somebody's text as paragraphs of lines."""
        return [_lines(part) for part in re.split(r"\n\s*\n", self.words(words)) if part.strip()]


def _visible(text: str) -> str:
    """`text` without what only machines read, be it control characters or a mailing's slots."""
    return without_slots(typed.paragraphs(text))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in _visible(text).split("\n") if line.strip()]
