from django import forms
from django.utils.translation import gettext_lazy as _

from plaidoyer.complaints.models import Reason, Ruling
from plaidoyer.lib.fields import LineField, ParagraphsField

LONGEST = 3_000


class ComplaintForm(forms.Form):
    """What is wrong, and where. Nobody has to say who they are."""

    page = LineField(
        label=_("Where on this site"),
        max_length=300,
        help_text=_("The address of the page, such as /en/campaigns/."),
    )
    reason = forms.ChoiceField(
        label=_("What is wrong"),
        choices=Reason.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one of these."),
            "invalid_choice": _("Choose one of these."),
        },
    )
    text = ParagraphsField(
        label=_("In your words"),
        required=False,
        max_length=LONGEST,
        help_text=_("Do not say who you are: we need not know. At most 3,000 characters."),
    )

    def clean_page(self) -> str:
        """The path alone: a whole address of this site is as good."""
        page = self.cleaned_data["page"]
        path = "/" + page.partition("://")[2].partition("/")[2] if "://" in page else page
        path = path.partition("?")[0].partition("#")[0]
        if not path.startswith("/"):
            raise forms.ValidationError(_("Write an address of this site, such as /en/campaigns/."))
        return path


class AppealForm(forms.Form):
    """Why somebody else should look."""

    text = ParagraphsField(
        label=_("Why somebody else should look"),
        max_length=LONGEST,
        error_messages={"required": _("Say why in a few words.")},
    )


class RulingForm(forms.ModelForm):
    """What becomes of it, and the words that whoever complained reads."""

    words = ParagraphsField(label=_("Why"), max_length=LONGEST)

    class Meta:
        model = Ruling
        fields = ["outcome", "words"]
