"""Asking members of a legislature for their vote on a motion, and following each of them."""

from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from plaidoyer.actions.kinds import Kind
from plaidoyer.actions.kinds.vote_drive import board, tasks, views  # noqa: F401
from plaidoyer.actions.kinds.vote_drive.forms import DriveForm, DriveOptionsForm
from plaidoyer.actions.kinds.vote_drive.told import told


def counted(number: int) -> str:
    return ngettext("person has asked for a vote", "people have asked for a vote", number)


KIND = Kind(
    name="vote_drive",
    label=_("Vote drive"),
    send=_("Ask for this vote"),
    form=DriveForm,
    options_form=DriveOptionsForm,
    counted=counted,
    preview_template="vote_drive/preview.html",
    is_quick=True,
    told_template="vote_drive/letters.html",
    told=told,
    then_template="vote_drive/own.html",
    shown_template="vote_drive/shown.html",
    shown=board.shown,
    impersonal=frozenset({"targets", "posts"}),
    urls=[path("members/", views.members, name="members")],
    after_confirmation="delivery.write_letters",
    after_withdrawal="delivery.cancel_letters",
)
