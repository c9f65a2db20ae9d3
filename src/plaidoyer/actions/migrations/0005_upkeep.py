"""Ids of acts begin with their hour.

Tables to which acts are added by the thousand are looked after each fiftieth, not each fifth:
what counts them reads the index alone as long as the table's map of visible rows is fresh.
"""

from django.db import migrations, models

from plaidoyer.lib import uids

TABLES = ("actions_action", "actions_match", "actions_confirmation")
OFTEN = (
    "autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.02,"
    " autovacuum_analyze_scale_factor = 0.02"
)
NAMES = ", ".join(one.partition(" = ")[0].strip() for one in OFTEN.split(","))


class Migration(migrations.Migration):
    dependencies = [("actions", "0004_guard_rails")]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} SET ({OFTEN})", f"ALTER TABLE {table} RESET ({NAMES})"
        )
        for table in TABLES
    ] + [
        migrations.AlterField(
            "action",
            "uid",
            models.UUIDField(default=uids.new, editable=False, unique=True),
        )
    ]
