"""A bundle as it comes from outside: read with its limits, and refused with the place and why."""

import datetime
import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError, best_match

SCHEMA = Path(__file__).parent / "schema.json"
MEGABYTES = 20
# Deeper than any bundle goes; a file that nests for ever is stopped before it is read.
DEEPEST = 40
# What an option of a form leads to within one installation: it means nothing in another.
LOCAL = {"motion", "petition", "form"}
Tree = dict[str, Any]


class BundleError(ValueError):
    """The file is no bundle to be taken in. `path` is the place in it: `campaigns[2].slug`."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}" if path else reason)
        self.path, self.reason = path, reason


def read(data: bytes) -> Tree:
    """The bundle in `data`, which follows the schema and whose references all lead somewhere.

    Raises BundleError with the place and the reason.
    """
    if len(data) > MEGABYTES * 1_000_000:
        reason = _("The file is larger than %(limit)d MB.") % {"limit": MEGABYTES}
        raise BundleError("", reason)
    return judge(_parsed(data))


def judge(tree: Any) -> Tree:
    """`tree`, once it is found to follow the schema, with no key that leads nowhere.

    Raises BundleError with the place and the reason.
    """
    if error := best_match(validator().iter_errors(tree)):
        raise BundleError(_place(error.absolute_path), _reason(error))
    _references(tree)
    return tree


def _parsed(data: bytes) -> Any:
    try:
        text = data.decode("utf-8-sig")
        _shallow(text)
        return json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_no_number
        )
    except UnicodeDecodeError:
        raise BundleError("", _("The file is not written in UTF-8.")) from None
    except RecursionError:
        raise BundleError("", _("The file nests too deeply.")) from None
    except json.JSONDecodeError as error:
        reason = _("This is no JSON: line %(line)d.") % {"line": error.lineno}
        raise BundleError("", reason) from None
    except BundleError:
        raise
    except ValueError:
        raise BundleError("", _("A number in the file is too long.")) from None


def _shallow(text: str) -> None:
    """Raises BundleError for a file that nests too deeply, before a parser sees it."""
    depth = 0
    for mark in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', text, re.DOTALL):
        sign = mark[0]
        depth += (sign in "[{") - (sign in "]}")
        if depth > DEEPEST:
            raise BundleError("", _("The file nests too deeply."))


def _once(pairs: list[tuple[str, Any]]) -> Tree:
    """An object without a name that stands in it twice: which of them counts is anybody's guess."""
    names = [name for name, _value in pairs]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise BundleError("", _("“%(name)s” stands twice in one object.") % {"name": twice[:60]})
    return dict(pairs)


def _no_number(found: str) -> Any:
    reason = _("“%(number)s” is not a whole number.") % {"number": found[:40]}
    raise BundleError("", reason)


@cache
def validator() -> Draft202012Validator:
    """The schema, ready to judge."""
    formats = FormatChecker(formats=[])
    formats.checks("date", raises=ValueError)(_is_day)
    formats.checks("moment", raises=ValueError)(_is_moment)
    return Draft202012Validator(json.loads(SCHEMA.read_text()), format_checker=formats)


def _is_day(found: object) -> bool:
    return not isinstance(found, str) or bool(datetime.date.fromisoformat(found))


def _is_moment(found: object) -> bool:
    if not isinstance(found, str):
        return True
    at = datetime.datetime.fromisoformat(found)
    return at.tzinfo is not None and at.year >= 1900


def _place(path: Iterable[Any]) -> str:
    """`campaigns[2].slug`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{str(step)[:60]}" for step in path)
    return "".join(steps).removeprefix(".")


def _reason(error: ValidationError) -> str:
    """Why, in the reader's language; what stands in the file is not repeated at length."""
    reasons = {
        "type": _("is of another type: %(wanted)s is wanted."),
        "required": _("lacks something: %(wanted)s is wanted."),
        "additionalProperties": _("has something that is unknown here."),
        "maxLength": _("is longer than %(wanted)s characters."),
        "maxItems": _("has more than %(wanted)s entries."),
        "maxProperties": _("has more than %(wanted)s entries."),
        "not": _("holds markup: only plain text is taken."),
        "pattern": _("has signs that are not taken, or begins like a formula."),
        "format": _("is no day (2026-04-30) or no moment with its zone."),
        "enum": _("is none of the words that are known here: %(wanted)s."),
        "const": _("is another format or version: %(wanted)s is wanted."),
    }
    sentence = reasons.get(str(error.validator), _("does not follow the schema."))
    wanted = error.validator_value
    if isinstance(wanted, list):
        wanted = ", ".join(map(str, wanted))
    return sentence % {"wanted": str(wanted)[:200]} if "%(" in sentence else sentence


def _references(tree: Tree) -> None:
    """Raises BundleError for a key that stands twice or leads nowhere."""
    campaigns: dict[str, Tree] = {}
    for n, campaign in enumerate(tree["campaigns"]):
        place = f"campaigns[{n}]"
        if campaign["slug"] in campaigns:
            raise BundleError(f"{place}.slug", _("stands twice."))
        campaigns[campaign["slug"]] = campaign
        closed = campaign.get("closed_on")
        if closed and closed < campaign["opened_on"]:
            raise BundleError(f"{place}.closed_on", _("A campaign closes after it opens."))
        targets = _keys(campaign.get("targets", []), f"{place}.targets")
        _keys(campaign.get("demands", []), f"{place}.demands")
        for d, demand in enumerate(campaign.get("demands", [])):
            for t, key in enumerate(demand.get("targets", [])):
                if key not in targets:
                    raise BundleError(f"{place}.demands[{d}].targets[{t}]", _("leads nowhere."))
    _of_milestones(tree, campaigns)
    _of_editions(tree)


def _keys(rows: list[Tree], place: str) -> set[str]:
    keys: set[str] = set()
    for n, row in enumerate(rows):
        if row["key"] in keys:
            raise BundleError(f"{place}[{n}].key", _("stands twice."))
        keys.add(row["key"])
    return keys


def _of_milestones(tree: Tree, campaigns: dict[str, Tree]) -> None:
    for n, milestone in enumerate(tree.get("milestones", [])):
        seen = set()
        for m, move in enumerate(milestone.get("movements", [])):
            place = f"milestones[{n}].movements[{m}]"
            campaign = campaigns.get(move["campaign"])
            if campaign is None or move["campaign"] not in milestone["campaigns"]:
                raise BundleError(f"{place}.campaign", _("leads nowhere."))
            demands = {one["key"]: one for one in campaign.get("demands", [])}
            if move["demand"] not in demands:
                raise BundleError(f"{place}.demand", _("leads nowhere."))
            targets = [one["key"] for one in campaign.get("targets", [])]
            if move["target"] not in (demands[move["demand"]].get("targets") or targets):
                raise BundleError(f"{place}.target", _("This demand is not made to that target."))
            pair = move["campaign"], move["demand"], move["target"]
            if pair in seen:
                raise BundleError(place, _("stands twice."))
            seen.add(pair)
        for c, slug in enumerate(milestone["campaigns"]):
            if slug not in campaigns:
                raise BundleError(f"milestones[{n}].campaigns[{c}]", _("leads nowhere."))


def _of_editions(tree: Tree) -> None:
    slugs = {campaign["slug"] for campaign in tree["campaigns"]}
    editions: set[str] = set()
    for n, edition in enumerate(tree.get("editions", [])):
        place = f"editions[{n}]"
        if edition["slug"] in editions:
            raise BundleError(f"{place}.slug", _("stands twice."))
        editions.add(edition["slug"])
        if edition["ends_on"] < edition["starts_on"]:
            raise BundleError(f"{place}.ends_on", _("A period ends after it begins."))
        told: set[str] = set()
        for i, item in enumerate(edition.get("items", [])):
            if item["campaign"] not in slugs or item["campaign"] in told:
                raise BundleError(f"{place}.items[{i}].campaign", _("leads nowhere, or twice."))
            told.add(item["campaign"])
            if item.get("is_major") and not item.get("major_reason"):
                raise BundleError(f"{place}.items[{i}].major_reason", _("Say why it is major."))
