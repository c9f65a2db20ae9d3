from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from wagtail.models import Locale, Page

from plaidoyer.organisation.models import Organisation

OWN_NAMES = {"fr": "Français", "en": "English"}


class Alternate(NamedTuple):
    """The same page in one language."""

    code: str
    name: str
    url: str
    # Without one, the way leads to the home page of the language.
    is_same: bool


class Menus(NamedTuple):
    """The home page of a language, what its header links to, and what its footer links to."""

    home: Page | None
    header: list[Page]
    footer: list[Page]


def organisation(request: HttpRequest) -> dict[str, Any]:
    """What every page shows: who speaks, where one can go, the same page in other languages.

    Found when a template first asks for it, so that the back office does not pay.
    """
    return {
        "organisation": SimpleLazyObject(Organisation.current),
        "menus": SimpleLazyObject(menus),
        "alternates": SimpleLazyObject(lambda: alternates(request)),
        "base_url": settings.BASE_URL,
    }


def menus() -> Menus:
    """Pages below the home page: those "shown in menus" stand in the header, others below."""
    locale = Locale.objects.filter(language_code=get_language()).first()
    home = Page.objects.filter(depth=2, locale=locale).live().first()
    if home is None:
        return Menus(None, [], [])
    pages = list(home.get_children().live().public())
    header = [page for page in pages if page.show_in_menus]
    return Menus(home, header, [page for page in pages if not page.show_in_menus])


def alternates(request: HttpRequest) -> list[Alternate]:
    """This page in every language, its own included, in the order of LANGUAGES.

    A Wagtail page asks its translations; any other has one address for each language.
    """
    route = getattr(request, "_wagtail_route_for_request", None)
    if route is not None:
        siblings = route[0].get_translations(inclusive=True).live().select_related("locale")
        urls = {page.locale.language_code: page.get_url(request) for page in siblings}
    else:
        urls = {code: translate_url(request.path, code) for code, _name in settings.LANGUAGES}
    return [
        Alternate(code, OWN_NAMES.get(code, code), urls.get(code) or f"/{code}/", code in urls)
        for code, _name in settings.LANGUAGES
    ]
