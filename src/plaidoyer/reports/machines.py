"""Every figure of an edition for programs: JSON and CSV, with definition, moment and evidence."""

import csv as writer
import io
from collections.abc import Iterator
from typing import Any

from plaidoyer.lib import typed

Tree = dict[str, Any]
COLUMNS = [
    "campaign",
    "heading",
    "name",
    "value",
    "counted_at",
    "words",
    "label",
    "definition",
    "source_url",
    "page_url",
]
TOLD = ("value", "counted_at", "words", "label", "definition", "source_url")


def figures(tree: Tree) -> Iterator[Tree]:
    """Each figure told in the edition, with the item it stands in; then those its texts name."""
    for group in tree["groups"]:
        for item in group["items"]:
            for figure in item["figures"]:
                yield {
                    "campaign": item["title"],
                    "heading": group["label"],
                    "name": figure.get("name", ""),
                    "page_url": f"{tree['web_url']}#{item['anchor']}",
                    **{key: figure[key] for key in TOLD},
                }
    for figure in tree.get("named", []):
        of = {"campaign": "", "heading": "", "name": figure["name"]}
        page = f"{tree['web_url']}#figure-{figure['name']}"
        yield {**of, "page_url": page, **{key: figure[key] for key in TOLD}}


def json(tree: Tree, sha256: str, corrections: list[Tree]) -> Tree:
    """The edition's figures, standings, milestones with their evidence, and chart tables."""
    items = [
        {
            "heading": group["heading"],
            **{
                key: item.get(key)
                for key in ("anchor", "title", "figures", "standings", "milestones", "next")
            },
        }
        for group in tree["groups"]
        for item in group["items"]
    ]
    charts = [
        {key: chart[key] for key in ("key", "title", "sentence", "columns", "rows")}
        for chart in tree.get("charts", [])
    ]
    told = ("language", "title", "period", "starts_on", "ends_on", "counted_at", "web_url")
    return {
        "schema": tree["schema"],
        **{key: tree[key] for key in told},
        "sha256": sha256,
        "counting": tree["counting"],
        "items": items,
        "named": tree.get("named", []),
        "charts": charts,
        "corrections": corrections,
    }


def csv(tree: Tree) -> str:
    """A line for each figure, with a heading line; formulas are defused by an apostrophe."""
    text = io.StringIO()
    table = writer.DictWriter(text, COLUMNS)
    table.writeheader()
    for figure in figures(tree):
        table.writerow({key: _safe(value) for key, value in figure.items()})
    return text.getvalue()


def _safe(value: Any) -> Any:
    return typed.harmless(value) if isinstance(value, str) else value
