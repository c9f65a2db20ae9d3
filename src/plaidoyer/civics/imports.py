"""Imports: what a source says is laid beside what is held; seen first, carried out, undone.

A planner compares the records of one kind with the rows of its tables and writes into a Draft what
would be added, changed or ended. Nothing is saved until the whole draft is carried out, in one
transaction; every row it touched is kept beside the run, so that it can be put back.
"""

import datetime
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from plaidoyer.civics import journals, texts
from plaidoyer.civics.drafts import Draft, Row, differs, merged
from plaidoyer.civics.models import ImportRun
from plaidoyer.civics.records import (
    AreaRecord,
    ContactRecord,
    MembershipRecord,
    OrganizationRecord,
    PersonRecord,
    PostRecord,
    PrefixRecord,
    Record,
    RosterRecord,
)
from plaidoyer.civics.sources import Reading, SourceError

__all__ = [
    "Draft",
    "Planner",
    "Row",
    "UndoError",
    "as_of",
    "carry_out",
    "differs",
    "merged",
    "planner",
    "preview",
    "undo",
]

BATCH = 5000
MANY = 100
TOLD = 500
LOCK = "plaidoyer.civics.imports"
# What refers to others comes after them. Other rooms' kinds follow, as they were registered.
ORDER: tuple[type[Record], ...] = (
    AreaRecord,
    OrganizationRecord,
    PostRecord,
    PersonRecord,
    MembershipRecord,
    RosterRecord,
    ContactRecord,
    PrefixRecord,
)
Planner = Callable[[Draft, list[Any]], None]
Progress = Callable[[int, int], None]

_planners: dict[type[Record], Planner] = {}


def planner(kind: type[Record]) -> Callable[[Planner], Planner]:
    """Registers the function that lays records of `kind` beside the rows; called in that order.

    Those of civics go first, whatever the order: others refer to persons, areas, organizations.
    """

    def register(plan: Planner) -> Planner:
        _planners[kind] = plan
        return plan

    return register


class UndoError(Exception):
    """An import that cannot be undone any more; `reasons` name the rows and what stands on them."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def as_of(content: bytes, on: datetime.date | None = None) -> datetime.date:
    """The day of which a file tells: `on`, else the day it was imported for before, else today."""
    if on:
        return on
    runs = ImportRun.objects.filter(sha256=_digest(content), undone_at=None, as_of__isnull=False)
    last = runs.values_list("as_of", flat=True).order_by("-id").first()
    return last or timezone.localdate()


def preview(reading: Reading, on: datetime.date | None = None) -> Draft:
    """What carrying out `reading` would do now. Saves nothing.

    Raises SourceError where a text is none that anybody may keep: a formula, a control character,
    an address that is no web page's, something too long.
    """
    draft = Draft(on or timezone.localdate(), warnings=list(reading.warnings))
    for record in reading.records:
        texts.check(record)
        draft.records.setdefault(type(record), []).append(record)
    unplanned = draft.records.keys() - _planners.keys()
    assert not unplanned, f"no planner for {[kind.__name__ for kind in unplanned]}"
    for kind in (*ORDER, *(kind for kind in _planners if kind not in ORDER)):
        if records := draft.records.get(kind):
            _planners[kind](draft, records)
    draft.check()
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
    told = [[line, str(reason)] for line, reason in draft.conflicts + draft.warnings]
    run = ImportRun.objects.create(
        source=source,
        address=address[:400],
        sha256=_digest(content),
        licence=str(licence)[:200],
        as_of=draft.on,
        counts=counts,
        warnings=told[:TOLD],
        imported_by=by,
    )
    write(draft, run, progress or (lambda done, of: None))
    _measure(model for model, rows in draft.added.items() if len(rows) >= MANY)
    return run


def _measure(grown: Iterable[type[models.Model]]) -> None:
    """Tells PostgreSQL how large tables have become, for it would notice a minute later.

    Until then each lookup of a postal code would read the whole table.
    """
    with connection.cursor() as cursor:
        for model in grown:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def write(draft: Draft, run: ImportRun, progress: Progress) -> None:
    """Saves the draft's rows, with what stood before beside the run."""
    done = 0
    for model, some in _steps(draft):
        if isinstance(some[0], tuple):
            _update(run, model, some)
        elif isinstance(some[0], int):
            journals.note_before(run, model, some)
            model._default_manager.filter(pk__in=some)._raw_delete(using="default")
        else:
            made = model._default_manager.bulk_create(some)
            journals.note_new(run, model, [row.pk for row in made])
        done += len(some)
        progress(done, draft.size)


def _steps(draft: Draft) -> Iterator[tuple[type[models.Model], list[Any]]]:
    """New rows, those referred to first; then changes; then what goes, referring rows first."""
    for model in in_order(draft.added):
        for generation in _generations(draft.added[model]):
            yield from ((model, some) for some in _batches(generation))
    for model, changes in draft.changed.items():
        yield from ((model, some) for some in _batches(list(changes.values())))
    for model in reversed(in_order(draft.removed)):
        yield from ((model, some) for some in _batches(draft.removed[model]))


def _update(
    run: ImportRun, model: type[models.Model], changes: list[tuple[Row, dict[str, Any]]]
) -> None:
    columns = {name for _row, before in changes for name in before}
    fields = [one.name for one in model._meta.concrete_fields if one.attname in columns]
    rows = [row for row, _before in changes]
    keys = [row.pk for row in rows]
    journals.note_before(run, model, keys)
    model._default_manager.bulk_update(rows, fields, batch_size=BATCH // len(fields))
    journals.note_after(run, model, keys)


def in_order(some: Iterable[type[models.Model]]) -> list[type[models.Model]]:
    """Models such that each stands after those it refers to."""
    waiting, ordered = list(some), list[type[models.Model]]()
    while waiting:
        ready = [one for one in waiting if not _refers_to(one) & (set(waiting) - {one})]
        ordered += ready or waiting[:1]
        waiting = [one for one in waiting if one not in ordered]
    return ordered


def _refers_to(model: type[models.Model]) -> set[Any]:
    return {one.related_model for one in model._meta.concrete_fields if one.is_relation}


def _generations(rows: list[Row]) -> Iterator[list[Row]]:
    """Rows of one model such that each follows those of its own model that it refers to.

    Raises SourceError where rows refer to each other in a circle.
    """
    own = [one for one in rows[0]._meta.concrete_fields if one.related_model is type(rows[0])]
    waiting = {id(row): row for row in rows}
    while waiting:
        ready = [
            row
            for row in waiting.values()
            if not any(one.is_cached(row) and id(getattr(row, one.name)) in waiting for one in own)
        ]
        if not ready:
            circle = next(iter(waiting.values()))
            raise SourceError(_("%(row)s is part of itself, by others") % {"row": circle})
        yield ready
        for row in ready:
            del waiting[id(row)]


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
    tables = run.rows.values_list("table", flat=True).order_by("table").distinct()
    touched = in_order(apps.get_model(table) for table in tables)
    if reasons := [reason for model in touched for reason in _objections(run, model)]:
        raise UndoError(reasons[:20])
    for model in touched:
        journals.put_back(run, model)
    for model in reversed(touched):
        journals.take_away(run, model)
    run.undone_at, run.undone_by = timezone.now(), by
    run.save(update_fields=["undone_at", "undone_by"])


def _objections(run: ImportRun, model: type[models.Model]) -> Iterator[str]:
    """Why the rows of one table cannot be put back."""
    changed = journals.changed_since(run, model)
    held = model._default_manager.in_bulk(changed)
    for key in changed:
        row = held.get(key) or f"{model._meta.verbose_name} {key}"
        yield _("%(row)s was changed since") % {"row": row}
    for relation in model._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and not relation.many_to_many:
            yield from _users(run, model, relation)


def _users(run: ImportRun, model: type[models.Model], relation: Any) -> Iterator[str]:
    """What came later and refers by `relation` to rows that the run added."""
    by, name = relation.related_model, relation.field.name
    ours = run.rows.filter(before__isnull=True).values("row")
    theirs = run.rows.filter(table=by._meta.label_lower)
    # What the run made refer to them is put back before they go.
    put_back = theirs.filter(Q(before__isnull=True) | Q(before__has_key=relation.field.attname))
    used = by._default_manager.filter(
        **{f"{name}__in": ours.filter(table=model._meta.label_lower)}
    ).exclude(pk__in=put_back.values("row"))
    for row in used.select_related(name)[:5]:
        yield _("%(row)s is used by: %(label)s %(user)s") % {
            "row": getattr(row, name),
            "label": by._meta.verbose_name,
            "user": row,
        }


def _batches(rows: Sequence[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(rows), BATCH):
        yield list(rows[start : start + BATCH])


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _alone() -> None:
    """Waits until no other import runs; the lock ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [LOCK])
