"""The demo's words, read from content/: one TOML file for each campaign and page."""

import datetime
import re
import tomllib
from html import escape
from pathlib import Path
from typing import Any

from django.utils import timezone

from plaidoyer.lib.words import Words

CONTENT = Path(__file__).parent / "content"
LANGUAGES = {"fr", "en"}


def read(name: str) -> dict[str, Any]:
    """One file of content/. Tables of French and English become Words, moments get their zone."""
    return _refined(tomllib.loads((CONTENT / name).read_text(encoding="utf-8")))


def campaigns() -> list[dict[str, Any]]:
    """Every campaign, in the order they opened."""
    books = [read(f"campaigns/{path.name}") for path in (CONTENT / "campaigns").glob("*.toml")]
    return sorted(books, key=lambda book: (book["opened_on"], book["slug"]))


def rich(text: str) -> str:
    """HTML of paragraphs parted by empty lines; "## " begins a heading, "- " an entry of a list."""
    return "".join(_block(escape(block, quote=False)) for block in text.split("\n\n"))


def _block(block: str) -> str:
    if block.startswith("## "):
        return f"<h2>{block[3:]}</h2>"
    if block.startswith("- "):
        return f"<ul>{''.join(f'<li>{line[2:]}</li>' for line in block.split('\n'))}</ul>"
    return f"<p>{block}</p>"


def _refined(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == LANGUAGES and all(isinstance(text, str) for text in value.values()):
            return Words({language: _unwrapped(text) for language, text in value.items()})
        return {key: _refined(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_refined(entry) for entry in value]
    if isinstance(value, datetime.datetime):
        return timezone.make_aware(value)
    return value


def _unwrapped(text: str) -> str:
    """`text` with one line for each paragraph and each entry of a list."""
    return re.sub(r"(?<!\n)\n(?!\n|- )", " ", text.strip())
