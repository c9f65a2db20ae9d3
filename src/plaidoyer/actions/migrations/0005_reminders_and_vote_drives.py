import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('actions', '0004_guards'),
        ('civics', '0002_ways_to_act'),
        ('mail', '0001_initial'),
        ('supporters', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='MemberTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('people', models.PositiveIntegerField(default=0)),
                ('recounted_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('form', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='member_tallies', to='actions.actionform')),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='civics.post')),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('form'), models.F('post'), name='member_tally_once')],
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('action', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='reminder', to='actions.action')),
                ('envelope', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reminder', to='mail.envelope')),
                ('form', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='actions.actionform')),
                ('supporter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to='supporters.supporter')),
            ],
            options={
                'indexes': [models.Index(models.F('asked_at'), condition=models.Q(('envelope', None)), name='reminder_waits')],
                'constraints': [models.UniqueConstraint(models.F('form'), models.F('supporter'), condition=models.Q(('withdrawn_at', None)), name='reminded_once')],
            },
        ),
    ]
