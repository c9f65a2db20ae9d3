"""Fields of forms that every room has: lines and paragraphs of text, and who somebody is."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from plaidoyer.lib import addresses, typed


class LineField(forms.CharField):
    """One line of text, freed of what could harm a page or a mail's header."""

    clean_text = staticmethod(typed.line)
    # What a browser may fill in (HTML, 4.10.18.7).
    completion = ""

    def to_python(self, value: Any) -> str:
        return self.clean_text(str(value)) if value else ""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        own = {"autocomplete": self.completion} if self.completion else {}
        return super().widget_attrs(widget) | own


class ParagraphsField(LineField):
    """Several lines of text."""

    widget = forms.Textarea
    clean_text = staticmethod(typed.paragraphs)


def told(label: Any, missing: Any, *, longest: int) -> dict[str, Any]:
    """What a field is called, says when it is left empty, and takes at most."""
    return {"label": label, "max_length": longest, "error_messages": {"required": missing}}


class GivenNameField(LineField):
    completion = "given-name"

    def __init__(self, **kwargs: Any) -> None:
        usual = told(_("Given name"), _("Write your given name."), longest=100)
        super().__init__(**usual | kwargs)


class FamilyNameField(LineField):
    completion = "family-name"

    def __init__(self, **kwargs: Any) -> None:
        usual = told(_("Family name"), _("Write your family name."), longest=100)
        super().__init__(**usual | kwargs)


class AddressField(LineField):
    """A mail address that a message can be sent to."""

    widget = forms.EmailInput
    completion = "email"

    def __init__(self, **kwargs: Any) -> None:
        usual = told(_("E-mail"), _("Write your e-mail address."), longest=254)
        super().__init__(**usual | kwargs)

    def clean(self, value: Any) -> str:
        address = super().clean(value)
        try:
            return addresses.validated(address) if address else address
        except addresses.BadAddressError:
            raise forms.ValidationError(
                _("Write an e-mail address like name@example.org."), code="invalid"
            ) from None


class PostalCodeField(LineField):
    """A postal code, in capitals."""

    completion = "postal-code"

    def __init__(self, **kwargs: Any) -> None:
        usual = told(_("Postal code (optional)"), _("Type your postal code."), longest=12)
        super().__init__(**usual | {"required": False} | kwargs)

    def clean(self, value: Any) -> str:
        return super().clean(value).upper()
