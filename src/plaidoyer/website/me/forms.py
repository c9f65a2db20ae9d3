"""What a supporter fills in on their way to their page, and on it."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from plaidoyer.actions.forms import AddressField, ConsentField, LineField
from plaidoyer.supporters.models import ConsentWording


class LinkForm(forms.Form):
    """To whom the link goes."""

    email = AddressField(
        label=_("E-mail"),
        max_length=254,
        error_messages={"required": _("Write your e-mail address.")},
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs["autocomplete"] = "email"


class DetailsForm(forms.Form):
    """How we address a supporter, in which language, and where they live."""

    given_name = LineField(label=_("Given name"), max_length=100, required=False)
    family_name = LineField(label=_("Family name"), max_length=100, required=False)
    postal_code = LineField(label=_("Postal code (optional)"), max_length=12, required=False)
    language = forms.ChoiceField(label=_("Language of our mails"), choices=settings.LANGUAGES)

    COMPLETION = {
        "given_name": "given-name",
        "family_name": "family-name",
        "postal_code": "postal-code",
    }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, completion in self.COMPLETION.items():
            self.fields[name].widget.attrs["autocomplete"] = completion

    def clean_postal_code(self) -> str:
        return self.cleaned_data["postal_code"].upper()


class NewsletterForm(forms.Form):
    """Whether we may write to them; the sentence is kept word for word when it is ticked."""

    consent = ConsentField(required=False)

    def offer(self, wording: ConsentWording, *, is_ticked: bool) -> None:
        """Shows the sentence, its box ticked or not."""
        self.fields["consent"].offer(wording)  # type: ignore[attr-defined]
        if is_ticked:
            self.initial["consent"] = self.fields["consent"].widget.attrs["value"]
