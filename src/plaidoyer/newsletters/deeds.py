"""What may be done with a mailing on its way, each told and confirmed before it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plaidoyer.newsletters import schedules
from plaidoyer.newsletters.models import Mailing

State = Mailing.State


@dataclass(frozen=True, slots=True)
class Deed:
    """One verb: from which states it may be asked for, how it is told, and what does it."""

    code: str
    label: str | Promise
    means: str | Promise
    done: str | Promise
    states: frozenset[str]
    do: Callable[..., Any]
    # Whether somebody may say why, for those who come after.
    asks_why: bool = False
    is_grave: bool = False


def schedule(mailing: Mailing, *, by: Any) -> Mailing:
    """As its plan says."""
    return schedules.schedule(mailing, timing=mailing.timing, leaves_at=mailing.leaves_at, by=by)


DEEDS = [
    Deed(
        "schedule",
        _("Let it leave"),
        _("From now on its words and its readers’ choice are as they stand."),
        _("It will leave as planned."),
        frozenset({State.DRAFT}),
        schedule,
    ),
    Deed(
        "take-back",
        _("Take it back"),
        _("It becomes a draft again, and nobody gets it until it is scheduled anew."),
        _("It is a draft again."),
        frozenset({State.SCHEDULED}),
        schedules.take_back,
    ),
    Deed(
        "pause",
        pgettext_lazy("mailing", "Pause"),
        _(
            "Nothing more leaves for now. What a sender holds at this moment, a few hundred mails "
            "at most, may still leave."
        ),
        _("It is paused."),
        frozenset({State.SENDING}),
        schedules.pause,
        asks_why=True,
    ),
    Deed(
        "resume",
        pgettext_lazy("mailing", "Go on"),
        _("What has not left leaves now."),
        _("It goes on."),
        frozenset({State.PAUSED}),
        schedules.resume,
    ),
    Deed(
        "cancel",
        pgettext_lazy("mailing", "Cancel it for good"),
        _("What has not left never does. This cannot be undone."),
        _("It is cancelled."),
        frozenset({State.DRAFT, State.SCHEDULED, State.SENDING, State.PAUSED}),
        schedules.cancel,
        asks_why=True,
        is_grave=True,
    ),
]
BY_CODE = {deed.code: deed for deed in DEEDS}


def open_to(mailing: Mailing) -> list[Deed]:
    """What may be done with `mailing` as it stands."""
    return [deed for deed in DEEDS if mailing.state in deed.states]
