"""Which text goes to whom: the organiser's rules, tried in their order; the first that fits wins.

A rule looks at one condition of the addressee and has one of three effects: another text, thanks
to an ally, or no letter at all. Where none fits, the supporter's text goes.

Who may be looked at for what is a register: a room above adds its own condition when Django
starts (outcomes adds the standing of a demand).
"""

import enum
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from plaidoyer.actions.kinds.letter.letters import Addressee, Key, Recipient
from plaidoyer.campaigns.models import Campaign
from plaidoyer.lib.words import Words

# What is true of an addressee, by the name of the condition: {"party": {"12"}, "language": {"fr"}}
Facts = Mapping[str, frozenset[str]]
Choices = list[tuple[str, str]]


class Effect(enum.StrEnum):
    """What a rule does."""

    TEXT = "text"
    THANK = "thank"
    EXCLUDE = "exclude"


EFFECTS: dict[str, str | Promise] = {
    Effect.TEXT: _("they get this text"),
    Effect.THANK: _("they get thanks"),
    Effect.EXCLUDE: _("nobody writes to them"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `body` is the text or, where nobody is written to, the reason supporters read."""

    condition: str
    value: str
    effect: Effect
    subject: Words
    body: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Something a rule may look at."""

    name: str
    label: str | Promise
    # The values an organiser chooses from, with their words; of every campaign without one.
    choices: Callable[[Campaign | None], Choices]
    # Which values are true of each addressee, by its key; few queries, however many addressees.
    facts: Callable[[Sequence[Addressee], Mapping[Key, Recipient]], Mapping[Key, set[str]]]
    # The same for a few values only, where very many could be true.
    narrow: (
        Callable[
            [Sequence[Addressee], Mapping[Key, Recipient], Collection[str]],
            Mapping[Key, set[str]],
        ]
        | None
    ) = None


CONDITIONS: dict[str, Condition] = {}


def register(condition: Condition) -> None:
    """Lets rules look at `condition`."""
    CONDITIONS[condition.name] = condition


def read(options: Mapping[str, Any]) -> list[Rule]:
    """The rules that an organiser wrote, in their order; what is none is passed over."""
    rules = []
    for row in options.get("rules") or []:
        condition, _colon, value = row.get("when", "").partition(":")
        if value and row.get("then") in EFFECTS:
            texts = (Words(row.get(name) or {}) for name in ("subject", "body"))
            rules.append(Rule(condition, value, Effect(row["then"]), *texts))
    return rules


def first(rules: Sequence[Rule], facts: Facts) -> Rule | None:
    """The first of `rules` that is true of an addressee; none where none is."""
    return next((rule for rule in rules if rule.value in facts.get(rule.condition, ())), None)


def facts(
    rules: Sequence[Rule], of: Sequence[Addressee], recipients: Mapping[Key, Recipient]
) -> dict[Key, Facts]:
    """What `rules` need to know of each addressee, by its key; nothing is read that none needs."""
    asked: dict[str, set[str]] = {}
    for rule in rules:
        asked.setdefault(rule.condition, set()).add(rule.value)
    names = asked.keys() & CONDITIONS.keys()
    found = {name: known(CONDITIONS[name], of, recipients, asked[name]) for name in names}
    return {to.key: {name: frozenset(found[name].get(to.key, ())) for name in names} for to in of}


def known(
    condition: Condition,
    of: Sequence[Addressee],
    recipients: Mapping[Key, Recipient],
    values: Collection[str],
) -> Mapping[Key, set[str]]:
    """Which of `values`, and perhaps others, are true of each addressee."""
    if condition.narrow:
        return condition.narrow(of, recipients, values)
    return condition.facts(of, recipients)
