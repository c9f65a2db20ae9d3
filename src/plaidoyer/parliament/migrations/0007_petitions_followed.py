import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0001_initial"),
        ("parliament", "0006_petitions"),
    ]

    operations = [
        migrations.AddField(
            model_name="officialpetition",
            name="is_followed",
            field=models.BooleanField(
                default=True,
                help_text="Its deadlines are told to organisers, and its page is public.",
                verbose_name="we follow it",
            ),
        ),
        migrations.AlterField(
            model_name="deadlinenotice",
            name="envelope",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deadline_notices",
                to="mail.envelope",
            ),
        ),
    ]
