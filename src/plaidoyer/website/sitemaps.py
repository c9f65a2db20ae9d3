import datetime
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap as FactSitemap
from django.urls import reverse
from wagtail.contrib.sitemaps import Sitemap
from wagtail.models import PageQuerySet

from plaidoyer.campaigns.models import AskedVote
from plaidoyer.figures.models import Figure
from plaidoyer.newsletters import archive
from plaidoyer.newsletters.models import Version
from plaidoyer.parliament.models import OfficialPetition, VoteEvent


class PageSitemap(Sitemap):
    """The pages of every language; Wagtail's own stops at the site's first language."""

    def items(self) -> PageQuerySet:
        homes = self.get_wagtail_site().root_page.get_translations(inclusive=True).live()
        pages = homes.none()
        for home in homes:
            pages |= home.get_descendants(inclusive=True)
        return pages.live().public().order_by("path").specific()


class InEveryLanguage(FactSitemap):
    """Pages of facts: not Wagtail's, but there in each language."""

    i18n = True

    def get_domain(self, site: Any = None) -> str:
        return urlsplit(settings.BASE_URL).netloc

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.BASE_URL).scheme


class PetitionSitemap(InEveryLanguage):
    """The official petitions that the organisation follows."""

    def items(self) -> Iterable[str]:
        followed = OfficialPetition.objects.filter(is_followed=True)
        return followed.order_by("pk").values_list("public_id", flat=True)

    def location(self, item: str) -> str:
        return reverse("petitions:petition", args=[item])


class VoteSitemap(InEveryLanguage):
    """The recorded votes."""

    def items(self) -> Iterable[str]:
        return VoteEvent.objects.order_by("pk").values_list("public_id", flat=True)

    def location(self, item: str) -> str:
        return reverse("votes:vote", args=[item])


class NewsletterSitemap(InEveryLanguage):
    """The newsletters that are shown, each in its own language."""

    i18n = False

    def items(self) -> Iterable[Version]:
        return archive.shown().only("language", "slug", "mailing__frozen_at")

    def location(self, item: Version) -> str:
        return archive.address(item)

    def lastmod(self, item: Version) -> datetime.datetime | None:
        return item.mailing.frozen_at


class ScorecardSitemap(InEveryLanguage):
    """The scorecards of campaigns, and the organisation's own."""

    def items(self) -> Iterable[str | None]:
        chosen = AskedVote.objects.order_by("campaign__slug")
        return list(chosen.values_list("campaign__slug", flat=True).distinct())

    def location(self, item: str | None) -> str:
        return reverse("votes:scorecard", args=[item]) if item else reverse("votes:own_scorecard")


class FigureSitemap(InEveryLanguage):
    """The figures that have been counted."""

    def items(self) -> Iterable[str]:
        counted = Figure.objects.filter(values__value__gt=0).order_by("pk")
        return list(counted.values_list("name", flat=True).distinct())

    def location(self, item: str) -> str:
        return reverse("figures:figure", args=[item])


SITEMAPS = {
    "figures": FigureSitemap,
    "pages": PageSitemap,
    "petitions": PetitionSitemap,
    "votes": VoteSitemap,
    "scorecards": ScorecardSitemap,
    "newsletters": NewsletterSitemap,
}
