"""What a visitor of a recorded vote fills in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from plaidoyer.lib.fields import PostalCodeField


class CodeForm(forms.Form):
    """A postal code; nothing of it is kept."""

    postal_code = PostalCodeField(label=_("Your postal code"), required=True)
