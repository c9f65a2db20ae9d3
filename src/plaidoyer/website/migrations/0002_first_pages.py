"""A home page in each language in place of Wagtail's welcome, so that a new site opens."""

import uuid

from django.db import migrations

HOMES = [("en", "Home", "home"), ("fr", "Accueil", "accueil")]


def open_site(apps, schema_editor):
    model = apps.get_model
    Page, Locale = model("wagtailcore", "Page"), model("wagtailcore", "Locale")
    root = Page.objects.get(depth=1)
    if Page.objects.filter(depth=2).exclude(slug="home").exists():
        return
    Page.objects.filter(depth=2).delete()
    content_type, _ = model("contenttypes", "ContentType").objects.get_or_create(
        app_label="website", model="homepage"
    )
    key = uuid.uuid4()
    homes = [
        model("website", "HomePage").objects.create(
            title=title,
            draft_title=title,
            slug=slug,
            url_path=f"/{slug}/",
            path=f"{root.path}{number:04d}",
            depth=2,
            live=True,
            content_type=content_type,
            locale=Locale.objects.get_or_create(language_code=language)[0],
            translation_key=key,
        )
        for number, (language, title, slug) in enumerate(HOMES, start=1)
    ]
    Page.objects.filter(pk=root.pk).update(numchild=len(homes))
    model("wagtailcore", "Site").objects.update_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "root_page_id": homes[0].pk}
    )


class Migration(migrations.Migration):
    dependencies = [
        ("website", "0001_initial"),
        ("wagtailcore", "0098_apitoken"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(open_site, migrations.RunPython.noop)]
