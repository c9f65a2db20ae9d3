"""A petition: one's name under what is asked."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from plaidoyer.actions.forms import ActForm, OptionsForm
from plaidoyer.actions.kinds import Kind


def counted(number: int) -> str:
    return ngettext("person has signed", "people have signed", number)


KIND = Kind(
    name="petition",
    label=_("Petition"),
    send=_("Sign"),
    form=ActForm,
    options_form=OptionsForm,
    counted=counted,
)
