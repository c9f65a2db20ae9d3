"""What a visitor of a recorded vote fills in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from plaidoyer.actions.forms import LineField


class CodeForm(forms.Form):
    """A postal code; nothing of it is kept."""

    postal_code = LineField(
        label=_("Your postal code"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "maxlength": 12}),
        error_messages={"required": _("Type your postal code.")},
    )
