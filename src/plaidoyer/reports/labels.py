"""The fixed words of an edition, and the note on how its figures are counted.

They go into the document with everything else: a later release does not reword what is published.
"""

import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from plaidoyer.lib import wording
from plaidoyer.reports.models import Heading


def fixed(language: str) -> dict[str, str]:
    """Titles and small words in the active language, `language`."""
    words = {
        "report": _("Impact report"),
        "contents": _("Contents"),
        "major": _("Major"),
        "standings": _("What was asked, and how it stands"),
        "milestones": _("What happened"),
        "evidence": _("Evidence"),
        "claim": _("Our part:"),
        "exactly": _("Exactly:"),
        "counted": _("Counted:"),
        "means": _("What it means:"),
        "source": _("Source"),
        "check": _("Exact number and definition"),
        "link": _("Link to this part:") + " ",
        "earlier": _("First told in"),
        "charts": _("In pictures"),
        "next": _("What comes next"),
        "short": _("In short"),
        "corrections": _("Corrections"),
        "corrected": _("Corrected:"),
        "wrong": _("What was wrong:"),
        "corrected_note": _(
            "The report below stands as it was published. What is said here takes its place."
        ),
        "original": _("The PDF as first published"),
        "data": _("Every figure as data:"),
        "table": _("The chart as a table"),
        "our_part": _("Our part in it"),
        "thanks": _("Thank you"),
        "appeal": _("Give"),
        "give": _("Give now"),
        "act": _("You can act now"),
        "counting": _("How we count"),
        "named": _("Figures named in the text"),
        "again": _("How to count it again"),
        "pdf": _("Download as PDF"),
        "web": _("Read the whole report"),
        "hello": _("Hello"),
        "unsubscribe": _("Unsubscribe"),
        "page": _("Page"),
    }
    return {name: wording.spaced(word, language) for name, word in words.items()}


def published(day: datetime.date, language: str) -> str:
    """The sentence that says when an edition was published."""
    return _("Published on %(date)s") % {"date": wording.date(day, language)}


def how_we_count(moment: str, language: str) -> list[str]:
    """What stands behind every figure, as paragraphs."""
    told = [
        _(
            "Our own figures were counted by the program, in the rows that stand for them, on"
            " %(moment)s. Nobody typed them. Days are days of universal time (UTC)."
        )
        % {"moment": moment},
        _(
            "An act counts once its author has confirmed it by the link in a mail sent to them."
            " Each person counts once for each form; an act that was taken back does not count."
        ),
        _(
            "A letter counts as accepted when the addressee’s own mail server said so. Accepted is"
            " not read, and read is not answered."
        ),
        _(
            "Official counts are those of a parliament’s own site, with the day we read them there."
            " They are never added to ours."
        ),
        _(
            "In words, a figure never says more than was counted: “more than” is rounded down;"
            " “nearly” stands at most 3% below the number named."
        ),
        _(
            "A heading follows from the facts: a victory when everything asked is met, a movement"
            " when some of it is met or promised, a setback when it was refused or taken back. Each"
            " such fact has a dated source. A second person approved every item."
        ),
    ]
    return [wording.spaced(paragraph, language) for paragraph in told]


def counted_heading(heading: Heading, n: int) -> str:
    """ "6 victories": how many items stand under a heading."""
    words: dict[Heading, Any] = {
        Heading.VICTORY: ngettext("%(n)d victory", "%(n)d victories", n),
        Heading.MOVEMENT: ngettext("%(n)d positive movement", "%(n)d positive movements", n),
        Heading.UPDATE: ngettext("%(n)d update on a win", "%(n)d updates on wins", n),
        Heading.ONGOING: ngettext("%(n)d ongoing", "%(n)d ongoing", n),
        Heading.SETBACK: ngettext("%(n)d setback", "%(n)d setbacks", n),
        Heading.RECALLED: ngettext("%(n)d win recalled", "%(n)d wins recalled", n),
    }
    return words[heading] % {"n": n}
