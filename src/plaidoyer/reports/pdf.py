"""The edition on paper: a tagged PDF (lib.paper) of a document's tree."""

import datetime
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from plaidoyer.lib import paper
from plaidoyer.lib.paper import UnprintableError
from plaidoyer.reports import machines

HERE = Path(__file__).parent

__all__ = ["UnprintableError", "render"]


def render(
    tree: dict[str, Any],
    pictures: Mapping[str, bytes],
    *,
    corrections: Sequence[dict[str, Any]] = (),
    at: datetime.datetime | None = None,
) -> bytes:
    """The PDF of the edition told in `tree`; the same bytes for the same input.

    PDF/UA-1 for screen readers and PDF/A-3a for archives: the figures go with it, as CSV. Raises
    UnprintableError when its words hold a sign that cannot be drawn.
    """
    files = {
        "main.typ": (HERE / "typst" / "edition.typ").read_bytes(),
        "confluence.svg": (HERE / "typst" / "confluence.svg").read_bytes(),
        "edition.json": json.dumps(tree).encode(),
        "corrections.json": json.dumps(list(corrections)).encode(),
        "figures.csv": machines.csv(tree).encode(),
        **pictures,
    }
    at = at or datetime.datetime.fromisoformat(tree["counted_at"])
    return paper.render(files, at, archive=True)
