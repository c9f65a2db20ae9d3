import base64
import uuid

import django.contrib.postgres.functions
from django.db import migrations, models

import plaidoyer.vault.fields
from plaidoyer.mail.scrubbing import scrubbed
from plaidoyer.vault import marks, moving, triggers

UID = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
NEW_UID = models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), unique=True)
MARK = models.CharField(blank=True, default="", editable=False, max_length=32)


def encoded(row):
    return {
        "sender": row["sender"],
        "words": row["words"],
        "raw": base64.b64encode(bytes(row["raw"])).decode(),
    }


def scrub(_apps, schema):
    """What servers said was kept as they said it, often with the address."""
    for table, column in (("mail_envelope", "reply"), ("mail_turn", "words")):
        with schema.connection.cursor() as cursor:
            cursor.execute(f"SELECT id, {column} FROM {table} WHERE {column} LIKE '%%@%%'")
            cursor.executemany(
                f"UPDATE {table} SET {column} = %s WHERE id = %s",
                [(scrubbed(words), key) for key, words in cursor.fetchall()],
            )


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0002_engine_states"),
        ("vault", "0001_initial"),
    ]

    operations = [
        # Envelopes.
        migrations.AddField("envelope", "sealed", plaidoyer.vault.fields.SealedField()),
        migrations.AddField("envelope", "mark", MARK, preserve_default=False),
        triggers.lay("mail_envelope"),
        moving.move(
            "mail_envelope", ["to_address"], {"mark": lambda row: marks.address(row["to_address"])}
        ),
        migrations.RunPython(scrub, migrations.RunPython.noop),
        migrations.AddIndex(
            "envelope",
            models.Index("mark", name="envelope_to", condition=~models.Q(mark="")),
        ),
        migrations.RemoveField("envelope", "to_address"),
        # What came in. How often an address sent something back is counted anew.
        migrations.RemoveIndex("incoming", "incoming_of_address"),
        migrations.RemoveField("incoming", "address_hash"),
        migrations.AddField("incoming", "uid", NEW_UID),
        migrations.AlterField("incoming", "uid", UID),
        migrations.AddField("incoming", "sealed", plaidoyer.vault.fields.SealedField()),
        migrations.AddField("incoming", "mark", MARK, preserve_default=False),
        migrations.AddIndex(
            "incoming",
            models.Index(
                "mark",
                "received_at",
                name="incoming_of_address",
                condition=~models.Q(mark=""),
            ),
        ),
        triggers.lay("mail_incoming"),
        moving.move("mail_incoming", ["sender", "words", "raw"], said=encoded),
        *(migrations.RemoveField("incoming", name) for name in ("sender", "words", "raw")),
        # Suppressed addresses. Those kept as a hash by an earlier key cannot be found any more.
        migrations.RunSQL(
            "DELETE FROM mail_suppression WHERE address LIKE 'hash:%'", migrations.RunSQL.noop
        ),
        migrations.RemoveConstraint("suppression", "suppressed_once"),
        migrations.AddField("suppression", "uid", NEW_UID),
        migrations.AlterField("suppression", "uid", UID),
        migrations.AddField("suppression", "sealed", plaidoyer.vault.fields.SealedField()),
        migrations.AddField(
            "suppression",
            "mark",
            models.CharField(default="", editable=False, max_length=32),
            preserve_default=False,
        ),
        triggers.lay("mail_suppression"),
        moving.move(
            "mail_suppression",
            ["address", "words"],
            {"mark": lambda row: marks.address(row["address"])},
        ),
        migrations.AddConstraint(
            "suppression",
            models.UniqueConstraint(
                "mark", name="suppressed_once", condition=models.Q(lifted_at=None)
            ),
        ),
        *(migrations.RemoveField("suppression", name) for name in ("address", "words")),
    ]
