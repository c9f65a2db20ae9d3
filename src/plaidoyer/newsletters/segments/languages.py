"""Reads a language."""

import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plaidoyer.newsletters.segments.conditions import Condition


class LanguagesForm(forms.Form):
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)


class Languages(Condition):
    code = "language"
    label = gettext_lazy("Reads a language")
    form = LanguagesForm

    def holds(self, cleaned: dict[str, Any], at: datetime.datetime) -> Q:
        code = cleaned["language"]
        return Q(language=code) | Q(language__startswith=f"{code}-")

    def said(self, cleaned: dict[str, Any], *, negated: bool) -> str:
        said = _("does not read in %(language)s") if negated else _("reads in %(language)s")
        return said % {"language": str(dict(settings.LANGUAGES)[cleaned["language"]]).lower()}
