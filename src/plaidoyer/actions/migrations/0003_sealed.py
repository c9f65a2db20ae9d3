import json
import uuid

import django.contrib.postgres.functions
from django.db import migrations, models

import plaidoyer.vault.fields
from plaidoyer.actions.guards import domains
from plaidoyer.vault import marks, moving, triggers

# What of an act's content the database reads; the same for every kind, for no name means two things.
FACTS = {"targets", "posts", "answer", "target", "post", "outcome", "revision", "organisation"}
COLUMNS = ["email", "given_name", "family_name", "postal_code", "content"]


def said(row):
    words = {name: one for name, one in loaded(row).items() if name not in FACTS}
    return {**{name: row[name] for name in COLUMNS[:-1]}, "words": words}


def loaded(row):
    return json.loads(row["content"]) if isinstance(row["content"], str) else row["content"]


def mark_people(_apps, schema):
    """The folded names that tell two people of one mailbox apart; a digit is left of an erased."""
    with schema.connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT person FROM actions_confirmation WHERE person NOT IN ('', '1', '2')"
        )
        cursor.executemany(
            "UPDATE actions_confirmation SET person = %s WHERE person = %s",
            [(marks.mark("person", name), name) for (name,) in cursor.fetchall()],
        )


class Migration(migrations.Migration):
    dependencies = [
        ("actions", "0002_minutes"),
        ("vault", "0001_initial"),
    ]

    operations = [
        migrations.AddField("action", "sealed", plaidoyer.vault.fields.SealedField()),
        migrations.AddField(
            "action", "mark", models.CharField(blank=True, default="", editable=False, max_length=32)
        ),
        migrations.AddField(
            "action",
            "domain",
            models.CharField(blank=True, default="", editable=False, max_length=254),
        ),
        triggers.lay("actions_action"),
        moving.move(
            "actions_action",
            COLUMNS,
            {
                "mark": lambda row: marks.address(row["email"]),
                "domain": lambda row: domains.of(row["email"]),
            },
            said,
        ),
        migrations.RunSQL(
            "UPDATE actions_action SET content = coalesce((SELECT jsonb_object_agg(key, value)"
            f" FROM jsonb_each(content) WHERE key = ANY(ARRAY{sorted(FACTS)})), '{{}}')",
            migrations.RunSQL.noop,
        ),
        migrations.RenameField("action", "content", "facts"),
        migrations.RemoveIndex("action", "action_of_domain"),
        migrations.AddIndex(
            "action",
            models.Index(
                "form",
                "domain",
                "submitted_at",
                name="action_of_domain",
                condition=~models.Q(domain=""),
            ),
        ),
        migrations.RemoveField("action", "email"),
        migrations.RemoveField("action", "given_name"),
        migrations.RemoveField("action", "family_name"),
        migrations.RemoveField("action", "postal_code"),
        migrations.AlterField(
            "action", "mark", models.CharField(blank=True, editable=False, max_length=32)
        ),
        migrations.AlterField(
            "action", "domain", models.CharField(blank=True, editable=False, max_length=254)
        ),
        migrations.RunPython(mark_people, migrations.RunPython.noop),
        migrations.AlterField(
            "confirmation",
            "person",
            models.CharField(blank=True, editable=False, max_length=32),
        ),
        migrations.AddField(
            "review",
            "uid",
            models.UUIDField(
                db_default=django.contrib.postgres.functions.RandomUUID(), unique=True
            ),
        ),
        migrations.AlterField(
            "review", "uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
        ),
        migrations.AddField("review", "sealed", plaidoyer.vault.fields.SealedField()),
        triggers.lay("actions_review"),
        moving.move("actions_review", ["text"]),
        migrations.RemoveField("review", "text"),
    ]
