"""How an organiser defines a figure, and enters what happened offline."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from plaidoyer.figures import values
from plaidoyer.figures.models import Figure, OfflineActs

Source = Figure.Source


class FigureForm(WagtailAdminModelForm):
    """One source and what belongs to it; the rest is left empty by itself."""

    offline_kind = forms.ChoiceField(
        choices=lambda: [("", "—"), *OfflineActs.Kind.choices],
        required=False,
        label=_("kind of offline acts"),
    )

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if self.instance.pk and name != self.initial.get("name"):
            raise forms.ValidationError(_("Texts call it by its name, so it stays."))
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        needed = {Source.OWN: "rung", Source.OFFICIAL: "petition", Source.OFFLINE: "offline_kind"}
        if (source := cleaned.get("source")) not in needed:
            return cleaned
        for other, field in needed.items():
            if other != source:
                cleaned[field] = None if field == "petition" else ""
        if not cleaned.get(needed[source]) and needed[source] not in self.errors:
            self.add_error(needed[source], _("This belongs to that source."))
        if source != Source.OWN:
            cleaned["forms"] = []
        elif not cleaned.get("forms") and "forms" not in self.errors:
            self.add_error("forms", _("Choose the forms whose acts are counted."))
        return cleaned

    def save(self, commit: bool = True) -> Figure:
        self.instance.made_by = self.instance.made_by or self.for_user
        figure = super().save(commit)
        if commit:
            values.recount(Figure.objects.filter(pk=figure.pk))
        return figure


def not_to_come(day: datetime.date | None) -> datetime.date | None:
    """`day`. Raises ValidationError when it has not come yet."""
    if day and day > timezone.localdate():
        raise forms.ValidationError(_("This day has not come yet."))
    return day


class OfflineForm(WagtailAdminModelForm):
    """A line of offline acts, as it will stay."""

    def clean_happened_on(self) -> datetime.date | None:
        return not_to_come(self.cleaned_data["happened_on"])

    def clean_published_on(self) -> datetime.date | None:
        return not_to_come(self.cleaned_data["published_on"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and not cleaned.get("url") and not cleaned.get("file"):
            self.add_error("url", _("Give a link or a file."))
        return cleaned

    def save(self, commit: bool = True) -> OfflineActs:
        self.instance.recorded_by = self.instance.recorded_by or self.for_user
        return super().save(commit)
