"""An open letter, signed by people and by organisations, whose text nobody changes in silence."""

from collections.abc import Sequence

from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from plaidoyer.actions import names, reviews
from plaidoyer.actions.kinds import Kind
from plaidoyer.actions.kinds.open_letter import (  # noqa: F401  # tasks are known once imported
    messages,
    organisations,
    revisions,
    screens,
    tasks,
    views,
)
from plaidoyer.actions.kinds.open_letter.forms import OpenLetterForm, OpenLetterOptionsForm
from plaidoyer.actions.models import Action
from plaidoyer.mail.kinds import register
from plaidoyer.supporters import privacy


def counted(number: int) -> str:
    return ngettext("signature", "signatures", number)


def confirmed(actions: Sequence[Action]) -> None:
    names.keep([action for action in actions if not organisations.key(action)], names.full)
    organisations.sign(actions)


reviews.register(
    organisations.PART,
    reviews.Part(
        _("organisation"),
        check=organisations.check,
        noted=organisations.unproven,
        impersonal=True,
    ),
)
reviews.register(organisations.LOGO, reviews.Part(_("logo"), is_picture=True, impersonal=True))
register(revisions.KIND, messages.compose, _("revision of an open letter"))
privacy.register("organisations", export=organisations.export, erase=organisations.erase)

KIND = Kind(
    name="open_letter",
    label=_("Open letter"),
    send=pgettext_lazy("open letter", "Sign the letter"),
    form=OpenLetterForm,
    options_form=OpenLetterOptionsForm,
    counted=counted,
    told_template="open_letter/told.html",
    told=screens.told,
    shown_template="open_letter/shown.html",
    shown=screens.shown,
    then_template="open_letter/then.html",
    fields_template="open_letter/fields.html",
    confirmed=confirmed,
    capacity=organisations.key,
    is_quick=True,
    impersonal=frozenset({"revision", "organisation"}),
    urls=[
        path("signatories/", views.signatories, name="signatories"),
        path("signatories.<slug:kind>", views.data, name="data"),
        path("revisions/", views.all_revisions, name="revisions"),
        path("logo/<str:token>/", views.logo, name="logo"),
    ],
)
