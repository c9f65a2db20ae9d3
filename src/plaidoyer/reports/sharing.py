"""The picture that networks show beside a link to a report: its title, its period, what it tells.

Drawn by typst from a published document, so it says the same for good.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from plaidoyer.lib.paper import fonts

SOURCE = Path(__file__).parent / "typst" / "share.typ"
SIZE = (1200, 630)


def png(tree: dict[str, Any]) -> bytes:
    """The picture, 1200 by 630; the same bytes for the same document."""
    return _of(tree, tree["title"], [group["count"] for group in tree["groups"]])


def of_item(tree: dict[str, Any], item: dict[str, Any], heading: str) -> bytes:
    """The same for one campaign: its title, its heading and its first two figures."""
    told = [f"{figure['words']} {figure['label']}" for figure in item["figures"][:2]]
    return _of(tree, item["title"], [heading, *told])


def _of(tree: dict[str, Any], title: str, lines: list[str]) -> bytes:
    said = {
        "language": tree["language"],
        "title": title,
        "report": tree["labels"]["report"],
        "period": tree["period"],
        "counts": lines,
        "organisation": tree["organisation"]["name"],
        "accent": tree["organisation"]["accent"],
    }
    return _drawn(json.dumps(said, sort_keys=True))


@lru_cache(maxsize=64)
def _drawn(said: str) -> bytes:
    files = {"main.typ": SOURCE.read_bytes(), "share.json": said.encode()}
    picture = typst.compile(files, format="png", ppi=72, font_paths=fonts())  # type: ignore[call-overload]
    if not isinstance(picture, bytes):
        raise TypeError("a picture is one page")
    return picture
