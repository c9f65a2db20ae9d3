"""Every fact of an edition, read once and in a fixed number of queries, however long it is."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Prefetch
from django.utils import timezone

from plaidoyer.actions.models import ActionForm
from plaidoyer.campaigns.models import AskedVote, Campaign
from plaidoyer.figures.models import Value
from plaidoyer.organisation.models import Organisation
from plaidoyer.outcomes import reporting as outcomes
from plaidoyer.outcomes.models import Milestone, Movement
from plaidoyer.reports import counts, figures, headings, naming, pictures
from plaidoyer.reports.charts import acts, areas, ladder, votes
from plaidoyer.reports.counts import Followed
from plaidoyer.reports.models import Edition, Heading, Item
from plaidoyer.reports.pictures import Taken
from plaidoyer.reports.settings import ReportSettings


@dataclass(frozen=True, slots=True)
class Entry:
    """One item with the facts of its campaign; of a recalled one, only where it was told."""

    item: Item
    derived: Heading
    figures: list[figures.Figure]
    milestones: list[Milestone]
    standings: list[outcomes.Row]
    # What evidenced milestones have brought its demands to, at any time until the end.
    evidenced: set[str]
    earlier: Item | None
    weeks: acts.Weeks
    petitions: list[Followed] = field(default_factory=list)
    voted: list[votes.Held] = field(default_factory=list)
    picture: Taken | None = None

    @property
    def is_recalled(self) -> bool:
        return self.item.heading == Heading.RECALLED


@dataclass(frozen=True, slots=True)
class Facts:
    """All that an edition tells, counted at one moment."""

    edition: Edition
    entries: list[Entry]
    weeks: acts.Weeks
    rungs: ladder.Rungs
    areas: areas.Found
    organisation: Organisation
    settings: ReportSettings
    # The figures that its texts name, with their values; None for a name that no figure has.
    named: dict[str, Value | None]
    at: datetime.datetime

    @property
    def pictures(self) -> dict[str, bytes]:
        """The bytes of every picture, by its name."""
        taken = (entry.picture for entry in self.entries)
        return {one.name: one.data for one in taken if one}


def gather(edition: Edition, at: datetime.datetime | None = None) -> Facts:
    """Reads every fact of the edition once, as it stands at `at` (now, unless told)."""
    at = at or timezone.now()
    items = sorted(
        edition.items.select_related("campaign", "picture").prefetch_related(
            "approvals__approved_by"
        ),
        key=lambda item: (Heading.values.index(item.heading), item.position, item.pk),
    )
    forms = list(
        ActionForm.objects.filter(campaign__in=[item.campaign_id for item in items]).order_by("pk")
    )
    counted = counts.count(forms, edition.starts_on, edition.ends_on)
    return Facts(
        edition=edition,
        entries=_entries(edition, items, counted),
        weeks=acts.gather(counted.days.values(), edition.starts_on, edition.ends_on),
        rungs=_rungs(counted),
        areas=areas.gather(forms),
        organisation=Organisation.current(),
        settings=ReportSettings.current(),
        named=naming.gather(edition, items),
        at=at,
    )


def _rungs(counted: counts.Counts) -> ladder.Rungs:
    letters = counted.letters.values()
    return ladder.Rungs(
        submitted=counted.submitted,
        confirmed=sum(counted.confirmed.values()),
        queued=sum(one.queued for one in letters),
        accepted=sum(one.accepted for one in letters),
        replied=sum(one.replied for one in letters),
    )


def _entries(edition: Edition, items: list[Item], counted: counts.Counts) -> list[Entry]:
    first, last = edition.starts_on, edition.ends_on
    campaigns = [item.campaign for item in items]
    keys = [campaign.pk for campaign in campaigns]
    forms: dict[int, list[ActionForm]] = defaultdict(list)
    for form in counted.forms:
        forms[form.campaign_id].append(form)
    rows: dict[int, list[outcomes.Row]] = defaultdict(list)
    for row in outcomes.board(Campaign.objects.filter(pk__in=keys), on=last):
        rows[row.campaign.pk].append(row)
    milestones = _milestones(keys, first, last)
    evidenced = _evidenced(keys, last)
    earlier = headings.earlier_wins(keys, first)
    petitions = counts.follow(keys, min(last, timezone.localdate()))
    votes = counts.hear(keys, first, last)
    voted = _votes(keys, first, last)
    entries = []
    for item in items:
        key = item.campaign_id
        told = item.heading != Heading.RECALLED
        derived = headings.judge(
            (row.standing for row in rows[key]),
            is_closed=item.campaign.closed_on is not None and item.campaign.closed_on <= last,
            was_won=key in earlier,
            has_news=bool(milestones[key]),
        )
        entries.append(
            Entry(
                item=item,
                derived=derived,
                figures=figures.of(
                    forms[key], petitions.get(key, []), votes.get(key, []), counted, first, last
                )
                if told
                else [],
                milestones=milestones[key] if told else [],
                standings=rows[key] if told else [],
                evidenced=evidenced[key],
                earlier=earlier.get(key),
                weeks=acts.gather((counted.days[form.pk] for form in forms[key]), first, last),
                petitions=petitions.get(key, []) if told else [],
                voted=voted[key] if told else [],
                picture=pictures.take(item.picture),
            )
        )
    return entries


def _milestones(
    campaigns: Iterable[int], first: datetime.date, last: datetime.date
) -> dict[int, list[Milestone]]:
    """What happened in the period in each campaign, the oldest first."""
    links = Milestone.campaigns.through.objects.filter(
        campaign__in=campaigns, milestone__happened_on__range=(first, last)
    )
    pairs = list(links.values_list("campaign_id", "milestone_id"))
    movements = Prefetch("movements", Movement.objects.select_related("demand"))
    found = Milestone.objects.holding().filter(pk__in={key for _campaign, key in pairs})
    told = found.prefetch_related("evidence", movements).order_by("happened_on", "pk")
    milestones: dict[int, list[Milestone]] = defaultdict(list)
    for milestone in told:
        for campaign, key in pairs:
            if key == milestone.pk:
                milestones[campaign].append(milestone)
    return milestones


def _evidenced(campaigns: Iterable[int], last: datetime.date) -> dict[int, set[str]]:
    moves = Movement.objects.filter(
        demand__campaign__in=campaigns,
        milestone__in=Milestone.objects.holding(),
        milestone__happened_on__lte=last,
        milestone__evidence__isnull=False,
    )
    found: dict[int, set[str]] = defaultdict(set)
    for campaign, standing in moves.values_list("demand__campaign", "standing").distinct():
        found[campaign].add(standing)
    return found


def _votes(
    campaigns: Iterable[int], first: datetime.date, last: datetime.date
) -> dict[int, list[votes.Held]]:
    """The recorded votes of the period that each campaign reads members by."""
    asked = AskedVote.objects.filter(campaign__in=campaigns, event__held_on__range=(first, last))
    asked = asked.select_related("event").order_by("event__held_on", "pk")
    held = votes.gather([one.event for one in asked])
    found: dict[int, list[votes.Held]] = defaultdict(list)
    for one in asked:
        found[one.campaign_id].append(held[one.event_id])  # type: ignore[index]  # filtered above
    return found
