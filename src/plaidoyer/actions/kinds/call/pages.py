"""What the page of a call shows, and how a reported call is told."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language

from plaidoyer.actions.kinds.call import lines
from plaidoyer.actions.kinds.call.forms import FindForm
from plaidoyer.actions.kinds.call.outcomes import OUTCOMES
from plaidoyer.actions.kinds.letter import letters
from plaidoyer.actions.models import Action, ActionForm
from plaidoyer.civics.models import Post
from plaidoyer.lib.words import Words


def shown(form: ActionForm) -> Mapping[str, Any]:
    """The script: the steps and the reasons, one a line in the options."""
    return {name: listed(form, name) for name in ("steps", "points")} | {"find": FindForm()}


def listed(form: ActionForm, name: str) -> list[str]:
    """The lines of one of the options, in the active language."""
    words = Words(form.options.get(name) or {}).in_language(get_language() or "")
    return [line for line in words.split("\n") if line]


def told(action: Action) -> Mapping[str, Any]:
    """Whom the call went to, and what came of it."""
    content = action.content
    callee: lines.Callee | None
    if key := content.get("post"):
        callee = Post.objects.filter(pk=key).first()
    else:
        callee = letters.known_targets().filter(pk=content.get("target")).first()
    return {
        "called": lines.line(callee).name if callee else "",
        "outcome": OUTCOMES.get(content.get("outcome", ""), ""),
    }
