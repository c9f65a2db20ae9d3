from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from plaidoyer.actions.forms import ActForm, OptionsForm
from plaidoyer.actions.kinds.official_petition.reminders import REMIND, SIGNED
from plaidoyer.parliament.models import OfficialPetition


class DidYouSignForm(ActForm):
    """What came of the visit to the parliament's site."""

    answer = forms.ChoiceField(
        label=_("Did you sign?"),
        choices=[
            (SIGNED, _("Yes, I have signed")),
            (REMIND, _("Not yet: remind me once, in three days")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Say whether you have signed."),
            "invalid_choice": _("Choose one of the two answers."),
        },
    )

    field_order = ["answer"]

    def content(self) -> dict[str, Any]:
        return {"answer": self.cleaned_data["answer"]}


def petitions() -> list[tuple[str, str]]:
    """Every official petition, the newest first."""
    known = OfficialPetition.objects.order_by("-closes_on", "-id")
    return [("", "—"), *((str(petition.pk), str(petition)) for petition in known)]


class PetitionOptionsForm(OptionsForm):
    petition = forms.TypedChoiceField(
        label=_("Official petition"),
        choices=petitions,
        coerce=int,
        help_text=_("Its counts and dates are noted under Decision-makers."),
        error_messages={"required": _("Choose the petition that this form is about.")},
    )
