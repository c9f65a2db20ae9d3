"""Is known since a day or longer."""

import datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from plaidoyer.lib import wording
from plaidoyer.newsletters.segments.conditions import Condition
from plaidoyer.newsletters.segments.fields import DayField, begins


class BeginningsForm(forms.Form):
    since = DayField(
        label=gettext_lazy("On that day or later"),
        required=True,
        error_messages={"required": gettext_lazy("Choose a day.")},
    )


class Beginnings(Condition):
    code = "since"
    label = gettext_lazy("Came to us")
    form = BeginningsForm

    def holds(self, cleaned: dict[str, Any], at: datetime.datetime) -> Q:
        return Q(created_at__gte=begins(cleaned["since"]))

    def said(self, cleaned: dict[str, Any], *, negated: bool) -> str:
        said = _("came to us before %(day)s") if negated else _("came to us on %(day)s or later")
        return said % {"day": wording.date(cleaned["since"], get_language() or "en")}
