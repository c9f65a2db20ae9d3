"""Where a drive stands: its motion, its day, and each member with what is known of them."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from plaidoyer.actions.kinds.letter.seats import is_by_code
from plaidoyer.actions.kinds.vote_drive import closing, counts
from plaidoyer.actions.models import ActionForm
from plaidoyer.lib import wording
from plaidoyer.lib.words import folded
from plaidoyer.parliament import reporting, results
from plaidoyer.parliament.models import Motion, Option, Position, VoteEvent
from plaidoyer.parliament.reporting import Member

# So many members stand on the page itself; more have a page of their own.
ON_PAGE = 40
UNKNOWN = "unknown"
LABELS: dict[str, str | Promise] = {
    "yes": pgettext_lazy("position", "for"),
    "no": pgettext_lazy("position", "against"),
    "abstain": pgettext_lazy("position", "abstains"),
    "absent": pgettext_lazy("position", "absent"),
    "paired": pgettext_lazy("position", "paired"),
    UNKNOWN: pgettext_lazy("position", "not known"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One member: who, how many wrote to them, what they said, how they voted."""

    member: Member
    written: str
    position: Position | None
    vote: Option | None

    @property
    def stands(self) -> str:
        """Where the member stands: as they voted, else as they said."""
        return str(self.vote or (self.position.option if self.position else UNKNOWN))

    @property
    def position_label(self) -> str | Promise:
        return LABELS[self.position.option] if self.position else LABELS[UNKNOWN]

    @property
    def vote_label(self) -> str | Promise:
        return LABELS[self.vote] if self.vote else LABELS[UNKNOWN]


@dataclass(frozen=True, slots=True)
class Share:
    """One part of the drawn summary, in hundredths of its width."""

    stands: str
    label: str | Promise
    members: int
    x: float
    width: float


def shown(form: ActionForm) -> Mapping[str, Any]:
    """The board on the drive's page; nothing of it counts in the request."""
    motion = motion_of(form)
    if motion is None:
        return {"motion": None}
    event = closing.vote_of(motion, form.opens_at)
    rows = board(form, motion, event)
    return {
        "motion": motion,
        "event": event,
        "asks_yes": form.options.get("asked") != Option.NO,
        "from_own": is_by_code(form),
        "countdown": "" if event else countdown(motion.vote_expected_on, timezone.localdate()),
        "rows": rows,
        "rows_shown": rows if len(rows) <= ON_PAGE else [],
        "shares": shares(rows),
        "result": result(event, rows) if event else "",
    }


def motion_of(form: ActionForm) -> Motion | None:
    """What the drive is about."""
    motions = Motion.objects.select_related("legislature").prefetch_related("vote_events")
    return motions.filter(pk=form.options.get("motion")).first()


def board(form: ActionForm, motion: Motion, event: VoteEvent | None) -> list[Row]:
    """Every member who sits on the day of the vote, or today while it is to come."""
    today = timezone.localdate()
    members = reporting.members(motion.legislature, event.held_on if event else today)
    said, written = reporting.positions(motion), counts.by_post(form.pk)
    voted = reporting.votes(event) if event else {}
    language = get_language() or ""
    return [
        Row(
            member,
            counts.told(written.get(member.post.pk, 0), language),
            said.get(member.person.pk),
            voted.get(member.person.pk),
        )
        for member in members
    ]


def kept(rows: Iterable[Row], words: str, stands: str) -> list[Row]:
    """Those whose name, riding or party holds all of `words`, and who stand as asked."""
    wanted = folded(words).split()
    return [
        row
        for row in rows
        if stands in ("", row.stands) and all(word in searched(row) for word in wanted)
    ]


def searched(row: Row) -> str:
    """What a search of members looks at."""
    member = row.member
    places = [str(part) for part in (member.area, member.party) if part]
    return folded(" ".join([str(member.person), *places]))


def shares(rows: list[Row]) -> list[Share]:
    """How many stand where, in the order of LABELS, side by side."""
    stands = [row.stands for row in rows]
    found, x = [], 0.0
    for key, label in LABELS.items():
        if members := stands.count(key):
            width = members * 100 / len(rows)
            found.append(Share(key, label, members, round(x, 2), round(width, 2)))
            x += width
    return found


def countdown(day: datetime.date | None, today: datetime.date) -> str:
    """ "The vote is expected on December 3, 2026, in 10 days"; the same for a whole day."""
    if day is None:
        return _("The day of the vote is not known yet.")
    date, left = wording.date(day, get_language() or ""), (day - today).days
    if left < 0:
        return _("The vote was expected on %(day)s.") % {"day": date}
    if left == 0:
        return _("The vote is expected today, %(day)s.") % {"day": date}
    sentence = ngettext(
        "The vote is expected on %(day)s, tomorrow.",
        "The vote is expected on %(day)s, in %(left)d days.",
        left,
    )
    return sentence % {"day": date, "left": left}


def result(event: VoteEvent, rows: list[Row]) -> str:
    """ "Adopted on May 4, 2026: 7 for, 3 against": the published numbers; without any, those of
    the board, and only where nobody's vote lacks."""
    if event.yes_count is not None and event.no_count is not None:
        return results.told(event, event.yes_count, event.no_count)
    known = [row.vote for row in rows if row.vote]
    if len(known) < len(rows) or not known:
        return results.told(event)
    return results.told(event, known.count(Option.YES), known.count(Option.NO))
