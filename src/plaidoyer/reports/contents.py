"""What an edition says, as one tree of words and numbers for each language.

`gathering` reads the facts once, so that every language tells the same; `tell` writes them down in
one language. Web page, mail, PDF and figures for machines are drawn from what `tell` gives and
from nothing else.
"""

import re
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from plaidoyer.donations import reporting as donations
from plaidoyer.figures import tellings, texts
from plaidoyer.lib import typed, wording
from plaidoyer.lib.words import Words
from plaidoyer.newsletters.mailings import without_slots
from plaidoyer.organisation import giving
from plaidoyer.outcomes.models import EVIDENCED, Milestone
from plaidoyer.parliament.courses import Deadline
from plaidoyer.reports import figures, labels
from plaidoyer.reports.charts import Chart, acts, areas, ladder, petitions, standings, votes
from plaidoyer.reports.gathering import Entry, Facts, gather
from plaidoyer.reports.models import Heading, Item

__all__ = ["Tree", "gather", "tell"]

SCHEMA = 3
Tree = dict[str, Any]


def tell(facts: Facts, language: str, *, draw: bool = True) -> Tree:
    """The edition in `language`: JSON-safe, in the order it is read.

    Without `draw` the charts are told in words only, which takes a fiftieth of the time.
    """
    with translation.override(language):
        return _Teller(facts, language, draw).tell()


class _Teller:
    """One language's telling; holds what every part needs."""

    def __init__(self, facts: Facts, language: str, draw: bool) -> None:
        self.facts, self.language, self.draw = facts, language, draw
        self.values = {name: value for name, value in facts.named.items() if value}
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
            "charts": self.charts(self.pictured()),
            "our_part": self.paragraphs(edition.our_part),
            "thanks": self.paragraphs(edition.thanks),
            "appeal": self.paragraphs(edition.appeal),
            "giving_ways": self.giving_ways(),
            "named": [
                tellings.tell(one.figure, one, self.language) for one in self.values.values()
            ],
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
                        "label": self.name(heading),
                        "count": self.counted(heading, len(items)),
                        "items": items,
                    }
                )
        return told

    def name(self, heading: Heading) -> str:
        """The heading's name: the organisation's own, else ours."""
        return self.words(getattr(self.facts.settings, heading.value)) or str(heading.label)

    def counted(self, heading: Heading, n: int) -> str:
        """How many items stand under a heading."""
        if not self.words(getattr(self.facts.settings, heading.value)):
            return labels.counted_heading(heading, n)
        told = _("%(heading)s: %(n)d") % {"heading": self.name(heading), "n": n}
        return wording.spaced(told, self.language)

    def pictured(self) -> list[Chart | None]:
        """The charts of the whole edition."""
        told = [entry for entry in self.facts.entries if not entry.is_recalled]
        moved = {
            milestone.pk: self.moment(milestone)
            for entry in told
            for milestone in entry.milestones
            if _decides(milestone)
        }
        return [
            standings.tell([row.standing for e in told for row in e.standings], self.language),
            acts.tell(self.facts.weeks, self.language, list(moved.values())),
            ladder.tell(self.facts.rungs, self.language),
            areas.tell(self.facts.areas, self.language),
        ]

    def charts(self, charts: list[Chart | None]) -> list[Tree]:
        accent = self.facts.organisation.accent
        return [chart.told(self.language, accent, draw=self.draw) for chart in charts if chart]

    def own_charts(self, entry: Entry) -> list[Tree]:
        """The charts of one item: the vote, the petition's curve, and of a major one its acts."""
        until = self.facts.edition.ends_on
        charts = [votes.tell(held, self.language) for held in entry.voted]
        charts += [petitions.tell(one, until, self.language) for one in entry.petitions]
        if entry.item.is_major and not entry.is_recalled:
            moments = [self.moment(milestone) for milestone in entry.milestones]
            slug = entry.item.campaign.slug
            charts.append(acts.tell(entry.weeks, self.language, moments, of_one=slug))
        return self.charts(charts)

    def moment(self, milestone: Milestone) -> acts.Moment:
        words = self.words(milestone.title)
        return acts.Moment(milestone.happened_on, words, _decides(milestone))

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
            "picture": self.picture(entry),
            "quote": self.paragraphs(item.quote),
            "quote_by": self.words(item.quote_by),
            "next": [self.deadline(one) for one in self.deadlines(entry)],
            "charts": self.own_charts(entry),
        }

    def picture(self, entry: Entry) -> Tree | None:
        taken = entry.picture
        if taken is None:
            return None
        return {
            "name": taken.name,
            "width": taken.width,
            "height": taken.height,
            "alt": self.words(entry.item.picture_alt),
        }

    def deadlines(self, entry: Entry) -> list[Deadline]:
        """What comes next in its official petitions, after the period."""
        days = [one for followed in entry.petitions for one in followed.course.deadlines]
        return [one for one in days if one.on > self.facts.edition.ends_on]

    def deadline(self, one: Deadline) -> Tree:
        return {
            "date": wording.date(one.on, self.language),
            "on": one.on.isoformat(),
            "words": self.typed(one.title),
        }

    def figure(self, figure: figures.Figure) -> Tree:
        self.notes += 1
        return {"note": self.notes, **figure.tell(self.language)}

    def overruled(self, item: Item) -> str:
        """Said aloud wherever the editors chose another heading than the facts gave."""
        if item.heading == item.derived_heading:
            return ""
        sentence = _("By the facts alone this would stand under “%(heading)s”: %(reason)s")
        derived = self.name(Heading(item.derived_heading))
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
        """Somebody's text as paragraphs of lines, its figures in words."""
        text = texts.fill(words.in_language(self.language), self.language, values=self.values)
        return [_lines(part) for part in re.split(r"\n\s*\n", self.typed(text)) if part.strip()]


def _decides(milestone: Milestone) -> bool:
    """Whether it brought a demand to a success or a loss."""
    return any(movement.standing in EVIDENCED for movement in milestone.movements.all())


def _visible(text: str) -> str:
    """`text` without what only machines read, be it control characters or a mailing's slots."""
    return without_slots(typed.paragraphs(text))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in _visible(text).split("\n") if line.strip()]
