"""Figures named in the texts of an edition, {figure:name}: counted once, for every language.

In a document each stands in the text as its phrase, and once in full, where a click on it leads.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.html import escape
from django.utils.safestring import mark_safe

from plaidoyer.figures import texts
from plaidoyer.figures.models import Value
from plaidoyer.lib.words import Words
from plaidoyer.reports.models import Edition, Item

Tree = dict[str, Any]
OF_EDITION = ["introduction", "our_part", "thanks", "appeal"]
OF_ITEM = ["text", "quote"]


def _written(edition: Edition, items: list[Item]) -> str:
    """All texts in which figures may be named."""
    words: list[Words] = [getattr(edition, part) for part in OF_EDITION]
    words += [getattr(item, part) for item in items for part in OF_ITEM]
    return " ".join(text for one in words for text in one.values())


def gather(edition: Edition, items: list[Item]) -> dict[str, Value | None]:
    """The last value of each figure that is named, by name; None where there is no such figure."""
    named = texts.names(_written(edition, items))
    found = texts.last(named) if named else {}
    return {name: found.get(name) for name in named}


def linked(tree: Tree) -> None:
    """In the paragraphs of a page's tree, leads from each phrase to where it is told in full."""
    ways = {one["phrase"]: f"#figure-{one['name']}" for one in tree["named"]}
    if not ways:
        return
    # The longest first: a phrase may begin with another one.
    told = sorted((re.escape(str(escape(one))) for one in ways), key=len, reverse=True)
    phrases = re.compile("|".join(told))
    hrefs = {str(escape(phrase)): href for phrase, href in ways.items()}

    def way(found: re.Match[str]) -> str:
        return f'<a class="figure-link" href="{hrefs[found[0]]}">{found[0]}</a>'

    for paragraphs in _texts(tree):
        for paragraph in paragraphs:
            paragraph[:] = [mark_safe(phrases.sub(way, escape(line))) for line in paragraph]


def _texts(tree: Tree) -> Iterator[list[list[str]]]:
    yield from (tree[part] for part in OF_EDITION)
    for group in tree["groups"]:
        for item in group["items"]:
            yield from (item[part] for part in OF_ITEM)
