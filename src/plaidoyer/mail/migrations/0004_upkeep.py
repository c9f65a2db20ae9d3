"""Ids of mails begin with their hour.

Each mail is written three times. What is left of it is cleared away while a long mailing leaves,
not after it.
"""

from django.db import migrations, models

from plaidoyer.lib import uids

OFTEN = "autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05"
NAMES = "autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor"


class Migration(migrations.Migration):
    dependencies = [("mail", "0003_sealed")]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE mail_envelope SET ({OFTEN})",
            f"ALTER TABLE mail_envelope RESET ({NAMES})",
        ),
        migrations.AlterField(
            "envelope",
            "uid",
            models.UUIDField(default=uids.new, editable=False, unique=True),
        ),
    ]
