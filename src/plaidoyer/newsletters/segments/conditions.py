"""What a condition of a segment is, and which there are.

Each stands in one file with its label, its fields, its SQL and its words. A room above registers
its own (gifts) when Django starts, so that this one knows no other.
"""

import datetime
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import Promise

# As they were typed: field by field, a text or several.
Values = Mapping[str, str | list[str]]


class StaleError(ValueError):
    """A condition refers to what is not there any more, or was never filled in."""


class Condition:
    """One thing that holds of a supporter or does not. All members but `needs` are to be given."""

    code: ClassVar[str]
    label: ClassVar[str | Promise]
    form: ClassVar[type[forms.Form]]
    # The right to know of whom it holds, where that is a right apart.
    needs: ClassVar[str] = ""

    def holds(self, cleaned: dict[str, Any], at: datetime.datetime) -> Q:
        """It as a condition on supporters at a moment; never NULL, so that NOT is its opposite."""
        raise NotImplementedError

    def said(self, cleaned: dict[str, Any], *, negated: bool) -> str:
        """It in words, without a full stop: "took part in…", "did not take part in…"."""
        raise NotImplementedError


CONDITIONS: dict[str, Condition] = {}


def open_to(user: Any) -> list[Condition]:
    """The conditions that `user` may ask for."""
    return [one for one in CONDITIONS.values() if not one.needs or user.has_perm(one.needs)]


def register(condition: Condition) -> None:
    """Lets segments ask for `condition`."""
    CONDITIONS[condition.code] = condition


def bound(condition: Condition, values: Values, prefix: str = "") -> forms.Form:
    """Its form, filled in with `values`."""
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(f"{prefix}-{name}" if prefix else name, listed(value))
    return condition.form(data, prefix=prefix or None)


def listed(value: str | list[str]) -> list[str]:
    """One value or several, as a list of texts."""
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def cleaned(condition: Condition, values: Values) -> dict[str, Any]:
    """What `values` mean. Raises StaleError when they mean nothing (any more)."""
    form = bound(condition, values)
    if not form.is_valid():
        raise StaleError(condition.code)
    return form.cleaned_data


def known(code: str) -> Condition:
    """The condition of that name. Raises StaleError when no room has it (any more)."""
    try:
        return CONDITIONS[code]
    except KeyError:
        raise StaleError(code) from None
