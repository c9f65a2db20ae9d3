"""How a model keeps something sealed: one document a row, its parts read like any attribute.

    class Supporter(models.Model):
        uid = models.UUIDField(default=uuid.uuid4, unique=True)
        sealed = SealedField()
        email = Part(_("e-mail"))

The table needs the triggers of `vault.triggers`. Parts are no columns: a query that names one is a
FieldError, and what has to be found is marked (`vault.marks`).
"""

import base64
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.functional import Promise

from plaidoyer.vault.models import Key
from plaidoyer.vault.seals import PLACED, Box


class SealedField(models.BinaryField):
    """The column of a row's sealed document. Reading it reads the row's key with it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"default": b"", "blank": True, "editable": False, **kwargs})

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        """The document with its row's uid and key before it; NULL where the key is gone."""
        row, keys = sql.rpartition(".")[0], Key._meta.db_table
        found = f"SELECT uuid_send(k.uid) || k.wrapped || {sql} FROM {keys} k"
        return f"({found} WHERE k.uid = {row}.uid)", params

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Box:
        return Box(self.table, bytes(value) if value else None)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        written = bytes(value) if isinstance(value, Box) else value
        return super().get_db_prep_value(written, connection, prepared)


class Part(property):
    """One thing that a row's sealed document says; empty text where it says nothing of it."""

    def __init__(self, label: str | Promise, empty: Any = "") -> None:
        super().__init__(self.read, self.write)
        self.label, self.empty = label, empty

    def __set_name__(self, _owner: type, name: str) -> None:
        self.name = name

    def read(self, row: Any) -> Any:
        return box(row).parts.get(self.name, self.empty)

    def write(self, row: Any, value: Any) -> None:
        box(row).set(self.name, value, row.uid)


class BytesPart(Part):
    """A file that a row's sealed document holds."""

    def __init__(self, label: str | Promise) -> None:
        super().__init__(label)

    def read(self, row: Any) -> bytes:
        return base64.b64decode(super().read(row))

    def write(self, row: Any, value: bytes) -> None:
        super().write(row, base64.b64encode(value).decode())


def box(row: Any) -> Box:
    """The document of `row`, a new one where it has none."""
    found = row.sealed
    if not isinstance(found, Box):
        if bytes(found).startswith(PLACED):
            raise TypeError("A new document is given as a Box.")
        found = row.sealed = Box(row._meta.db_table)
    return found


def parts(model: type[models.Model]) -> dict[str, Part]:
    """What the documents of `model` may say, by name."""
    members = (vars(each) for each in reversed(model.__mro__))
    return {name: one for these in members for name, one in these.items() if isinstance(one, Part)}


def columns(model: type[models.Model], names: Iterable[str]) -> set[str]:
    """The columns of `model` in which `names` are kept, parts or columns, for `update_fields`."""
    sealed = parts(model)
    return {"sealed" if name in sealed else name for name in names}
