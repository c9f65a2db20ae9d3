"""A parliament's own petition kept in view: people sign it there, and tell us that they did."""

from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from plaidoyer.actions.kinds import Kind
from plaidoyer.actions.kinds.official_petition import pages, reminders, tasks, views  # noqa: F401
from plaidoyer.actions.kinds.official_petition.forms import DidYouSignForm, PetitionOptionsForm
from plaidoyer.mail.kinds import register


def counted(number: int) -> str:
    return ngettext("person told us they signed", "people told us they signed", number)


KIND = Kind(
    name="official_petition",
    label=_("Official petition"),
    send=_("Send my answer"),
    form=DidYouSignForm,
    options_form=PetitionOptionsForm,
    counted=counted,
    fields_template="official_petition/fields.html",
    told_template="official_petition/told.html",
    shown_template="official_petition/shown.html",
    shown=pages.shown,
    aside=reminders,
    is_quick=True,
    impersonal=frozenset({"answer"}),
    urls=[path("signed/<str:token>/", views.signed, name="signed")],
)

register(reminders.KIND, reminders.compose, _("reminder of an official petition"))
