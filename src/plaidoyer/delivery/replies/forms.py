"""What a writer tells of a reply, and what an organiser says it is."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plaidoyer.delivery.models import Letter
from plaidoyer.delivery.replies import collecting
from plaidoyer.delivery.replies.models import Category
from plaidoyer.lib.fields import LineField, ParagraphsField


class ReplyForm(forms.Form):
    """What came, when, and, if one likes, its words."""

    category = forms.ChoiceField(
        label=_("What came?"),
        widget=forms.RadioSelect,
        choices=[
            (Category.SUBSTANTIVE.value, _("An answer on the substance")),
            (Category.POSITION.value, _("They say what they will do or how they will vote")),
            (Category.ACKNOWLEDGED.value, _("An acknowledgement: they have received my letter")),
            (Category.AUTOMATIC.value, _("An automatic reply of a machine")),
        ],
        error_messages={"required": _("Choose what came.")},
    )
    replied_on = forms.DateField(
        label=_("When? (optional)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write a day, such as 2026-05-31.")},
    )
    text = ParagraphsField(
        label=_("What does it say? (optional)"),
        required=False,
        max_length=collecting.LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Paste it here. Only our team reads it."),
    )
    may_quote = forms.BooleanField(required=False)

    def __init__(self, letter: Letter, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.letter = letter
        self.fields["may_quote"].label = collecting.quote_sentence()

    def clean_replied_on(self) -> datetime.date | None:
        day = self.cleaned_data["replied_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        if day and day < timezone.localtime(self.letter.written_at).date():
            raise forms.ValidationError(_("Your letter was written after that day."))
        return day


class ReadingForm(forms.Form):
    """What a reply is, as an organiser reads it."""

    category = forms.ChoiceField(
        label=_("What it is"),
        choices=[("", "—"), *Category.choices],
        error_messages={"required": _("Choose one of the list.")},
    )
    note = LineField(label=_("Note for your team"), required=False, max_length=500)
