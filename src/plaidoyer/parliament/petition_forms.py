"""What organisers type in of official petitions: counts, pasted pages, sitting days."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateTimeInput

from plaidoyer.civics.models import Organization
from plaidoyer.parliament.models import OfficialPetition

LONGEST = 100_000
MOST = 2_147_483_647


def not_to_come(moment: Any) -> Any:
    """Raises ValidationError for a moment that has not come yet."""
    if moment and moment > timezone.now():
        raise ValidationError(_("This moment has not come yet."))
    return moment


class SnapshotForm(WagtailAdminModelForm):
    def clean_taken_at(self) -> Any:
        return not_to_come(self.cleaned_data["taken_at"])


class SeenForm(forms.Form):
    """When and where an official count was seen."""

    taken_at = forms.DateTimeField(
        label=_("Seen"), required=False, widget=AdminDateTimeInput, help_text=_("Empty: now.")
    )
    source = forms.URLField(label=_("Source"), max_length=400)

    def __init__(self, petition: OfficialPetition, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("source", str(petition.url))

    def clean_taken_at(self) -> Any:
        return not_to_come(self.cleaned_data["taken_at"]) or timezone.now()


class CountForm(SeenForm):
    """One official count, typed in."""

    signatures = forms.IntegerField(
        label=_("Signatures"),
        min_value=0,
        max_value=MOST,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    field_order = ["signatures", "taken_at", "source"]


class PageForm(SeenForm):
    """The text of the official page, pasted."""

    text = forms.CharField(
        label=_("Text of the official page"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        help_text=_(
            "Open the petition’s page on the parliament’s site, select everything, copy it and "
            "paste it here. Only the counts and the days are kept."
        ),
    )
    field_order = ["text", "taken_at", "source"]


class SittingsForm(forms.Form):
    """The days on which a legislature sits."""

    legislature = forms.ModelChoiceField(Organization.objects.none(), label=_("Legislature"))
    text = forms.CharField(
        label=_("Sitting days, one a line"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        help_text=_("For example 2026-02-03, February 3, 2026 or 3 février 2026."),
    )
    whole = forms.BooleanField(
        label=_("These are all the days between the first and the last one"),
        required=False,
        help_text=_("Days noted before that lie between them and are not in the list go."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        houses = Organization.objects.filter(petitions__isnull=False)
        houses |= Organization.objects.filter(sessions__isnull=False)
        houses |= Organization.objects.filter(classification="legislature")
        self.fields["legislature"].queryset = houses.distinct()  # type: ignore[attr-defined]
