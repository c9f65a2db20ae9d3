"""The form in which a segment is put together: as it was typed, read back and shown again."""

import re
from dataclasses import dataclass, replace

from django import forms
from django.http import QueryDict

from plaidoyer.newsletters.segments import trees
from plaidoyer.newsletters.segments.conditions import CONDITIONS, Condition, bound
from plaidoyer.newsletters.segments.trees import Group, Rule, Tree

NUMBER = re.compile(r"[0-9]{1,3}")


@dataclass(frozen=True, slots=True)
class RuleBox:
    """A condition on the screen."""

    prefix: str
    condition: Condition
    negated: bool
    form: forms.Form


@dataclass(frozen=True, slots=True)
class GroupBox:
    """A group on the screen."""

    prefix: str
    number: int
    group: Group
    rules: list[RuleBox]


def typed(post: QueryDict) -> Tree:
    """The tree that was sent; what no room knows is left out."""
    groups = (
        _group(post, f"g{number}") for number in range(_number(post, "groups", trees.MOST_GROUPS))
    )
    return Tree(tuple(groups), _join(post, "join"))


def _group(post: QueryDict, prefix: str) -> Group:
    rules = (
        _rule(post, f"{prefix}-r{number}")
        for number in range(_number(post, f"{prefix}-rules", trees.MOST_RULES))
    )
    kept = tuple(rule for rule in rules if rule.code in CONDITIONS)
    return Group(kept, _join(post, f"{prefix}-join"), post.get(f"{prefix}-negated") == "yes")


def _rule(post: QueryDict, prefix: str) -> Rule:
    code = post.get(f"{prefix}-code", "")
    names = CONDITIONS[code].form.base_fields if code in CONDITIONS else {}
    values = {name: _value(post.getlist(f"{prefix}-{name}")) for name in names}
    return Rule(code, values, post.get(f"{prefix}-negated") == "yes")


def _value(sent: list[str]) -> str | list[str]:
    # Control characters are nobody's words, and the database refuses some of them.
    clean = ["".join(char for char in one if char.isprintable())[:400] for one in sent]
    return clean if len(clean) > 1 else "".join(clean)


def _number(post: QueryDict, name: str, most: int) -> int:
    sent = post.get(name, "")
    return min(int(sent), most) if NUMBER.fullmatch(sent) else 0


def _join(post: QueryDict, name: str) -> str:
    return trees.ANY if post.get(name) == trees.ANY else trees.ALL


def done(tree: Tree, deed: str, post: QueryDict) -> Tree:
    """The tree once a button was pressed: "add-group", "add-rule-0", "drop-rule-0-2"..."""
    verb, _dash, rest = deed.partition("-")
    what, *where = rest.split("-")
    places = [int(one) for one in where if NUMBER.fullmatch(one)]
    groups = list(tree.groups)
    if (verb, what) == ("add", "group") and len(groups) < trees.MOST_GROUPS:
        groups.append(Group())
    elif places and places[0] < len(groups):
        number = places[0]
        group = groups[number]
        if (verb, what) == ("drop", "group"):
            del groups[number]
        elif (verb, what) == ("add", "rule") and len(group.rules) < trees.MOST_RULES:
            code = post.get(f"g{number}-new", "")
            if code in CONDITIONS:
                groups[number] = replace(group, rules=(*group.rules, Rule(code)))
        elif (verb, what) == ("drop", "rule") and len(places) > 1:
            kept = tuple(rule for place, rule in enumerate(group.rules) if place != places[1])
            groups[number] = replace(group, rules=kept)
    return replace(tree, groups=tuple(groups))


def boxes(tree: Tree, *, judged: bool) -> list[GroupBox]:
    """The tree as the screen shows it; `judged`: with what is wrong beside each field."""
    return [
        GroupBox(
            f"g{number}",
            number,
            group,
            [
                _box(rule, f"g{number}-r{place}", judged)
                for place, rule in enumerate(group.rules)
                if rule.code in CONDITIONS
            ],
        )
        for number, group in enumerate(tree.groups)
    ]


def _box(rule: Rule, prefix: str, judged: bool) -> RuleBox:
    condition = CONDITIONS[rule.code]
    if judged:
        form = bound(condition, rule.values, prefix)
    else:
        form = condition.form(initial=dict(rule.values) or None, prefix=prefix)
    return RuleBox(prefix, condition, rule.negated, form)


def is_right(groups: list[GroupBox]) -> bool:
    """Whether every condition on the screen is filled in rightly."""
    # Each is asked, so that each shows what is wrong with it.
    answers = [box.form.is_valid() for group in groups for box in group.rules]
    return all(answers)
