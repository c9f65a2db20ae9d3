"""A letter to the decision-makers of a campaign, seen word for word before it leaves."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from plaidoyer.actions.kinds import Kind
from plaidoyer.actions.kinds.letter import letters
from plaidoyer.actions.kinds.letter.forms import LetterForm, LetterOptionsForm
from plaidoyer.actions.models import Action


def counted(number: int) -> str:
    return ngettext("person has written", "people have written", number)


def told(action: Action) -> dict[str, Any]:
    return {"letters": letters.compose_all(action)}


KIND = Kind(
    name="letter",
    label=_("Letter"),
    send=_("Send my letter"),
    form=LetterForm,
    options_form=LetterOptionsForm,
    counted=counted,
    preview_template="letter/preview.html",
    told_template="letter/letters.html",
    told=told,
    impersonal=frozenset({"targets"}),
    after_confirmation="delivery.write_letters",
    after_withdrawal="delivery.cancel_letters",
)
