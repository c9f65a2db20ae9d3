"""The kinds of acts. A folder here with a `KIND` is one; nothing else needs to know it."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

if TYPE_CHECKING:
    from plaidoyer.actions.forms import ActForm, OptionsForm
    from plaidoyer.actions.models import Action


def nothing_more(action: "Action") -> dict[str, Any]:
    """A kind whose act is told wholly by who did it."""
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What sets one kind of act apart. Only `name` to `counted` are asked of every kind."""

    name: str
    label: str | Promise
    # What the button says that sends the act.
    send: str | Promise
    # The supporter's form; the organiser's, whose cleaned data are the form's options.
    form: "type[ActForm]"
    options_form: "type[OptionsForm]"
    # What stands after a number of counted acts: "people have signed".
    counted: Callable[[int], str]
    # Shown before the act is taken, with a way back; none: the act is taken at once.
    preview_template: str = ""
    # Shows the act itself on the page that confirms it; what `told` gives is its context.
    told_template: str = ""
    told: "Callable[[Action], Mapping[str, Any]]" = nothing_more
    # Names of Procrastinate tasks that take action_ids, deferred with the row they are about.
    after_confirmation: str = ""
    after_withdrawal: str = ""


def discover() -> dict[str, Kind]:
    """Every kind there is, by name. Raises AttributeError for a folder without a KIND."""
    folders = (module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)
    kinds = (importlib.import_module(f"{__name__}.{folder}").KIND for folder in sorted(folders))
    return {kind.name: kind for kind in kinds}


KINDS: dict[str, Kind] = {}


def load() -> None:
    """Fills KINDS once every model is there (apps.py)."""
    KINDS.update(discover())
