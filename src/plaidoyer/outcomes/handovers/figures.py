"""What a package says in figures: each with its step of the count ladder, its moment, its rule."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from plaidoyer.actions import areas, names
from plaidoyer.actions.models import Action, ActionForm, Confirmation, PublicName

LABELS: dict[str, Promise] = {
    "confirmed": _("People who have signed"),
    "named": _("Of these, listed by name in this package"),
    "submitted": _("Signatures sent"),
    "withdrawn": _("Signatures taken back by their authors"),
}
DEFINITIONS: dict[str, Promise] = {
    "confirmed": _(
        "Each pressed the button on the page that a mail to their own address led to, and has not "
        "taken it back since. Counted once for each person."
    ),
    "named": _(
        "They ticked that their first name, initial and area may be shown. The others are counted "
        "and not named."
    ),
    "submitted": _("Sent and kept, whether confirmed or not. Not a number of people."),
    "withdrawn": _("Confirmed first and taken back later. They are not among those who signed."),
}
AREAS_RULE = _(
    "Signatures by the area of their postal code, in tens and never fewer than ten, so that nobody "
    "can be found among their neighbours. Who gave no postal code is in none."
)


@dataclass(frozen=True, slots=True)
class Counted:
    """Everything that was counted for a package at one moment."""

    at: datetime.datetime
    figures: dict[str, int]
    # Each with "at least so many", the largest first; and when that was counted.
    areas: list[areas.Shown]
    areas_at: datetime.datetime | None


def count(form: ActionForm, at: datetime.datetime) -> Counted:
    """What counts on `form` at `at`, which is now or was a moment ago.

    Areas are those that anybody may see (areas.release): a package tells no more than the page.
    """
    shown, release = areas.shown(form)
    confirmations = Confirmation.objects.filter(form=form, confirmed_at__lte=at)
    sent = Action.objects.filter(form=form, submitted_at__lte=at, corrects=None)
    return Counted(
        at=at,
        figures={
            "confirmed": confirmations.counted().count(),
            "named": named(form, at).count(),
            "submitted": sent.count(),
            "withdrawn": confirmations.filter(withdrawal__isnull=False).count(),
        },
        areas=shown,
        areas_at=release.released_at if release else None,
    )


def named(form: ActionForm, at: datetime.datetime) -> QuerySet[PublicName]:
    """The names that their bearers let be shown, in the order they are read."""
    shown = names.shown(form).filter(action__confirmation__confirmed_at__lte=at)
    return shown.order_by("folded", "action")


def defined(counted: Counted) -> list[dict[str, Any]]:
    """The figures with their words, in the active language, the first the one to tell."""
    return [
        {
            "key": key,
            "label": str(LABELS[key]),
            "value": value,
            "definition": str(DEFINITIONS[key]),
        }
        for key, value in counted.figures.items()
    ]
