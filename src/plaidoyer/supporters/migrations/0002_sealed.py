from django.db import migrations, models

import plaidoyer.vault.fields
from plaidoyer.vault import marks, moving, triggers

TABLE = "supporters_supporter"
PARTS = ("email", "given_name", "family_name", "postal_code")


def mark(row):
    return marks.address(row["email"]) or f"erased:{row['uid']}"


class Migration(migrations.Migration):
    dependencies = [
        ("supporters", "0001_initial"),
        ("vault", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            "supporter",
            "mark",
            models.CharField(default="", editable=False, max_length=50),
            preserve_default=False,
        ),
        migrations.AddField("supporter", "sealed", plaidoyer.vault.fields.SealedField()),
        triggers.lay(TABLE),
        moving.move(TABLE, PARTS, {"mark": mark}),
        migrations.AlterField(
            "supporter", "mark", models.CharField(editable=False, max_length=50, unique=True)
        ),
        migrations.RemoveField("supporter", "canonical_email"),
        *(migrations.RemoveField("supporter", name) for name in PARTS),
    ]
