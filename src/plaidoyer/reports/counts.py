"""What an edition counts, read for all its campaigns in a fixed number of queries."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch

from plaidoyer.actions import counting
from plaidoyer.actions.models import ActionForm, Tally
from plaidoyer.campaigns.models import AskedVote, Campaign
from plaidoyer.delivery import reporting as delivery
from plaidoyer.parliament import courses, results
from plaidoyer.parliament.courses import Course
from plaidoyer.parliament.models import OfficialPetition, Option, PetitionSnapshot, PublishedRank


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted of many forms over a period, by form; read in a fixed number of queries."""

    forms: list[ActionForm]
    confirmed: dict[int, int]
    counted_at: dict[int, datetime.datetime]
    days: dict[int, dict[datetime.date, int]]
    submitted: int
    letters: dict[int, delivery.Passed]


def count(forms: list[ActionForm], starts_on: datetime.date, ends_on: datetime.date) -> Counts:
    """The rungs of the count ladder on `forms` in the period; days are UTC days."""
    keys = [form.pk for form in forms]
    tallies = Tally.objects.filter(form__in=keys, counted_on__range=(starts_on, ends_on))
    days: dict[int, dict[datetime.date, int]] = {key: {} for key in keys}
    submitted = 0
    columns = ("form_id", "counted_on", "submitted", "confirmed", "withdrawn")
    for form, day, sent, confirmed, withdrawn in tallies.order_by("counted_on").values_list(
        *columns
    ):
        days[form][day] = confirmed - withdrawn
        submitted += sent
    span = (start(starts_on), start(ends_on + datetime.timedelta(days=1)))
    return Counts(
        forms=forms,
        confirmed={key: sum(counted.values()) for key, counted in days.items()},
        counted_at={key: one.counted_at for key, one in counting.confirmed(forms).items()},
        days=days,
        submitted=submitted,
        letters=delivery.passed(keys, *span),
    )


@dataclass(frozen=True, slots=True)
class Followed:
    """An official petition of a campaign on a day, with the counts seen until then."""

    course: Course
    seen: list[PetitionSnapshot]
    ranks: list[PublishedRank]


def follow(campaigns: Iterable[int], today: datetime.date) -> dict[int, list[Followed]]:
    """The official petitions of each campaign, by its key; a fixed number of queries."""
    links = list(
        Campaign.official_petitions.through.objects.filter(
            campaign__in=list(campaigns)
        ).values_list("campaign_id", "officialpetition_id")
    )
    held = (
        OfficialPetition.objects.filter(pk__in={petition for _campaign, petition in links})
        .select_related("legislature", "session")
        .prefetch_related(
            Prefetch("snapshots", PetitionSnapshot.objects.order_by("taken_at", "pk")),
            Prefetch("ranks", PublishedRank.objects.order_by("scope")),
        )
        .order_by("pk")
    )
    found: dict[int, list[Followed]] = {}
    for course in courses.follow(held, today):
        petition = course.petition
        followed = Followed(course, list(petition.snapshots.all()), list(petition.ranks.all()))
        for campaign, key in links:
            if key == petition.pk:
                found.setdefault(campaign, []).append(followed)
    return found


@dataclass(frozen=True, slots=True)
class Heard:
    """A recorded vote that a campaign asked for, and the ballots held of it."""

    asked: AskedVote
    held: dict[Option, int]


def hear(
    campaigns: Iterable[int], starts_on: datetime.date, ends_on: datetime.date
) -> dict[int, list[Heard]]:
    """The votes of each campaign in the period, by its key; two queries."""
    votes = AskedVote.objects.filter(
        campaign__in=list(campaigns), event__held_on__range=(starts_on, ends_on)
    )
    asked = list(votes.select_related("event__motion__legislature").order_by("event__held_on"))
    held = results.held(one.event for one in asked)
    found: dict[int, list[Heard]] = {}
    for one in asked:
        assert one.campaign_id
        found.setdefault(one.campaign_id, []).append(Heard(one, held[one.event_id]))
    return found


def start(day: datetime.date) -> datetime.datetime:
    """Midnight at which `day` begins, in UTC like the days of the count ladder."""
    return datetime.datetime.combine(day, datetime.time(), datetime.UTC)
