"""The edition on paper: a tagged PDF (lib.paper) of a document's tree."""

import datetime
import json
from pathlib import Path
from typing import Any

from plaidoyer.lib import paper
from plaidoyer.lib.paper import UnprintableError

HERE = Path(__file__).parent

__all__ = ["UnprintableError", "render"]


def render(tree: dict[str, Any]) -> bytes:
    """The PDF of the edition told in `tree`; the same bytes for the same tree.

    Raises UnprintableError when its words hold a sign that cannot be drawn.
    """
    files = {
        "main.typ": (HERE / "typst" / "edition.typ").read_bytes(),
        "confluence.svg": (HERE / "typst" / "confluence.svg").read_bytes(),
        "edition.json": json.dumps(tree).encode(),
    }
    return paper.render(files, datetime.datetime.fromisoformat(tree["counted_at"]))
