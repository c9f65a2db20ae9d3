from django.db import migrations, models

import plaidoyer.lib.words


class Migration(migrations.Migration):
    dependencies = [("mail", "0004_engine_states"), ("newsletters", "0006_editor_scores")]

    operations = [
        migrations.RemoveField("mailingstep", "because"),
        migrations.AddField(
            "mailingstep",
            "because",
            plaidoyer.lib.words.WordsField(blank=True, default=dict, verbose_name="because"),
            preserve_default=False,
        ),
        migrations.AddField(
            "mailingstep",
            "notices",
            models.ManyToManyField(blank=True, related_name="+", to="mail.envelope"),
        ),
    ]
