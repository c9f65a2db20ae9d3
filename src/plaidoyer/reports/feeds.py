"""The published editions and their corrections as an Atom feed (RFC 4287), in each language."""

import datetime
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from plaidoyer.organisation.models import Organisation
from plaidoyer.reports import corrections
from plaidoyer.reports.models import Document

NEWEST = 20
FIVE_MINUTES = 300


class Reports(Feed):
    """Whoever subscribes hears of each edition, and of each correction of it."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest) -> str:  # type: ignore[override]
        return get_language() or settings.LANGUAGE_CODE

    def title(self) -> str:
        return f"{_('Impact reports')} – {Organisation.current()}"

    def subtitle(self) -> str:
        return _("What we did together, what came of it, and how we counted.")

    def link(self) -> str:
        return settings.BASE_URL + reverse("reports:index")

    def feed_url(self) -> str:
        return settings.BASE_URL + reverse("reports:feed")

    def items(self, language: str) -> list[dict[str, Any]]:
        """The newest editions with their corrections, by what was published last."""
        documents = Document.objects.filter(language=language).select_related("edition")
        documents = documents.prefetch_related("edition__corrections").defer("pdf")
        told: list[dict[str, Any]] = []
        for document in documents.order_by("-frozen_at")[:NEWEST]:
            told += self.told(document)
        return sorted(told, key=lambda one: one["at"], reverse=True)

    def told(self, document: Document) -> list[dict[str, Any]]:
        tree = document.content
        found = {
            "title": tree["title"],
            "words": " · ".join([tree["period"], *(group["count"] for group in tree["groups"])]),
            "url": tree["web_url"],
            "at": document.frozen_at,
        }
        rows = list(document.edition.corrections.all())
        said = corrections.told(rows, document.language, tree)
        return [
            found,
            *(
                {
                    "title": f"{tree['labels']['corrections']} – {tree['title']}",
                    "words": f"{one['words']} {one['reason']}",
                    "url": f"{tree['web_url']}#{one['anchor']}",
                    "at": row.published_at,
                }
                for one, row in zip(said, rows, strict=True)
            ),
        ]

    def item_title(self, item: dict[str, Any]) -> str:
        return item["title"]

    def item_description(self, item: dict[str, Any]) -> str:
        return item["words"]

    def item_link(self, item: dict[str, Any]) -> str:
        return item["url"]

    def item_guid(self, item: dict[str, Any]) -> str:
        return item["url"]

    def item_pubdate(self, item: dict[str, Any]) -> datetime.datetime:
        return item["at"]

    def item_updateddate(self, item: dict[str, Any]) -> datetime.datetime:
        return item["at"]


reports = require_safe(cache_control(public=True, max_age=FIVE_MINUTES)(Reports()))
