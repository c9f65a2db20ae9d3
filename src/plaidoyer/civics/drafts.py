"""What an import would do, before anything is saved: rows to add, to change, to remove."""

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import CharField
from django.utils.translation import gettext as _

from plaidoyer.civics import journals
from plaidoyer.civics.records import Record
from plaidoyer.civics.sources import SourceError
from plaidoyer.lib.addresses import folded
from plaidoyer.lib.words import Words

# A Model of any room: imports know their rows only by column.
Row = Any
# What is said of a row, or what says it once it is asked: of 85,000 rows only a few are told.
Told = str | Callable[[], str]
# So many changes of one kind are told one by one; the others are only counted.
EXAMPLES = 6


@dataclass
class Draft:
    """What an import would do. `rows` lets planners find what others have drafted, by any key.

    `rows["area"]` by division, `["organization"]` by identifier, `["person"]` and `["post"]` by the
    keys of the reading's records: rows that are held, and new ones.
    """

    on: datetime.date
    # All that the reading says, by kind: a planner may look at other kinds than its own.
    records: dict[type[Record], list[Any]] = field(default_factory=dict)
    rows: dict[str, dict[Any, Row]] = field(default_factory=dict)
    added: dict[type[models.Model], list[Row]] = field(default_factory=dict)
    changed: dict[type[models.Model], dict[int, tuple[Row, dict[str, Any]]]] = field(
        default_factory=dict
    )
    removed: dict[type[models.Model], list[int]] = field(default_factory=dict)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    # What is said of single rows in the preview: (verb, words), and (line, reason).
    said: list[tuple[str, str]] = field(default_factory=list)
    conflicts: list[tuple[int, str]] = field(default_factory=list)
    warnings: list[tuple[int, str]] = field(default_factory=list)
    # Those of the warnings after which nobody should go on without having looked.
    doubts: list[str] = field(default_factory=list)
    _memory: dict[type[models.Model], journals.Memory] = field(default_factory=dict)

    def add(self, row: Row, words: Told = "") -> Row:
        """Drafts a new row, which may refer to other new rows."""
        self.added.setdefault(type(row), []).append(row)
        self._count(row, "added", words)
        return row

    def change(self, row: Row, words: Told = "", *, verb: str = "changed", **values: Any) -> bool:
        """Drafts new values for a row that is held; whether any of them is new.

        A row of this very draft just takes them.
        """
        new = {name: value for name, value in values.items() if differs(row, name, value)}
        if not new:
            return False
        if row.pk is not None:
            kept = self.changed.setdefault(type(row), {})
            is_first = row.pk not in kept
            same, before = kept.setdefault(row.pk, (row, {}))
            for name in new:
                field_ = row._meta.get_field(name)
                before.setdefault(field_.attname, getattr(row, field_.attname))
            if is_first:
                self._count(row, verb, words or (lambda: _difference(row, new)))
            # A planner may have read the row a second time.
            for name, value in new.items():
                setattr(same, name, value)
        for name, value in new.items():
            setattr(row, name, value)
        return True

    def correct(self, row: Row, line: int = 0, words: Told = "", **values: Any) -> bool:
        """Drafts what the source says of a held row, unless somebody knows better.

        Blanks are filled. What a newer source said, or somebody typed in here, stays: the
        difference is told as a conflict. A blank value never takes anything away.
        """
        new = {}
        for name, value in values.items():
            if not value or not differs(row, name, value):
                continue
            held = getattr(
                row, name if _is_loaded(row, name) else row._meta.get_field(name).attname
            )
            if held and row.pk is not None and (why := self.remembers(row, name)):
                if not _same(held, value):
                    told = {"row": row, "why": why, **_apart(held, value)}
                    reason = _("%(row)s: “%(held)s” stays, not “%(value)s”: %(why)s")
                    self.conflict(line, reason % told)
                if not isinstance(held, Words):
                    continue
                # A language that has no words yet may have them.
                value = Words({**value, **held})
            if differs(row, name, value):
                new[name] = value
        return self.change(row, words, **new)

    def remembers(self, row: Row, name: str) -> str:
        """Why a held value is not this import's to change; "" where it is."""
        model = type(row)
        kept = self.changed.get(model, {}).get(row.pk)
        attname = row._meta.get_field(name).attname
        value = kept[1][attname] if kept and attname in kept[1] else getattr(row, attname)
        return self._memory_of(model).objection(row.pk, attname, value, self.on)

    def is_newer(self, row: Row) -> bool:
        """Whether a source of a later day than this one said anything of a held row."""
        return self._memory_of(type(row)).last_day(row.pk) > self.on

    def _memory_of(self, model: type[models.Model]) -> journals.Memory:
        if model not in self._memory:
            self._memory[model] = journals.Memory.of(model)
        return self._memory[model]

    def remove(self, row: Row, words: Told = "") -> None:
        """Drafts that a held row goes: for tables that a source gives whole."""
        self.removed.setdefault(type(row), []).append(row.pk)
        self._count(row, "removed", words)

    def conflict(self, line: int, reason: str) -> None:
        """Something the source says that contradicts what is held and is left as it is."""
        self.conflicts.append((line, reason))

    def warn(self, line: int, reason: str) -> None:
        """Something the source says that is left out or doubtful."""
        self.warnings.append((line, reason))

    def doubt(self, line: int, reason: str) -> None:
        """A warning that the file may be cut off: much would go that it does not name."""
        self.warn(line, reason)
        self.doubts.append(reason)

    @property
    def is_empty(self) -> bool:
        """Whether everything is held already."""
        return not self.added and not self.changed and not self.removed

    @property
    def size(self) -> int:
        """How many rows it would touch."""
        return sum(map(len, [*self.added.values(), *self.changed.values(), *self.removed.values()]))

    def check(self) -> None:
        """Raises SourceError where a new value does not fit its column."""
        for model, rows in self.touched():
            limits = [
                (one.attname, one.max_length, one.verbose_name)
                for one in model._meta.concrete_fields
                if isinstance(one, CharField) and one.max_length
            ]
            for row in rows:
                for name, limit, label in limits:
                    if len(value := getattr(row, name) or "") > limit:
                        message = _("%(label)s is longer than %(limit)s signs: “%(value)s…”")
                        words = {"label": label, "limit": limit, "value": value[:40]}
                        raise SourceError(message % words)

    def touched(self) -> Iterable[tuple[type[models.Model], Sequence[Row]]]:
        """New and changed rows by model."""
        yield from self.added.items()
        for model, changes in self.changed.items():
            yield model, [row for row, _before in changes.values()]

    def _count(self, row: Row, verb: str, words: Told) -> None:
        table = self.counts.setdefault(row._meta.label_lower, {})
        table[verb] = table.get(verb, 0) + 1
        if table[verb] <= EXAMPLES:
            told = words() if callable(words) else words or str(row)
            self.said.append((verb, f"{row._meta.verbose_name}: {told}"))


def differs(row: Row, name: str, value: Any) -> bool:
    """Whether `value` is another than the row's, without asking the database for a relation."""
    field_ = row._meta.get_field(name)
    if not field_.is_relation:
        return bool(getattr(row, name) != value)
    if value is None or value.pk is not None:
        return bool(getattr(row, field_.attname) != (value and value.pk))
    return not field_.is_cached(row) or getattr(row, name) is not value


def merged(held: Words, said: Mapping[str, str]) -> Words:
    """Words that are held, with those that a source says in its languages."""
    return Words({**held, **{code: text for code, text in said.items() if text}})


def _same(held: Any, said: Any) -> bool:
    """Whether two texts are the same but for accents and dashes; words, in shared languages."""
    if isinstance(held, dict) and isinstance(said, dict):
        return all(folded(held[code]) == folded(said[code]) for code in held.keys() & said.keys())
    return isinstance(held, str) and isinstance(said, str) and folded(held) == folded(said)


def _apart(held: Any, said: Any) -> dict[str, str]:
    """Two values as a conflict tells them; of words, the first language in which they differ."""
    if isinstance(held, dict) and isinstance(said, dict):
        code = next(one for one in held if one in said and not _same(held[one], said[one]))
        held, said = held[code], said[code]
    return {"held": str(held), "value": str(said)}


def _is_loaded(row: Row, name: str) -> bool:
    field_ = row._meta.get_field(name)
    return not field_.is_relation or field_.is_cached(row)


def _difference(row: Row, new: Mapping[str, Any]) -> str:
    """`Ada Vale: family name Vale → Vane`."""
    parts = []
    for name, value in new.items():
        field_ = row._meta.get_field(name)
        held = getattr(row, name) if _is_loaded(row, name) else getattr(row, field_.attname)
        parts.append(f"{field_.verbose_name} {_shown(held)} → {_shown(value)}")
    return f"{row}: {', '.join(parts)}"


def _shown(value: Any) -> str:
    return "—" if value in (None, "", {}, []) else str(value)
