import base64
import uuid

import django.contrib.postgres.functions
from django.db import migrations, models

import plaidoyer.vault.fields
from plaidoyer.vault import marks, moving, triggers

UID = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
NEW_UID = models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), unique=True)
DONOR = ["email", "given_name", "family_name", "phone", "address"]

# A receipt keeps its number and facts; only its drawing may go, once, and it may be cancelled.
STAYS = """
CREATE OR REPLACE FUNCTION donations_receipt_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (NEW.sealed <> OLD.sealed AND NEW.sealed <> ''::bytea)
        OR (OLD.cancelled_at IS NOT NULL AND NEW.cancelled_at IS DISTINCT FROM OLD.cancelled_at)
        OR (NEW.prefix, NEW.year, NEW.number, NEW.kind, NEW.is_official, NEW.amount, NEW.currency,
            NEW.issued_at, NEW.sha256, NEW.replaces_id)
        IS DISTINCT FROM (OLD.prefix, OLD.year, OLD.number, OLD.kind, OLD.is_official, OLD.amount,
            OLD.currency, OLD.issued_at, OLD.sha256, OLD.replaces_id)
    THEN
        RAISE EXCEPTION 'a receipt is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


def encoded(row):
    """A file, as a document holds it."""
    return {name: base64.b64encode(bytes(file)).decode() for name, file in row.items()}


def seal(model, parts, has_uid=False, **how):
    """The steps that seal those columns of a model."""
    table = f"donations_{model}"
    uid = [migrations.AddField(model, "uid", NEW_UID), migrations.AlterField(model, "uid", UID)]
    return [
        *([] if has_uid else uid),
        migrations.AddField(model, "sealed", plaidoyer.vault.fields.SealedField()),
        triggers.lay(table),
        moving.move(table, parts, **how),
        *([migrations.RunSQL(STAYS, migrations.RunSQL.noop)] if model == "receipt" else []),
        *(migrations.RemoveField(model, name) for name in parts),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0003_source_and_signature"),
        ("vault", "0001_initial"),
    ]

    operations = [
        migrations.RemoveIndex("donation", "donation_email"),
        migrations.AddField(
            "donation",
            "mark",
            models.CharField(blank=True, default="", editable=False, max_length=32),
            preserve_default=False,
        ),
        *seal(
            "donation", DONOR, True, marks={"mark": lambda row: marks.address(row["email"])}
        ),
        migrations.AddIndex("donation", models.Index("mark", name="donation_mark")),
        *seal("bankimport", ["raw"], said=encoded),
        *seal("bankline", ["name", "words"]),
        *seal("receipt", ["pdf"], said=encoded),
    ]
