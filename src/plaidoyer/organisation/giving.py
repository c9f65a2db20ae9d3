"""Where one gives: the page that the organisation names, else that of the room that registers."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.translation import override

# Given a campaign or None: the address in the active language, empty where nothing can be given.
PAGES: list[Callable[[Any], str]] = []


def register(page: Callable[[Any], str]) -> None:
    """Lets a room's own page be where one gives."""
    PAGES.append(page)


def address(organisation: Any, campaign: Any = None) -> str:
    """Where one gives in the active language, to what `campaign` collects for if it does."""
    if elsewhere := str(organisation.giving_url):
        return elsewhere
    return next((found for page in PAGES if (found := page(campaign))), "")


def everywhere(organisation: Any, language: str) -> str:
    """Where one gives, in `language`, as mails and paper write it: with the site's own address."""
    with override(language):
        found = address(organisation)
    return settings.BASE_URL + found if found.startswith("/") else found
