"""A scorecard as rows of text, for spreadsheets and other programs."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from plaidoyer.campaigns.models import AskedVote
from plaidoyer.campaigns.scorecards import AGAINST, NEITHER, WITH, Line, Scorecard
from plaidoyer.lib.typed import harmless


def rows(card: Scorecard) -> Iterator[list[str]]:
    """The headings, then a row for each member."""
    yield [harmless(cell) for cell in headings(card.asked)]
    for line in card.lines:
        yield [harmless(cell) for cell in cells(line)]


def headings(asked: list[AskedVote]) -> list[str]:
    """Who, how they voted in each vote, and what that makes."""
    return [
        _("Given name"),
        _("Family name"),
        _("Party"),
        _("Riding"),
        _("Province"),
        *(f"{one.event} ({one.get_option_display()})" for one in asked),
        pgettext("scorecard", "With"),
        pgettext("scorecard", "Against"),
        pgettext("scorecard", "Counted for neither"),
        _("Votes that count"),
        _("Percent with"),
    ]


def cells(line: Line) -> list[str]:
    """One member's row."""
    counts, percent = line.score.counts, line.score.percent
    return [
        line.person.given_name,
        line.person.family_name,
        str(line.party or ""),
        str(line.area or ""),
        str(line.province or ""),
        *(str(cell.label) for cell in line.cells),
        *(str(counts[name]) for name in (WITH, AGAINST, NEITHER)),
        str(line.score.votes),
        "" if percent is None else str(percent),
    ]
