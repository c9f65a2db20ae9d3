"""The words an organiser offers, and how much of a letter its writer wrote."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from plaidoyer.lib.words import Words

# So many words in a row that stand in the offered text were not written by the sender.
SHINGLE = 3


def lines(words: Mapping[str, str], language: str) -> list[str]:
    """What was written one a line, in that language or else in the first there is."""
    return [line for line in Words(words).in_language(language).split("\n") if line.strip()]


def subjects(options: Mapping[str, Any], language: str) -> list[str]:
    """The subjects of which each letter has one."""
    return lines(options.get("subject") or {}, language)


def points(options: Mapping[str, Any], language: str) -> list[str]:
    """The talking points that a supporter may tick."""
    return lines(options.get("points") or {}, language)


def chosen(among: Sequence[str], numbers: Iterable[int]) -> list[str]:
    """Those of `among` that were ticked, in the order of the organiser."""
    return [among[number] for number in sorted(set(numbers)) if number < len(among)]


def with_points(body: str, ticked: Sequence[str]) -> str:
    """The letter with its points before its last paragraph, or after its only one."""
    head, parted, farewell = body.rpartition("\n\n")
    return "\n\n".join([head, *ticked, farewell] if parted else [body, *ticked])


def best(words: Mapping[str, str], *languages: str) -> tuple[str, str]:
    """The text in the first of `languages` that has one, and which that is; else any; else none."""
    for language in languages:
        for code in (language, language.split("-")[0]):
            if text := words.get(code):
                return code, text
    return next(((code, text) for code, text in words.items() if text), ("", ""))


def tokens(text: str) -> list[str]:
    """Its words, without case and signs."""
    return re.findall(r"\w+", text.casefold())


def own_share(text: str, offered: Iterable[str]) -> int:
    """How much of `text` the sender wrote, in percent of its words, rounded down.

    Not theirs are words that stand in a row of three that also stands in an offered text. So a
    sentence moved elsewhere stays ours, and three words of theirs in ours count.
    """
    words, ours = tokens(text), set()
    for each in offered:
        theirs = tokens(each)
        ours |= set(zip(*(theirs[start:] for start in range(SHINGLE)), strict=False))
        if len(theirs) < SHINGLE and theirs == words:
            return 0
    taken = set()
    for start in range(len(words) - SHINGLE + 1):
        if tuple(words[start : start + SHINGLE]) in ours:
            taken |= set(range(start, start + SHINGLE))
    return 100 * (len(words) - len(taken)) // len(words) if words else 0
