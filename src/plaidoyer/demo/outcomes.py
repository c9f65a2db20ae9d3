"""What is approved, awaited, corrected; how campaigns go on; official figures by name."""

import datetime
from typing import Any

from django.contrib.auth.models import User

from plaidoyer.demo.arvane import Book, Cause, evening
from plaidoyer.figures.models import Figure
from plaidoyer.outcomes import approvals
from plaidoyer.outcomes.models import Awaited, Evidence, Lineage, Milestone, Movement

Causes = dict[str, Cause]
DAY = datetime.timedelta(days=1)


def tell(told: Book, causes: Causes, publishers: dict[str, Book], staff: dict[str, User]) -> None:
    """All of it; what Ed recorded Anne approves the next day, but for his last one."""
    correct(told["correction"], causes, staff)
    for milestone in Milestone.objects.order_by("happened_on", "id"):
        approve(milestone, staff["anne"])
    draft(told["draft"], causes, publishers, staff["ed"])
    for one in told["awaited"]:
        wait(dict(one), causes, staff)
    for one in told["lineages"]:
        Lineage.objects.create(**_families(dict(one), causes), noted_by=staff["ed"])
    for one in told["figures"]:
        if one["source"] == "official":
            define(dict(one), causes, staff["ed"])


def approve(milestone: Milestone, by: User) -> None:
    """The second person's yes, the day after it was recorded, where one is needed."""
    if approvals.needed(milestone) and not approvals.given(milestone):
        approvals.approve(milestone, by=by, at=milestone.recorded_at + DAY)


def correct(one: Book, causes: Causes, staff: dict[str, User]) -> None:
    """The last movement of a campaign was recorded wrongly first; both rows are there."""
    campaign = causes[one["campaign"]].campaign
    right = campaign.milestones.exclude(movements=None).order_by("-happened_on").first()
    if right is None:
        raise LookupError(one["campaign"])
    wrong = Milestone.objects.get(pk=right.pk)
    wrong.pk, wrong.title = None, one["wrong"]
    wrong._state.adding = True
    wrong.save()
    wrong.campaigns.set(right.campaigns.all())
    for row in [*right.movements.all(), *right.evidence.all()]:
        row.pk, row.milestone = None, wrong
        row._state.adding = True
        row.save()
    approve(wrong, staff["anne"])
    Milestone.objects.filter(pk=right.pk).update(
        corrects=wrong, correction_reason=one["reason"], recorded_at=right.recorded_at + 2 * DAY
    )


def draft(one: Book, causes: Causes, publishers: dict[str, Book], by: User) -> None:
    """Recorded by Ed, and waiting for somebody else."""
    cause, publisher = causes[one["campaign"]], publishers[one["publisher"]]
    milestone = Milestone.objects.create(
        happened_on=one["happened_on"],
        kind=one["kind"],
        title=one["title"],
        recorded_by=by,
        edited_by=by,
        recorded_at=evening(one["happened_on"]),
    )
    milestone.campaigns.add(cause.campaign)
    Movement.objects.create(
        milestone=milestone,
        demand=cause.demands[one["demand"] - 1],
        target=cause.targets[one["target"]],
        standing=one["standing"],
    )
    facts = {"title": one["evidence"], "published_on": one["happened_on"]}
    Evidence.objects.create(milestone=milestone, **facts, **_source(publisher, one["path"]))


def wait(one: Book, causes: Causes, staff: dict[str, User]) -> Awaited:
    """A day that a demand waits for."""
    cause = causes[one.pop("campaign")]
    one["demand"] = cause.demands[one["demand"] - 1]
    one["target"] = cause.targets[one["target"]]
    if "owner" in one:
        one["owner"] = staff[one["owner"]]
    return Awaited.objects.create(campaign=cause.campaign, noted_by=staff["ed"], **one)


def define(one: Book, causes: Causes, by: User) -> Figure:
    """A figure of an official petition by name: its petition is not in the bundle."""
    campaign = causes[one.pop("campaign")].campaign
    petition = campaign.official_petitions.get()
    return Figure.objects.create(campaign=campaign, petition=petition, made_by=by, **one)


def _families(one: Book, causes: Causes) -> dict[str, Any]:
    for name in ("earlier", "later"):
        if name in one:
            one[name] = causes[one[name]].campaign
    return one


def _source(publisher: Book, path: str) -> dict[str, str]:
    """Who published it, where, in which language."""
    address = f"{publisher['url']}/{path}"
    return {"url": address, "publisher": publisher["name"], "language": publisher["language"]}
