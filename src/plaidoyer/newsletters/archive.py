"""Newsletters that were sent, on the site: the same for everybody, and nothing personal in them."""

from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from plaidoyer.newsletters.models import Mailing, Version
from plaidoyer.organisation.models import Organisation

LEFT = (Mailing.State.SENDING, Mailing.State.PAUSED, Mailing.State.SENT)
IN_FEED = 20
# Each language by its own name.
OWN_NAMES = {"fr": "Français", "en": "English"}


def shown() -> QuerySet[Version]:
    """The versions that the site shows, in every language, the newest first."""
    shown = Version.objects.exclude(web="").exclude(slug="").select_related("mailing")
    of_mailing = {"mailing__on_web": True, "mailing__state__in": LEFT}
    return shown.filter(**of_mailing, mailing__frozen_at__isnull=False).order_by(
        "-mailing__frozen_at", "-pk"
    )


def address(version: Version) -> str:
    """Where the site shows a version, without the host."""
    with override(version.language):
        return reverse("archive:letter", args=[version.slug])


@require_safe
@cache_control(public=True, max_age=300)
def index(request: HttpRequest) -> HttpResponse:
    """All that were sent in this language."""
    letters = shown().filter(language=get_language()).defer("web", "html", "text", "body")
    return render(request, "newsletters/archive.html", {"letters": letters})


@require_safe
@cache_control(public=True, max_age=300)
def letter(request: HttpRequest, slug: str) -> HttpResponse:
    """One newsletter, as it was sent."""
    version = get_object_or_404(shown(), language=get_language(), slug=slug)
    context = {"letter": version, "alternates": SimpleLazyObject(lambda: alternates(version))}
    return render(request, "newsletters/letter.html", context)


def alternates(version: Version) -> list[dict[str, Any]]:
    """The same newsletter in every language; where there is none, the archive of the language."""
    same = {one.language: address(one) for one in shown().filter(mailing=version.mailing_id)}
    found = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            url = same.get(code) or reverse("archive:index")
        name = OWN_NAMES.get(code, code)
        found.append({"code": code, "name": name, "url": url, "is_same": code in same})
    return found


class Letters(Feed):
    """The newsletters of a language, for programs that follow sites (RFC 4287)."""

    feed_type = Atom1Feed

    def title(self) -> str:
        words = {"organisation": Organisation.current().name.in_language(get_language() or "")}
        return _("Newsletters of %(organisation)s") % words

    def link(self) -> str:
        return settings.BASE_URL + reverse("archive:index")

    def feed_url(self) -> str:
        return settings.BASE_URL + reverse("archive:feed")

    def items(self) -> QuerySet[Version]:
        return shown().filter(language=get_language())[:IN_FEED]

    def item_title(self, item: Version) -> str:  # type: ignore[override]
        return item.subject

    def item_description(self, item: Version) -> str:  # type: ignore[override]
        return item.preheader

    def item_link(self, item: Version) -> str:
        return settings.BASE_URL + address(item)

    def item_updateddate(self, item: Version) -> Any:
        return item.mailing.frozen_at

    item_pubdate = item_updateddate


@require_safe
@cache_control(public=True, max_age=300)
def feed(request: HttpRequest) -> HttpResponse:
    """The newest of this language, as Atom."""
    return Letters()(request)


def places() -> list[tuple[str, str, Any]]:
    """Every newsletter that is shown, as (language, short name, moment): for the sitemap."""
    return list(shown().values_list("language", "slug", "mailing__frozen_at"))


app_name = "archive"
urlpatterns = [
    path("newsletters/", index, name="index"),
    path("newsletters/feed.xml", feed, name="feed"),
    path("newsletters/<slug:slug>/", letter, name="letter"),
]
