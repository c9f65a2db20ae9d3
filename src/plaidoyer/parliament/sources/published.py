"""The words in which parliaments publish results and votes, in English and in French."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from plaidoyer.civics.sources import SourceError
from plaidoyer.lib.words import folded
from plaidoyer.parliament.models import Option, VoteEvent
from plaidoyer.parliament.rolls import WORDS
from plaidoyer.parliament.rolls import folded as joined

Result = VoteEvent.Result
SAID = {
    "en": {
        Result.PASS: "agreed to, passed, carried, adopted, agreed",
        Result.AMENDED: "agreed to as amended, adopted as amended, carried as amended",
        Result.FAIL: "negatived, failed, defeated, rejected, lost",
        Result.TIE: "tie, tied, equality of votes",
    },
    "fr": {
        Result.PASS: "adopté, adoptée, agréé, agréée, agréé à, agréée à",
        Result.AMENDED: "adopté tel que modifié, adoptée telle que modifiée",
        Result.FAIL: "rejeté, rejetée, battue, défaite",
        Result.TIE: "égalité, égalité des voix, partage des voix",
    },
}
RESULTS = {
    " ".join(folded(word).split()): (result, language)
    for language, results in SAID.items()
    for result, words in results.items()
    for word in words.split(",")
}
AS_AMENDED = ("as amended", "tel que modifie", "telle que modifiee", "tel qu'amende")
LETTERS = {"y": Option.YES, "n": Option.NO, "a": Option.ABSTAIN, "p": Option.PAIRED}


def result(words: str, title: str = "") -> tuple[Result, str]:
    """What a published result means, and in which language it says so.

    A motion that is named as amended ("main motion as amended") is adopted as such. Never from
    counts. Raises KeyError for words nobody has taught us.
    """
    plain = " ".join(folded(words).replace("(", "").replace(")", "").split())
    found, language = RESULTS[plain]
    amended = any(sign in folded(title).replace("’", "'") for sign in AS_AMENDED)
    return (Result.AMENDED if found == Result.PASS and amended else found), language


def option(words: str) -> Option | None:
    """How somebody voted, by a letter or in words; None for words nobody has taught us."""
    return LETTERS.get(words.strip().lower()) or WORDS.get(joined(words))


def number(words: str, line: int) -> int | None:
    """A published count; None where nothing stands. Raises SourceError for what is no count."""
    if not words.strip():
        return None
    if not (words.isascii() and words.isdigit() and len(words) < 7):
        raise SourceError(_("“%(words)s” is no number of votes") % {"words": words[:40]}, line)
    return int(words)


def option_of(facts: Mapping[str, bool]) -> Option | None:
    """How a member voted where yes, no and paired are three flags.

    Paired is looked at first: who is paired may carry the way they would have voted too.
    """
    for name in (Option.PAIRED, Option.YES, Option.NO):
        if facts.get(name):
            return name
    return None
