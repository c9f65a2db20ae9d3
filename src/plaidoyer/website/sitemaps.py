from wagtail.contrib.sitemaps import Sitemap
from wagtail.models import PageQuerySet


class PageSitemap(Sitemap):
    """The pages of every language; Wagtail's own stops at the site's first language."""

    def items(self) -> PageQuerySet:
        homes = self.get_wagtail_site().root_page.get_translations(inclusive=True).live()
        pages = homes.none()
        for home in homes:
            pages |= home.get_descendants(inclusive=True)
        return pages.live().public().order_by("path").specific()
