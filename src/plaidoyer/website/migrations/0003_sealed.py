from django.db import migrations, models

import plaidoyer.vault.fields
from plaidoyer.vault import moving, triggers


class Migration(migrations.Migration):
    dependencies = [
        ("website", "0002_first_pages"),
        ("vault", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint("linkrequest", "link_request_answered_whole"),
        migrations.AddField("linkrequest", "sealed", plaidoyer.vault.fields.SealedField()),
        triggers.lay("website_linkrequest"),
        moving.move("website_linkrequest", ["email"]),
        migrations.RemoveField("linkrequest", "email"),
        migrations.AddConstraint(
            "linkrequest",
            models.CheckConstraint(
                name="link_request_answered_whole",
                condition=models.Q(supporter=None, envelope=None)
                | models.Q(supporter__isnull=False, envelope__isnull=False, sealed=b""),
            ),
        ),
    ]
