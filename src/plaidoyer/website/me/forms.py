"""What a supporter fills in on their way to their page, and on it."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from plaidoyer.actions.forms import ConsentField
from plaidoyer.lib.fields import AddressField, FamilyNameField, GivenNameField, PostalCodeField
from plaidoyer.supporters.models import ConsentWording


class LinkForm(forms.Form):
    """To whom the link goes."""

    email = AddressField()


class DetailsForm(forms.Form):
    """How we address a supporter, in which language, and where they live."""

    given_name = GivenNameField(required=False)
    family_name = FamilyNameField(required=False)
    postal_code = PostalCodeField()
    language = forms.ChoiceField(label=_("Language of our mails"), choices=settings.LANGUAGES)


class NewsletterForm(forms.Form):
    """Whether we may write to them; the sentence is kept word for word when it is ticked."""

    consent = ConsentField(required=False)

    def offer(self, wording: ConsentWording, *, is_ticked: bool) -> None:
        """Shows the sentence, its box ticked or not."""
        self.fields["consent"].offer(wording)  # type: ignore[attr-defined]
        if is_ticked:
            self.initial["consent"] = self.fields["consent"].widget.attrs["value"]
