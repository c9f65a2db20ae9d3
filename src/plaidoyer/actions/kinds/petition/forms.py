from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from plaidoyer.actions.forms import ActForm, OptionsForm
from plaidoyer.actions.models import ActionForm
from plaidoyer.lib.fields import ParagraphsField

LONGEST_COMMENT = 500


class PetitionForm(ActForm):
    """Who signs; where the organiser allows it, a comment, and whether to be shown."""

    comment = ParagraphsField(
        label=_("Why do you sign? (optional)"),
        max_length=LONGEST_COMMENT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("We read it before it shows on this page."),
    )
    named = forms.BooleanField(
        label=_(
            "Show my first name, my initial and the area of my postal code publicly, such as "
            "“Ada V., Meander”."
        ),
        required=False,
    )

    LAST = ("comment", "named")

    def __init__(self, action_form: ActionForm, data: Any = None, **kwargs: Any) -> None:
        super().__init__(action_form, data, **kwargs)
        for name, option in (("comment", "comments"), ("named", "names")):
            if not action_form.options.get(option):
                del self.fields[name]

    def content(self) -> dict[str, Any]:
        said = {name: self.cleaned_data.get(name) for name in self.LAST}
        return {name: value for name, value in said.items() if value}


class PetitionOptionsForm(OptionsForm):
    comments = forms.BooleanField(
        label=_("Supporters may add a comment"),
        required=False,
        help_text=_("It shows on the page once one of you has accepted it under “To review”."),
    )
    names = forms.BooleanField(
        label=_("Show recent signers who agreed to it"),
        required=False,
        help_text=_("First name, initial and area; only of those who ticked the box."),
    )
