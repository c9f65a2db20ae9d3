"""Dates, moments and numbers in the words of lib/wording, in the page's language.

Templates of every room say {% load wording %}; the settings give the name.
"""

import datetime
from collections.abc import Callable

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from plaidoyer.lib import wording

register = template.Library()

# What names in running text stand for, told by an upper floor (figures): the text, its language,
# and whether it is HTML that may hold links.
NAMED: Callable[..., str] | None = None


@register.filter
def day(value: datetime.date | datetime.datetime) -> str:
    """ "March 1, 2026", « 1er mars 2026 »."""
    if isinstance(value, datetime.datetime):
        value = timezone.localdate(value)
    return wording.date(value, get_language() or "en")


@register.filter
def moment(value: datetime.datetime) -> str:
    """The minute, with its distance to UTC."""
    return wording.moment(timezone.localtime(value), get_language() or "en")


@register.filter
def exactly(value: int) -> str:
    """The number itself with its thousands parted: "82,317", « 82 317 »."""
    return wording.number(value, get_language() or "en")


@register.simple_tag
def money(minor: int, currency: str) -> str:
    """An amount from its minor units, in the page's language: "$12.50", « 12,50 $ »."""
    return wording.money(minor, currency, get_language() or "en")


@register.filter
def told(text: str) -> str:
    """An editor's text with the figures it names in words: `{figure:name}`; in HTML with links."""
    if not text or NAMED is None:
        return text
    is_html = isinstance(text, SafeString)
    said = NAMED(str(text), get_language() or "en", linked=is_html)
    return mark_safe(said) if is_html else said
