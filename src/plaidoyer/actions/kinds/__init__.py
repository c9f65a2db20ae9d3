"""The kinds of acts. A folder here with a `KIND` is one; nothing else needs to know it."""

import importlib
import importlib.util
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.functional import Promise

if TYPE_CHECKING:
    from django.urls import URLPattern

    from plaidoyer.actions.confirmations import State
    from plaidoyer.actions.counting import Count
    from plaidoyer.actions.forms import ActForm, OptionsForm
    from plaidoyer.actions.models import Action, ActionForm


def nothing_more(_of: Any) -> dict[str, Any]:
    """A kind whose act is told wholly by who did it, or whose page by its words."""
    return {}


def nothing_follows(_actions: "Sequence[Action]") -> None:
    """A kind whose act is complete once it is confirmed."""


class Aside(Protocol):
    """Acts that never count and ask for something instead, such as a reminder: a module's verbs.

    They are confirmed and taken back by the same links as any other.
    """

    def stand(self, actions: "Sequence[Action]") -> "Mapping[int, State]":
        """Where those of `actions` stand, by their id; few queries, and none where there are none.

        Without those that count like any other.
        """

    def note(self, actions: "Sequence[Action]") -> None:
        """Does what they ask for, once, in the transaction of the yes."""

    def drop(self, action: "Action") -> bool:
        """Takes `action` back; whether it stood until now."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kind:
    """What sets one kind of act apart. Only `name` to `counted` are asked of every kind.

    A folder may also hold `models.py` and `wagtail_hooks.py`, which are loaded with it.
    """

    name: str
    label: str | Promise
    # What the button says that sends the act.
    send: str | Promise
    # The supporter's form; the organiser's, whose cleaned data are the form's options.
    # A kind without a form takes no act here: its page shows what `shown_template` says.
    form: "type[ActForm] | None"
    options_form: "type[OptionsForm]"
    # What stands after a number of counted acts: "people have signed".
    counted: Callable[[int], str]
    # Counts forms of this kind, by their id, otherwise than by acts on them.
    counts: "Callable[[Sequence[ActionForm]], Mapping[int, Count]] | None" = None
    # Shown before the act is taken, with a way back; none: the act is taken at once.
    preview_template: str = ""
    # Shows the act itself on the page that confirms it; what `told` gives is its context.
    told_template: str = ""
    told: "Callable[[Action], Mapping[str, Any]]" = nothing_more
    # Shows beside the words of its page what the kind adds: the same for everybody, so that a
    # cache may keep it. `shown` gives its context from the form.
    shown_template: str = ""
    shown: "Callable[[ActionForm], Mapping[str, Any]]" = nothing_more
    # Shown on the page of a confirmed act, with the context of `told`: what else one may do.
    then_template: str = ""
    # What of an act's content names nobody, and stays when its author has it erased.
    impersonal: frozenset[str] = frozenset()
    # What else of it the database has to read; the rest is sealed.
    queried: frozenset[str] = frozenset()
    # Whether a signed link of our own mail may stand for the form: one press, and it counts.
    one_click: bool = False
    # Called with newly confirmed acts, held ones too, in the transaction that confirms them.
    confirmed: "Callable[[Sequence[Action]], None]" = nothing_follows
    # Whether its form judges an act, as far as it is to be taken, without asking the database: then
    # a rush of them takes the short way (rush).
    is_quick: bool = False
    # For whom else one mailbox may act once more: "" for oneself, else a name (confirmations).
    capacity: "Callable[[Action], str] | None" = None
    # What becomes of acts of the kind that never count, where it has such.
    aside: "Aside | None" = None
    # Lays out the kind's own fields; none: one below the other.
    fields_template: str = ""
    # The kind's own doors, under /actions/<public_id>/<name>/; a view gets public_id.
    urls: "Sequence[URLPattern]" = ()
    # Names of Procrastinate tasks that take action_ids, deferred with the row they are about.
    after_confirmation: str = ""
    after_withdrawal: str = ""

    @property
    def facts(self) -> frozenset[str]:
        """What of an act's content stays in the open."""
        return self.impersonal | self.queried


def discover() -> dict[str, Kind]:
    """Every kind there is, by name. Raises AttributeError for a folder without a KIND."""
    folders = (module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)
    kinds = (importlib.import_module(f"{__name__}.{folder}").KIND for folder in sorted(folders))
    return {kind.name: kind for kind in kinds}


KINDS: dict[str, Kind] = {}


def load() -> None:
    """Fills KINDS once every model is there (apps.py)."""
    KINDS.update(discover())


def load_hooks() -> None:
    """Loads what kinds add to the back office, as Wagtail does for rooms (wagtail_hooks.py)."""
    for name in KINDS:
        if importlib.util.find_spec(f"{__name__}.{name}.wagtail_hooks"):
            importlib.import_module(f"{__name__}.{name}.wagtail_hooks")
