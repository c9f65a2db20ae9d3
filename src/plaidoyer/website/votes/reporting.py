"""What the pages of recorded votes and scorecards show, in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from wagtail.models import Locale

from plaidoyer.campaigns import scorecards
from plaidoyer.campaigns.models import AskedVote, Campaign
from plaidoyer.civics import places
from plaidoyer.civics.models import Person, Post
from plaidoyer.lib.words import Words
from plaidoyer.parliament import results
from plaidoyer.parliament.models import Option, VoteEvent
from plaidoyer.website.models import CampaignPage
from plaidoyer.website.votes import hemicycles


@dataclass(frozen=True, slots=True)
class Asked:
    """A vote a campaign chose, with the campaign's page in the language of the reader."""

    vote: AskedVote
    page: CampaignPage | None


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether a member voted as a campaign asked, or we ourselves (no name)."""

    by: str
    kept: bool


@dataclass(frozen=True, slots=True)
class Mine:
    """Who represents somebody, and how they voted."""

    post: Post
    person: Person | None
    row: results.Row | None
    # They sat for this riding then, and do no more.
    left: bool = False
    asked: Sequence[Judged] = ()


def event_of(public_id: str) -> VoteEvent | None:
    """The recorded vote of that address."""
    events = VoteEvent.objects.select_related("motion__legislature", "session")
    return events.filter(public_id=public_id).first()


def vote_screen(event: VoteEvent, language: str, chosen: dict[str, str]) -> dict[str, Any]:
    """A recorded vote: totals, picture, parties, provinces, and the members that are `chosen`."""
    rows = results.rows(event)
    held = results.counted(rows)
    totals = results.totals(event, held)
    parties = results.parts(rows, results.party) or results.published_parts(event)
    provinces = results.parts(rows, results.province)
    shown = ways_in(parties)
    return {
        "event": event,
        "motion": event.motion,
        "title_language": written_in(event.motion.title, language),
        "told": told(event, totals),
        "has_members": bool(rows),
        "rows": results.kept(rows, **chosen),
        "members": len(rows),
        "totals": totals,
        "differences": results.differences(event, held),
        "not_voted": sum(row.is_computed for row in rows),
        "rings": hemicycles.drawn(ways(totals, parties)),
        "size": (hemicycles.WIDTH, hemicycles.HEIGHT),
        "parties": [(part, [part.counts[way] for way in shown]) for part in parties],
        "provinces": [(part, [part.counts[way] for way in shown]) for part in provinces]
        if len(provinces) > 1
        else [],
        "ways": [(way, results.LABELS[way]) for way in shown],
        "asked": asked(event, language),
        "chosen": chosen,
        "is_filtered": any(chosen.values()),
        **captions(),
    }


def captions() -> dict[str, str]:
    """What stands over the tables of parties and provinces."""
    return {
        "party_heading": _("Party"),
        "party_caption": _("How the members of each party voted"),
        "province_heading": _("Province"),
        "province_caption": _("How the members of each province voted"),
    }


def told(event: VoteEvent, totals: list[results.Total]) -> str:
    """The result with its numbers, as published, else as we hold them."""
    numbers = {total.option: total.shown for total in totals}
    yes, no = numbers.get(Option.YES), numbers.get(Option.NO)
    return results.told(event, yes, no)


def written_in(words: Words, language: str) -> str:
    """The language of the text that a reader of `language` gets."""
    text = words.in_language(language)
    return next((code for code, one in words.items() if one == text), language)


def ways(totals: list[results.Total], parties: list[results.Part]) -> list[str]:
    """How each member went, party by party from the most agreeing one; of totals, without names."""
    if not parties:
        return [total.option.value for total in totals for _member in range(total.shown)]
    by_share = sorted(parties, key=lambda part: (-part.agreeing, -part.of, part.key))
    return [way for part in by_share for way, number in part.cells for _member in range(number)]


def ways_in(parties: list[results.Part]) -> list[str]:
    """The ways that anybody went, in the order of the labels."""
    return [way for way in results.LABELS if any(part.counts[way] for part in parties)]


def asked(event: VoteEvent, language: str) -> list[Asked]:
    """Which campaigns asked for what in this vote; at most two queries."""
    chosen = list(event.asked.select_related("campaign"))
    pages = pages_of([one.campaign_id for one in chosen if one.campaign_id], language)
    return [Asked(one, pages.get(one.campaign_id or 0)) for one in chosen]


def pages_of(campaigns: list[int], language: str) -> dict[int, CampaignPage]:
    """The live pages of campaigns in a language, by the campaign's key."""
    if not campaigns:
        return {}
    locale = Locale.objects.filter(language_code=language)
    found = CampaignPage.objects.live().filter(campaign__in=campaigns, locale__in=locale)
    return {page.campaign_id: page for page in found}


def mine(event: VoteEvent, postal_code: str) -> list[Mine]:
    """Who represents that code today in the legislature, and how they voted then.

    Where today's member did not sit that day, who held the seat then is given instead.
    """
    house, today = event.motion.legislature, timezone.localdate()
    rows = {row.person.pk: row for row in results.rows(event)}
    chosen = list(event.asked.select_related("campaign"))
    found = []
    for post in places.representatives(places.areas(postal_code, legislature=house), house):
        person, left = post.holder(today), False
        if person is None or person.pk not in rows:
            then = post.holder(event.held_on)
            left = then is not None and then.pk in rows
            person = then if left else person
        row = rows.get(person.pk) if person else None
        found.append(Mine(post, person, row, left, judged(chosen, row) if row else ()))
    return found


def judged(chosen: list[AskedVote], row: results.Row) -> list[Judged]:
    """What the vote of a member is to each who asked; nothing of one that counts for neither."""
    found = [(one, scorecards.judged(one.option, row.way)) for one in chosen]
    return [
        Judged(str(one.campaign or ""), judgement == scorecards.WITH)
        for one, judgement in found
        if judgement != scorecards.NEITHER
    ]


def scorecard_screen(campaign: Campaign | None, language: str, sort: str) -> dict[str, Any]:
    """A campaign's scorecard, or the organisation's own; five queries at most."""
    card = scorecards.scorecard(campaign)
    title = _("How members voted")
    slug = [campaign.slug] if campaign else []
    return {
        "campaign": campaign,
        "page": pages_of([campaign.pk], language).get(campaign.pk) if campaign else None,
        "heading": f"{title} – {campaign}" if campaign else title,
        "card": card,
        "lines": scorecards.sorted_by(card.lines, sort),
        "sort": sort,
        "sorts": sorts().items(),
        "table_url": reverse("votes:table" if campaign else "votes:own_table", args=slug),
        **captions(),
    }


def sorts() -> dict[str, str]:
    """The orders of a scorecard, by what stands in the address."""
    return {
        "name": pgettext("sort by", "Name"),
        "share": pgettext("sort by", "With us"),
        "party": pgettext("sort by", "Party"),
        "province": pgettext("sort by", "Province"),
    }
