from django import forms
from django.utils.translation import gettext_lazy as _

from plaidoyer.actions.forms import OptionsForm
from plaidoyer.actions.models import ActionForm
from plaidoyer.lib.words import WordsFormField


def others() -> list[tuple[str, str]]:
    """Every form that can be passed on, by its public id, with its campaign."""
    forms_ = ActionForm.objects.exclude(kind="share").select_related("campaign")
    return [
        (form.public_id, f"{form} – {form.campaign}")
        for form in forms_.order_by("-campaign__opened_on", "-opens_at")
    ]


class ShareOptionsForm(OptionsForm):
    form = forms.ChoiceField(
        label=_("Form that is passed on"),
        choices=others,
        error_messages={"required": _("Choose the form that is to be passed on.")},
    )
    words = WordsFormField(
        label=_("Words to copy"),
        long=True,
        max_length=2_000,
        required=False,
        help_text=_("What supporters may send with the link, such as a message to friends."),
    )
