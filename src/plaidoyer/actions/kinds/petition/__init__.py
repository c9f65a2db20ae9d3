"""A petition: one's name under what is asked, and, if one likes, why."""

from collections.abc import Sequence

from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from plaidoyer.actions import names
from plaidoyer.actions.kinds import Kind
from plaidoyer.actions.kinds.petition import comments, views
from plaidoyer.actions.kinds.petition.forms import PetitionForm, PetitionOptionsForm
from plaidoyer.actions.models import Action


def counted(number: int) -> str:
    return ngettext("person has signed", "people have signed", number)


def confirmed(actions: Sequence[Action]) -> None:
    names.keep(actions, names.short)
    comments.queue(actions)


KIND = Kind(
    name="petition",
    label=_("Petition"),
    send=_("Sign"),
    form=PetitionForm,
    options_form=PetitionOptionsForm,
    counted=counted,
    told_template="petition/told.html",
    shown_template="petition/shown.html",
    shown=comments.shown,
    one_click=True,
    is_quick=True,
    confirmed=confirmed,
    urls=[path("comments/", views.all_comments, name="comments")],
)
