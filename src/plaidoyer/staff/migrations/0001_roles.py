from django.db import migrations, models

# What an organiser did is what these four do together.
ORGANISERS = ["Editor", "Campaigner", "Moderator", "Data officer"]


def give_roles(apps, _schema_editor):
    """Whoever was an organiser or a treasurer keeps their rights; Wagtail's own groups go."""
    Group = apps.get_model("auth", "Group")
    Group.objects.filter(name="Treasurers").update(name="Treasurer")
    if organisers := Group.objects.filter(name="Organisers").first():
        for role in ORGANISERS:
            group, _new = Group.objects.get_or_create(name=role)
            group.user_set.add(*organisers.user_set.all())
        organisers.delete()
    Group.objects.filter(name__in=["Editors", "Moderators"], user=None).delete()


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
            options={
                "permissions": [
                    ("export_supporters", "Can export supporters"),
                    ("export_acts", "Can export acts"),
                    ("export_letters", "Can export letters"),
                    ("export_gifts", "Can export gifts"),
                ],
                "managed": False,
                "default_permissions": (),
            },
        ),
        migrations.RunPython(give_roles, migrations.RunPython.noop),
    ]
