"""The definition of a segment: groups of conditions, each group and each condition perhaps negated.

Two levels are enough to say whatever can be said: any Boolean function is an "or" of "and"s.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from plaidoyer.newsletters.segments.conditions import CONDITIONS, Values, cleaned, known

ALL, ANY = "all", "any"
JOINS = {ALL: and_, ANY: or_}
MOST_GROUPS, MOST_RULES = 8, 12


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition as it was filled in."""

    code: str
    values: Values = field(default_factory=dict)
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions of which all hold, or any; without one it holds of everybody."""

    rules: tuple[Rule, ...] = ()
    join: str = ALL
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Tree:
    """Groups of which all hold, or any; without one it holds of everybody."""

    groups: tuple[Group, ...] = ()
    join: str = ALL


def read(stored: dict[str, Any]) -> Tree:
    """The tree that `written` gave; an empty definition is an empty tree."""
    groups = (
        Group(
            tuple(Rule(rule["code"], rule["values"], rule["negated"]) for rule in group["rules"]),
            group["join"],
            group["negated"],
        )
        for group in stored.get("groups", [])
    )
    return Tree(tuple(groups), stored.get("join", ALL))


def written(tree: Tree) -> dict[str, Any]:
    """The tree as JSON keeps it."""
    return {
        "join": tree.join,
        "groups": [
            {
                "join": group.join,
                "negated": group.negated,
                "rules": [
                    {"code": rule.code, "negated": rule.negated, "values": dict(rule.values)}
                    for rule in group.rules
                ],
            }
            for group in tree.groups
        ],
    }


def holds(tree: Tree, at: datetime.datetime) -> Q:
    """The tree as a condition on supporters. Raises StaleError (conditions.cleaned)."""
    return joined((_group(group, at) for group in tree.groups if group.rules), tree.join)


def _group(group: Group, at: datetime.datetime) -> Q:
    inside = joined((_rule(rule, at) for rule in group.rules), group.join)
    return ~inside if group.negated else inside


def _rule(rule: Rule, at: datetime.datetime) -> Q:
    condition = known(rule.code)
    one = condition.holds(cleaned(condition, rule.values), at)
    return ~one if rule.negated else one


def joined(parts: Iterable[Q], join: str) -> Q:
    """All of `parts`, or any of them; without one it holds always."""
    parts = list(parts)
    return reduce(JOINS[join], parts) if parts else Q()


@dataclass(frozen=True, slots=True)
class Said:
    """A group in words: how its conditions are joined, and each of them."""

    heading: str
    rules: list[str]


def may_see(user: Any, tree: Tree) -> bool:
    """Whether `user` may know whom the tree finds."""
    codes = {rule.code for group in tree.groups for rule in group.rules}
    needs = {CONDITIONS[code].needs for code in codes if code in CONDITIONS} - {""}
    return user.has_perms(needs)


def said(tree: Tree) -> list[Said]:
    """The tree in words, group by group, in the active language. Raises StaleError."""
    return [
        Said(heading(group), [sentence(rule) for rule in group.rules])
        for group in tree.groups
        if group.rules
    ]


def sentence(rule: Rule) -> str:
    """One condition in words."""
    condition = known(rule.code)
    return condition.said(cleaned(condition, rule.values), negated=rule.negated)


def heading(group: Group) -> str:
    """How the conditions of a group are joined, in words."""
    headings = {
        (ALL, False): _("All of this holds:"),
        (ANY, False): _("At least one of these holds:"),
        (ALL, True): _("Not all of this holds:"),
        (ANY, True): _("None of these holds:"),
    }
    return headings[group.join, group.negated]


def between(tree: Tree) -> str:
    """The word that stands between two groups."""
    return _("and") if tree.join == ALL else _("or")
