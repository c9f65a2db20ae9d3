"""Fields that several conditions share."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DayField(forms.DateField):
    """A day, written by the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], **kwargs)


class RowField(forms.ModelChoiceField):
    """One row of ours; what somebody else deleted meanwhile is told as such."""

    default_error_messages = {
        "invalid_choice": _("This is not there any more. Choose another."),
        "required": _("Choose one."),
    }


def begins(day: datetime.date) -> datetime.datetime:
    """The first moment of a day on the organisation's clock."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
