"""What an organiser says of a hand-over: to whom, with which letter; and that it happened."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plaidoyer.actions.models import ActionForm
from plaidoyer.campaigns.models import Target
from plaidoyer.evidence.models import validate_size
from plaidoyer.lib.fields import LineField
from plaidoyer.lib.words import Words, WordsFormField, languages
from plaidoyer.outcomes.forms import not_to_come
from plaidoyer.outcomes.handovers import handing
from plaidoyer.outcomes.handovers.models import Handover

LONGEST_LETTER = 6_000


def in_every_language(words: Words) -> Words:
    """`words`. Raises ValidationError where a language is missing: paper is made in each."""
    if words.missing([code for code, _name in languages()]):
        raise forms.ValidationError(_("Write it in each language."))
    return words


class TargetField(forms.ModelChoiceField):
    """One of a campaign's targets."""

    def __init__(self, **kwargs: Any) -> None:
        targets = Target.objects.select_related("post", "person", "organization")
        super().__init__(targets, empty_label="—", **kwargs)


class NewHandoverForm(forms.Form):
    """To whom, and the cover letter."""

    target = TargetField(
        label=_("To whom"),
        error_messages={
            "required": _("Choose one of the list."),
            "invalid_choice": _("Choose one of the list."),
        },
    )
    words = WordsFormField(
        label=_("Cover letter"),
        long=True,
        max_length=LONGEST_LETTER,
        help_text=_("It stands on the first page of the paper, in each language."),
    )

    def __init__(self, form: ActionForm, *args: Any, **kwargs: Any) -> None:
        targets = list(form.campaign.targets.order_by("id"))
        first = targets[0] if targets else None
        letter = handing.proposed_letter(form, first)
        kwargs["initial"] = {"words": letter, "target": first, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        offered = self.fields["target"]
        offered.queryset = offered.queryset.filter(campaign=form.campaign_id)  # type: ignore
        for box in self.fields["words"].widget.widgets:  # type: ignore[attr-defined]
            box.attrs["rows"] = 14

    def clean_words(self) -> Words:
        return in_every_language(self.cleaned_data["words"])


class HandedOverForm(forms.Form):
    """When it happened, in words, and what shows it."""

    happened_on = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Write the day."),
            "invalid": _("Write a day, such as 2026-05-31."),
        },
    )
    title = WordsFormField(label=_("What happened"), max_length=200)
    receipt = forms.FileField(
        label=_("Receipt or picture (optional)"), required=False, validators=[validate_size]
    )
    receipt_title = LineField(label=_("What it shows (optional)"), required=False, max_length=250)

    def __init__(self, handover: Handover, data: Any = None, files: Any = None) -> None:
        self.handover = handover
        initial = {"happened_on": timezone.localdate(), "title": handing.proposed_title(handover)}
        super().__init__(data, files, initial=initial, label_suffix="")

    def clean_happened_on(self) -> datetime.date | None:
        day = not_to_come(self.cleaned_data["happened_on"])
        counted = timezone.localtime(self.handover.package.counted_at).date()
        if day and day < counted:
            raise forms.ValidationError(_("The package was made after that day."))
        return day

    def clean_title(self) -> Words:
        return in_every_language(self.cleaned_data["title"])
