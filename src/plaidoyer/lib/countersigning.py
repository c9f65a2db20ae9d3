"""What takes two persons: whoever does it asks, and somebody else has to allow it first.

A screen says so by `require`, once what was typed is found right and before anything is changed.
The room `staff` catches that, keeps what was asked, and lets it be done once it is allowed.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

# Whether letters of supporters go to this fact, or may: rooms above say so when Django starts.
LIVE: list[Callable[[Model], bool]] = []


class SecondPersonNeededError(Exception):
    """Somebody else, who has the `right`, must allow what `words` say."""

    def __init__(self, right: str, words: str) -> None:
        super().__init__(words)
        self.right, self.words = right, words


def require(request: HttpRequest, right: str, words: str) -> None:
    """Raises SecondPersonNeededError, unless just this was allowed to this request."""
    if getattr(request, "countersigned", None) != words:
        raise SecondPersonNeededError(right, words)


def is_live(fact: Model) -> bool:
    """Whether a change of `fact` changes where, to whom or with which words letters go now."""
    return any(judges(fact) for judges in LIVE)


def changes(form: Any, parts: tuple[str, ...]) -> str:
    """What a form would change of those fields and rows, a line each, where that is live; empty
    where nothing of it takes a second person."""
    if not parts or not is_live(form.instance):
        return ""
    lines = [line for name in parts if name in form.fields for line in _changed(form, [name])]
    for rows in (rows for name, rows in form.formsets.items() if name in parts):
        for row in rows.forms:
            if row in rows.deleted_forms and row.instance.pk:
                lines.append(_("%(what)s goes") % {"what": row.instance})
            elif row.has_changed():
                lines += _changed(row, [name for name in row.changed_data if name != "ORDER"])
    return "\n".join(lines)


def _changed(form: Any, names: list[str]) -> list[str]:
    lines = []
    for name in set(names) & set(form.changed_data):
        field = form.fields[name]
        before = form.get_initial_for_field(field, name)
        lines.append(f"{field.label}: {before or '—'} → {form.cleaned_data.get(name) or '—'}")
    return sorted(lines)


def require_export(request: HttpRequest, right: str, rows: QuerySet, name: str) -> None:
    """Lets those who have the right take rows out; many, once a second person allowed it.

    Raises PermissionDenied and SecondPersonNeededError.
    """
    if not request.user.has_perm(right):
        raise PermissionDenied
    if rows.count() > settings.EXPORT_ALONE:
        words = _("A file with more than %(number)d rows: %(name)s")
        require(request, right, words % {"number": settings.EXPORT_ALONE, "name": name})
