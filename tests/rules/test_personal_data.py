"""No column is added without saying whether it tells something of a person (personal-data.md)."""

import re

from django.apps import apps
from django.db import models

from plaidoyer.vault import fields
from tests.rules.test_files import ROOT

PAGE = ROOT / "docs" / "reference" / "personal-data.md"
# Numbers, moments, references and yes or no tell of nobody by themselves.
NUMBERS = (
    *("AutoField", "BigAutoField", "IntegerField", "SmallIntegerField", "BigIntegerField"),
    *("PositiveIntegerField", "PositiveSmallIntegerField", "PositiveBigIntegerField"),
    *("FloatField", "BooleanField", "DateField", "DateTimeField", "UUIDField"),
    *("ForeignKey", "OneToOneField", "ParentalKey", "CompositePrimaryKey"),
)


def ours():
    return [model for model in apps.get_models() if model.__module__.startswith("plaidoyer.")]


def sections():
    """The columns or parts by table, of each section with a table."""
    found = {}
    for title, body in re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE.read_text(), re.M | re.S):
        rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", body, re.M)
        for table, names in rows:
            found.setdefault(title, {}).setdefault(table, []).extend(re.findall(r"`(\w+)`", names))
    return found


def test_every_column_is_said_to_be_sealed_open_or_nobodys():
    told = sections()
    said = [(t, c) for name in list(told)[1:] for t, columns in told[name].items() for c in columns]

    there = [
        (model._meta.db_table, field.column)
        for model in ours()
        for field in model._meta.local_concrete_fields
        if field.get_internal_type() not in NUMBERS and not isinstance(field, fields.SealedField)
    ]

    assert sorted(said) == sorted(there)


def test_every_part_of_a_sealed_document_is_told_and_its_time_of_keeping():
    said = {table: sorted(parts) for table, parts in sections()["Sealed"].items()}

    there = {
        model._meta.db_table: sorted(fields.parts(model)) for model in ours() if fields.parts(model)
    }

    assert said == there


def test_a_sealed_table_has_its_triggers(db):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname LIKE 'vault_%' GROUP BY 1"
        )
        triggers = dict(cursor.fetchall())

    sealed = {m._meta.db_table for m in ours() if fields.parts(m)}
    assert triggers == dict.fromkeys(sealed, 3)
    for model in ours():
        if fields.parts(model):
            assert isinstance(model._meta.get_field("uid"), models.UUIDField)
