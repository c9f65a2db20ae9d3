"""How migrations move what stood in the open into sealed documents, in batches."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import migrations

from plaidoyer.vault import seals

BATCH = 2000
Row = dict[str, Any]


def move(
    table: str,
    parts: Iterable[str],
    marks: Mapping[str, Callable[[Row], str]] | None = None,
    said: Callable[[Row], Row] = lambda row: row,
) -> migrations.RunPython:
    """Seals the columns `parts` of each row of `table` and fills its `marks` from the same row.

    `said` makes the document's parts of the columns. The table has its triggers already, and
    nobody writes to it meanwhile.
    """
    columns, marked = list(parts), dict(marks or {})

    def forward(_apps: Any, schema: Any) -> None:
        with schema.connection.cursor() as cursor:
            last = 0
            while rows := read(cursor, table, columns, last):
                last = rows[-1]["id"]
                write(cursor, table, [(row, said(told(row, columns))) for row in rows], marked)
            # What was rewritten is checked now: no column goes while a check is still to come.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    return migrations.RunPython(forward, migrations.RunPython.noop)


def read(cursor: Any, table: str, columns: list[str], last: int) -> list[Row]:
    names = ", ".join(["id", "uid", *columns])
    cursor.execute(f"SELECT {names} FROM {table} WHERE id > %s ORDER BY id LIMIT {BATCH}", [last])
    return [dict(zip(["id", "uid", *columns], row, strict=True)) for row in cursor.fetchall()]


def told(row: Row, columns: list[str]) -> Row:
    return {name: row[name] for name in columns}


def write(
    cursor: Any,
    table: str,
    rows: list[tuple[Row, Row]],
    marked: Mapping[str, Callable[[Row], str]],
) -> None:
    sets = ", ".join(f"{name} = new.{name}" for name in ["sealed", *marked])
    types = ", ".join(["%s::bigint[]", "%s::bytea[]", *("%s::text[]" for _name in marked)])
    names = ", ".join(["id", "sealed", *marked])
    values: list[list[Any]] = [
        [row["id"] for row, _parts in rows],
        [seals.lay(table, row["uid"], parts) for row, parts in rows],
        *([make(row) for row, _parts in rows] for make in marked.values()),
    ]
    cursor.execute(
        f"UPDATE {table} old SET {sets} FROM unnest({types}) AS new ({names})"
        " WHERE old.id = new.id",
        values,
    )
