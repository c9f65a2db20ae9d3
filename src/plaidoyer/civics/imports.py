"""Imports: what a source says is laid beside what is held; seen first, carried out, undone.

A planner compares the records of one kind with the rows of its tables and writes into a Draft what
would be added, changed or ended. Nothing is saved until the whole draft is carried out, in one
transaction; every row it touched is kept beside the run, so that it can be put back.
"""

import datetime
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plaidoyer.civics.models import ImportedRow, ImportRun
from plaidoyer.civics.records import Record
from plaidoyer.civics.sources import Reading

BATCH = 2000
LOCK = "plaidoyer.civics.imports"
# A Model of any room: imports know their rows only by column.
Row = Any
Planner = Callable[["Draft", list[Any]], None]
Progress = Callable[[int, int], None]

_planners: dict[type[Record], Planner] = {}


def planner(kind: type[Record]) -> Callable[[Planner], Planner]:
    """Registers the function that lays records of `kind` beside the rows; called in that order."""

    def register(plan: Planner) -> Planner:
        _planners[kind] = plan
        return plan

    return register


class UndoError(Exception):
    """An import that cannot be undone any more; `reasons` name the rows and what stands on them."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


@dataclass
class Draft:
    """What an import would do. `rows` lets planners find what others have drafted, by any key."""

    on: datetime.date
    rows: dict[str, dict[Any, Row]] = field(default_factory=dict)
    added: dict[type[models.Model], list[Row]] = field(default_factory=dict)
    changed: dict[type[models.Model], dict[int, tuple[Row, dict[str, Any]]]] = field(
        default_factory=dict
    )
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    # What is said of single rows in the preview: (verb, words), and (line, reason).
    said: list[tuple[str, str]] = field(default_factory=list)
    conflicts: list[tuple[int, str]] = field(default_factory=list)
    warnings: list[tuple[int, str]] = field(default_factory=list)

    def add(self, row: Row, words: str = "") -> Row:
        """Drafts a new row, which may refer to other new rows."""
        self.added.setdefault(type(row), []).append(row)
        return self._count(row, "added", words)

    def change(self, row: Row, words: str = "", *, verb: str = "changed", **values: Any) -> bool:
        """Drafts new values for a row that is held; whether any of them is new.

        A row of this very draft just takes them.
        """
        new = {name: value for name, value in values.items() if getattr(row, name) != value}
        if not new:
            return False
        if row.pk is not None:
            kept = self.changed.setdefault(type(row), {})
            _row, before = kept.setdefault(row.pk, (row, {}))
            if not before:
                self._count(row, verb, words)
            for name in new:
                field_ = row._meta.get_field(name)
                before.setdefault(field_.attname, getattr(row, field_.attname))
        for name, value in new.items():
            setattr(row, name, value)
        return True

    def conflict(self, line: int, reason: str) -> None:
        """Something the source says that contradicts what is held and is left as it is."""
        self.conflicts.append((line, reason))

    def warn(self, line: int, reason: str) -> None:
        """Something the source says that is left out or doubtful."""
        self.warnings.append((line, reason))

    @property
    def is_empty(self) -> bool:
        """Whether everything is held already."""
        return not self.added and not self.changed

    def _count(self, row: Row, verb: str, words: str) -> Row:
        table = self.counts.setdefault(row._meta.label_lower, {})
        table[verb] = table.get(verb, 0) + 1
        self.said.append((verb, words or f"{row._meta.verbose_name}: {row}"))
        return row


def preview(reading: Reading, on: datetime.date | None = None) -> Draft:
    """What carrying out `reading` would do now. Saves nothing."""
    draft = Draft(on or timezone.localdate(), warnings=list(reading.warnings))
    by_kind: dict[type[Record], list[Record]] = {}
    for record in reading.records:
        by_kind.setdefault(type(record), []).append(record)
    for kind, plan in _planners.items():
        if records := by_kind.pop(kind, None):
            plan(draft, records)
    assert not by_kind, f"no planner for {[kind.__name__ for kind in by_kind]}"
    return draft


@transaction.atomic
def carry_out(
    reading: Reading,
    *,
    source: str,
    address: str,
    content: bytes,
    licence: str = "",
    on: datetime.date | None = None,
    by: User | None = None,
    progress: Progress | None = None,
) -> ImportRun:
    """Compares once more and writes: all of it or nothing. Imports wait for one another.

    `progress(done, of)` is called as rows are written.
    """
    _alone()
    draft = preview(reading, on)
    counts = {**draft.counts}
    if draft.conflicts:
        counts["conflicts"] = {"conflicting": len(draft.conflicts)}
    run = ImportRun.objects.create(
        source=source,
        address=address[:400],
        sha256=hashlib.sha256(content).hexdigest(),
        licence=licence,
        counts=counts,
        warnings=[[line, str(reason)] for line, reason in draft.conflicts + draft.warnings],
        imported_by=by,
    )
    write(draft, run, progress or (lambda done, of: None))
    return run


def write(draft: Draft, run: ImportRun, progress: Progress) -> None:
    """Saves the draft's rows, with what stood before beside the run."""
    total = sum(map(len, [*draft.added.values(), *draft.changed.values()]))
    done = 0
    for model, rows in draft.added.items():
        for some in _batches(rows):
            model._default_manager.bulk_create(some)
            _keep(run, ((row, None, _columns(row)) for row in some))
            done += len(some)
            progress(done, total)
    for model, changes in draft.changed.items():
        for some in _batches(list(changes.values())):
            names = sorted({name for _row, before in some for name in before})
            fields = [name.removesuffix("_id") for name in names]
            model._default_manager.bulk_update([row for row, _before in some], fields)
            _keep(run, ((row, before, _columns(row, before)) for row, before in some))
            done += len(some)
            progress(done, total)


@transaction.atomic
def undo(run: ImportRun, *, by: User | None = None) -> None:
    """Puts every row back as it stood before the run, or nothing.

    Raises UndoError when it was undone before, when a row was changed since, or when something
    that came later refers to a row that would have to go.
    """
    _alone()
    run = ImportRun.objects.select_for_update(no_key=True).get(pk=run.pk)
    if run.undone_at:
        raise UndoError([_("it is undone already")])
    rows: dict[str, list[ImportedRow]] = {}
    for row in run.rows.order_by("-id"):
        rows.setdefault(row.table, []).append(row)
    # Referring rows were written last: they go first.
    reasons = [reason for table, some in rows.items() for reason in _put_back(table, some)]
    if reasons:
        raise UndoError(reasons[:20])
    run.undone_at, run.undone_by = timezone.now(), by
    run.save(update_fields=["undone_at", "undone_by"])


def _put_back(table: str, rows: Sequence[ImportedRow]) -> Iterator[str]:
    """Undoes the rows of one table; yields why some cannot be."""
    model = apps.get_model(table)
    held: dict[int, Row] = model._default_manager.in_bulk([row.row for row in rows])
    gone: list[int] = []
    for row in rows:
        stands = held.get(row.row)
        if stands is None or _columns(stands, row.after) != row.after:
            yield _("%(row)s was changed since") % {"row": stands or f"{table} {row.row}"}
        elif row.before is None:
            gone.append(row.row)
        else:
            fields = {name: model._meta.get_field(name) for name in row.before}
            values = {name: fields[name].to_python(row.before[name]) for name in fields}
            model._default_manager.filter(pk=row.row).update(**values)
    yield from _used(model, gone)
    model._default_manager.filter(pk__in=gone).delete()


def _used(model: type[models.Model], rows: list[int]) -> Iterator[str]:
    """What refers to rows that would go."""
    for relation in model._meta.related_objects:
        name, by = relation.field.name, relation.related_model
        used = by._default_manager.filter(**{f"{name}__in": rows})
        if by is model:
            used = used.exclude(pk__in=rows)
        for row in used.select_related(name)[:5] if relation.one_to_many else used[:5]:
            label = by._meta.verbose_name
            yield _("%(row)s is used by: %(label)s %(user)s") % {
                "row": getattr(row, name) if relation.one_to_many else model._meta.verbose_name,
                "label": label,
                "user": row,
            }


def _keep(run: ImportRun, rows: Iterable[tuple[Row, dict[str, Any] | None, Any]]) -> None:
    ImportedRow.objects.bulk_create(
        ImportedRow(run=run, table=row._meta.label_lower, row=row.pk, before=before, after=after)
        for row, before, after in rows
    )


def _columns(row: Row, only: Iterable[str] | None = None) -> dict[str, Any]:
    """A row's columns as JSON would have them."""
    names = only or [f.attname for f in row._meta.concrete_fields if not f.primary_key]
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return DjangoJSONEncoder().default(value)


def _batches(rows: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


def _alone() -> None:
    """Waits until no other import runs; the lock ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [LOCK])
