"""What the pages show, read from every room below in a fixed number of queries."""

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale, PageQuerySet

from plaidoyer.actions import counting, kinds, reporting
from plaidoyer.actions.models import ActionForm, ActionPage
from plaidoyer.campaigns.models import Campaign
from plaidoyer.outcomes import reporting as outcomes
from plaidoyer.outcomes.lineages import reporting as lineages
from plaidoyer.outcomes.models import Evidence, Milestone, Movement, Standing
from plaidoyer.outcomes.standings import demand_standing
from plaidoyer.parliament import petitions, tellings
from plaidoyer.reports.models import Document

if TYPE_CHECKING:
    from plaidoyer.website.models import CampaignPage


@dataclass(frozen=True, slots=True)
class Act:
    """A form as a visitor sees it: its page, its kind, and how far it has come."""

    page: ActionPage
    kind: kinds.Kind
    progress: dict[str, Any]

    @property
    def form(self) -> ActionForm:
        return self.page.form


@dataclass(frozen=True, slots=True)
class DemandStanding:
    """A demand as a whole, and with each target it is made to."""

    rows: list[outcomes.Row]

    @property
    def demand(self) -> str:
        return str(self.rows[0].demand)

    @property
    def standing(self) -> Standing:
        return demand_standing([row.standing for row in self.rows])


@dataclass(frozen=True, slots=True)
class Cause:
    """A campaign as a visitor sees it: its page, its acts, its demands, its last milestone."""

    page: "CampaignPage"
    acts: list[Act]
    demands: list[DemandStanding]
    last: Milestone | None

    @property
    def is_running(self) -> bool:
        closed_on = self.page.campaign.closed_on
        return closed_on is None or closed_on > timezone.localdate()


@dataclass(frozen=True, slots=True)
class News:
    """A milestone and the page of a campaign that it belongs to."""

    milestone: Milestone
    page: "CampaignPage"

    @property
    def standings(self) -> list[Standing]:
        """Where it brought demands, each standing once."""
        return list(dict.fromkeys(move.brought for move in self.milestone.movements.all()))


def acts(pages: PageQuerySet, limit: int | None = None) -> list[Act]:
    """The forms of those `pages` that are live, with their counts; the latest opened first."""
    found = pages.live().select_related("form").order_by("-form__opens_at", "-pk")[:limit]
    counts = counting.confirmed([page.form for page in found])
    return [
        Act(page, kinds.KINDS[page.form.kind], reporting.progress(page.form, counts[page.form_id]))
        for page in found
    ]


def acts_of(page: "CampaignPage") -> list[Act]:
    """Everything that can or could be done in the campaign of `page`, in its language."""
    return acts(ActionPage.objects.filter(locale=page.locale_id, form__campaign=page.campaign_id))


def open_acts(locale: Locale, limit: int) -> list[Act]:
    """What a visitor can do now in their language."""
    now = timezone.now()
    goes_on = Q(form__closes_at=None) | Q(form__closes_at__gt=now)
    pages = ActionPage.objects.filter(goes_on, locale=locale, form__opens_at__lte=now)
    return acts(pages, limit)


def demands(campaigns: QuerySet[Campaign]) -> dict[int, list[DemandStanding]]:
    """The demands of each campaign as they stand, by the campaign's key."""
    found: dict[int, list[DemandStanding]] = {}
    for (campaign_id, _demand), rows in groupby(
        outcomes.board(campaigns), key=lambda row: (row.campaign.pk, row.demand.pk)
    ):
        found.setdefault(campaign_id, []).append(DemandStanding(list(rows)))
    return found


def family_of(page: "CampaignPage") -> lineages.Family | None:
    """How the campaign of `page` goes on, and where each other campaign is read."""
    if (family := lineages.family(page.campaign)) is None:
        return None
    others = {one.later_id for one in [*family.later, *family.risks]}
    others |= {one.earlier_id for one in family.earlier}
    pages = type(page).objects.live().public().filter(locale=page.locale_id)
    family.urls = {one.campaign_id: one.get_url() for one in pages.filter(campaign__in=others)}
    return family


def demands_of(campaign: Campaign) -> list[DemandStanding]:
    """The demands of one campaign as they stand."""
    return demands(Campaign.objects.filter(pk=campaign.pk)).get(campaign.pk, [])


def causes(pages: PageQuerySet) -> list[Cause]:
    """The campaigns of `pages`, the latest opened first."""
    pages = (
        pages.live()
        .select_related("campaign", "picture")
        .prefetch_related(Prefetch("campaign__milestones", told(), to_attr="told"))
        .order_by("-campaign__opened_on", "-pk")
    )
    campaigns = Campaign.objects.filter(pages__in=pages).distinct()
    standing = demands(campaigns)
    done: dict[int, list[Act]] = {}
    in_language = Q(locale__in=pages.values("locale"), form__campaign__in=campaigns)
    for act in acts(ActionPage.objects.filter(in_language)):
        done.setdefault(act.form.campaign_id, []).append(act)
    return [
        Cause(
            page=page,
            acts=done.get(page.campaign_id, []),
            demands=standing.get(page.campaign_id, []),
            last=next(iter(page.campaign.told), None),
        )
        for page in pages
    ]


def told() -> QuerySet[Milestone]:
    """The milestones that hold and have happened, the latest first."""
    return Milestone.objects.holding().filter(happened_on__lte=timezone.localdate())


def news(pages: PageQuerySet, limit: int) -> list[News]:
    """The latest milestones that moved a demand and can be checked, each once."""
    page_of = {page.campaign_id: page for page in pages.live()}
    milestones = (
        told()
        .filter(
            Exists(Evidence.objects.filter(milestone=OuterRef("pk"))),
            Exists(Movement.objects.filter(milestone=OuterRef("pk"))),
            campaigns__in=page_of,
        )
        .distinct()
        .prefetch_related("campaigns", "movements")[:limit]
    )
    return [
        News(milestone, next(page_of[c.pk] for c in milestone.campaigns.all() if c.pk in page_of))
        for milestone in milestones
    ]


def official_petitions(campaign: Campaign) -> list[dict[str, Any]]:
    """What is told of each of the campaign's: parliament.tellings.tell()."""
    held = campaign.official_petitions.select_related("legislature", "session").order_by("pk")
    return [tellings.tell(petitions.story(petition)) for petition in held]


def last_edition(language: str) -> dict[str, Any] | None:
    """The frozen title, period and groups of the report published last, and its address."""
    found = (
        Document.objects.filter(edition__published_at__isnull=False, language=language)
        .order_by("-edition__ends_on", "-edition__pk")
        .values_list(
            "edition__slug", "content__title", "content__period", "content__groups", named=True
        )
        .first()
    )
    if found is None:
        return None
    return {
        "title": found.content__title,
        "period": found.content__period,
        "groups": found.content__groups,
        "url": reverse("reports:edition", args=[found.edition__slug]),
    }
