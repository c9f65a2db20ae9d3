"""A letter to the decision-makers of a campaign, seen word for word before it leaves."""

from typing import Any

from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from plaidoyer.actions.kinds import Kind
from plaidoyer.actions.kinds.letter import conditions, letters, seats, views
from plaidoyer.actions.kinds.letter.forms import LetterForm
from plaidoyer.actions.kinds.letter.options import LetterOptionsForm
from plaidoyer.actions.models import Action


def counted(number: int) -> str:
    return ngettext("person has written", "people have written", number)


def told(action: Action) -> dict[str, Any]:
    return {
        "letters": letters.compose_all(action),
        "left_out": letters.not_written_to(action),
        "own_words": action.content.get("own_words", 0),
        "own_copy": action.content.get("own_copy", False),
        **seats.told(action),
    }


conditions.load()

KIND = Kind(
    name="letter",
    label=_("Letter"),
    send=_("Send my letter"),
    form=LetterForm,
    options_form=LetterOptionsForm,
    counted=counted,
    preview_template="letter/preview.html",
    is_quick=True,
    told_template="letter/letters.html",
    told=told,
    then_template="letter/then.html",
    impersonal=frozenset({"targets"}),
    queried=frozenset({"posts"}),
    urls=[path("member/<str:token>/", views.member, name="member")],
    after_confirmation="delivery.write_letters",
    after_withdrawal="delivery.cancel_letters",
)
