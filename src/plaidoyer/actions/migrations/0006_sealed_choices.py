import json
import uuid

import django.contrib.postgres.functions
from django.db import migrations, models

import plaidoyer.vault.fields
from plaidoyer.vault import moving, triggers

TABLE = "actions_hold"
UID = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
NEW_UID = models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), unique=True)


def said(row):
    typed = row["chosen"]
    return {"chosen": json.loads(typed) if isinstance(typed, str) else typed}


class Migration(migrations.Migration):
    """What an organiser typed to choose acts goes into a sealed document of the hold."""

    dependencies = [("actions", "0005_upkeep"), ("vault", "0001_initial")]

    operations = [
        migrations.AddField("hold", "uid", NEW_UID),
        migrations.AlterField("hold", "uid", UID),
        migrations.AddField("hold", "sealed", plaidoyer.vault.fields.SealedField()),
        triggers.lay(TABLE),
        moving.move(TABLE, ["chosen"], said=said),
        migrations.RemoveField("hold", "chosen"),
    ]
