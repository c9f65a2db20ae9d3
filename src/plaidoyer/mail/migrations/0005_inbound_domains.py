import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mail', '0004_engine_states'),
    ]

    operations = [
        migrations.CreateModel(
            name='DomainCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('domain', models.CharField(max_length=253, verbose_name='domain')),
                ('checked_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='checked')),
                ('findings', models.JSONField(default=list)),
            ],
            options={
                'verbose_name': 'check of a domain',
                'verbose_name_plural': 'checks of domains',
                'indexes': [models.Index(models.F('domain'), models.OrderBy(models.F('checked_at'), descending=True), name='domain_check_last')],
            },
        ),
    ]
