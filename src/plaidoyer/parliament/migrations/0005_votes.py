import django.db.models.deletion
import modelcluster.fields
from django.db import migrations, models

import plaidoyer.lib.words
import plaidoyer.parliament.models.votes


def name_votes(apps, schema_editor):
    """Votes that are held already get what stands for them in addresses."""
    for event in apps.get_model("parliament", "VoteEvent").objects.all():
        event.public_id = plaidoyer.parliament.models.votes.new_public_id()
        event.save(update_fields=["public_id"])


class Migration(migrations.Migration):
    dependencies = [
        ("civics", "0003_real_data"),
        ("parliament", "0004_real_data"),
    ]

    operations = [
        migrations.AddField(
            "voteevent",
            "public_id",
            models.CharField(editable=False, max_length=10, null=True, unique=True),
        ),
        migrations.RunPython(name_votes, migrations.RunPython.noop),
        migrations.AlterField(
            "voteevent",
            "public_id",
            models.CharField(
                default=plaidoyer.parliament.models.votes.new_public_id,
                editable=False,
                max_length=10,
                unique=True,
            ),
        ),
        migrations.RemoveField("voteevent", "result_as_published"),
        migrations.AddField(
            "voteevent",
            "result_as_published",
            plaidoyer.lib.words.WordsField(
                blank=True, default=plaidoyer.lib.words.Words, verbose_name="result as published"
            ),
        ),
        migrations.RemoveConstraint("voteevent", "vote_event_once"),
        migrations.AddConstraint(
            "voteevent",
            models.UniqueConstraint(
                models.F("session"),
                models.F("identifier"),
                condition=models.Q(("identifier", ""), _negated=True),
                name="vote_event_once",
                violation_error_message="That vote of the session is recorded already.",
            ),
        ),
        migrations.CreateModel(
            name="GroupCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("yes_count", models.PositiveIntegerField(default=0, verbose_name="yes")),
                ("no_count", models.PositiveIntegerField(default=0, verbose_name="no")),
                ("paired_count", models.PositiveIntegerField(default=0, verbose_name="paired")),
                ("abstain_count", models.PositiveIntegerField(default=0, verbose_name="abstains")),
                (
                    "event",
                    modelcluster.fields.ParentalKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="group_counts",
                        to="parliament.voteevent",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="civics.organization",
                        verbose_name="party",
                    ),
                ),
            ],
            options={
                "verbose_name": "totals of a party",
                "verbose_name_plural": "totals by party",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("event"),
                        models.F("group"),
                        name="group_count_once",
                        violation_error_message="This party stands there already.",
                    )
                ],
            },
        ),
    ]
