import uuid

import django.contrib.postgres.functions
from django.db import migrations, models

import plaidoyer.vault.fields
from plaidoyer.vault import moving, triggers

UID = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
NEW_UID = models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), unique=True)
PARTS = {"letter": ["subject", "body"], "reply": ["sender", "subject", "text"]}


def seal(model, parts):
    """The steps that seal those columns of a model."""
    return [
        migrations.AddField(model, "uid", NEW_UID),
        migrations.AlterField(model, "uid", UID),
        migrations.AddField(model, "sealed", plaidoyer.vault.fields.SealedField()),
        triggers.lay(f"delivery_{model}"),
        moving.move(f"delivery_{model}", parts),
        *(migrations.RemoveField(model, name) for name in parts),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0001_initial"),
        ("vault", "0001_initial"),
    ]

    operations = [step for model, parts in PARTS.items() for step in seal(model, parts)]
