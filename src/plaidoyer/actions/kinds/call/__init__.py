"""Calling decision-makers: numbers, what to say, and a report of what came of it."""

from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from plaidoyer.actions.kinds import Kind
from plaidoyer.actions.kinds.call import pages, views
from plaidoyer.actions.kinds.call.forms import CallForm, CallOptionsForm


def counted(number: int) -> str:
    return ngettext("person reported a call", "people reported a call", number)


KIND = Kind(
    name="call",
    label=_("Call"),
    send=_("Report my call"),
    form=CallForm,
    options_form=CallOptionsForm,
    counted=counted,
    told_template="call/told.html",
    told=pages.told,
    shown_template="call/shown.html",
    shown=pages.shown,
    impersonal=frozenset({"target", "post", "outcome"}),
    urls=[path("numbers/", views.numbers, name="numbers")],
)
