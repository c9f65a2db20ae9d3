"""Documents of an older schema, as today's pages read them: nothing they say changes.

Schema 1 had one chart and neither pictures, quotes nor what comes next; schema 2 named no figures.
"""

import copy
from typing import Any

from django.utils import translation

from plaidoyer.reports import labels

Tree = dict[str, Any]
OF_ITEM: Tree = {"picture": None, "quote": [], "quote_by": "", "next": [], "charts": []}


def current(tree: Tree) -> Tree:
    """A copy of the document with what its schema did not have yet, empty or in today's words."""
    tree = copy.deepcopy(tree)
    with translation.override(tree["language"]):
        tree["labels"] = {**labels.fixed(tree["language"]), **tree["labels"]}
    tree.setdefault("named", [])
    tree.setdefault("giving_ways", [])
    tree.setdefault("charts", [_chart(tree)] if tree.get("chart") else [])
    for group in tree["groups"]:
        for item in group["items"]:
            for name, nothing in copy.deepcopy(OF_ITEM).items():
                item.setdefault(name, nothing)
            for figure in item["figures"]:
                figure.setdefault("name", "")
    return tree


def _chart(tree: Tree) -> Tree:
    """The one chart of schema 1, with what charts have today."""
    told = tree["chart"]
    more = {"key": "acts", "title": tree["labels"].get("chart", ""), "legend": [], "note": ""}
    return {**more, "svg_dark": told["svg"], **told}
