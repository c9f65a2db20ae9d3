"""Pages in the back office: edited, previewed, found and translated."""

import pytest
from django.urls import reverse
from wagtail.models import Locale, Page
from wagtail_localize.models import StringTranslation, Translation

from plaidoyer import testing
from plaidoyer.website.models import TextPage

KINDS = ("home", "index", "campaign", "petition", "letter", "text")


@pytest.fixture
def editor(client, db):
    """A browser in which Ed has signed in."""
    client.force_login(testing.make_organiser())
    return client


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_page_can_be_edited_and_previewed(editor, shown, kind):
    page = shown.pages["fr"][kind]

    assert editor.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 200
    preview = page.specific.make_preview_request()
    assert preview.status_code == 200
    assert page.title in preview.text


def test_an_english_page_is_translated_into_french(
    editor, shown, django_capture_on_commit_callbacks
):
    page = shown.pages["en"]["home"].specific.add_child(
        instance=TextPage(title="Press", slug="press", lead="For journalists.", body="<p>Here.</p>")
    )
    french = Locale.objects.get(language_code="fr")

    editor.post(
        reverse("wagtail_localize:submit_page_translation", args=[page.pk]),
        {"locales": [french.pk]},
    )
    translation = Translation.objects.get(
        target_locale=french, source__object_id=page.translation_key
    )
    for segment in translation.source.stringsegment_set.select_related("string", "context"):
        StringTranslation.objects.create(
            translation_of=segment.string,
            locale=french,
            context=segment.context,
            data=segment.string.data.replace("For journalists.", "Pour la presse."),
        )
    with django_capture_on_commit_callbacks(execute=True):
        translation.save_target(publish=True)

    translated = page.get_translation(french).specific
    assert translated.lead == "Pour la presse."
    assert "Pour la presse." in editor.get(translated.get_url()).text


def test_a_campaign_is_one_fact_for_both_languages(shown):
    """What is translated are the words of a page; its campaign and its form stay the same."""
    for kind, fact in (("campaign", "campaign_id"), ("petition", "form_id")):
        french, english = shown.pages["fr"][kind], shown.pages["en"][kind]

        assert getattr(french, fact) == getattr(english, fact)
        names = {field.field_name: field for field in type(french).override_translatable_fields}
        assert not names[fact.removesuffix("_id")].is_overridable(french)


def test_editors_find_a_page_by_its_words(editor, shown):
    from django.core.management import call_command

    call_command("update_index", verbosity=0)

    found = Page.objects.search("monte")

    assert {page.title for page in found} >= {shown.pages["fr"]["campaign"].title}


def test_the_back_office_shows_the_mark_of_the_house(editor):
    text = editor.get(reverse("wagtailadmin_home")).text

    assert "data-wagtail-sidebar-branding-logo><svg" in text
    assert "/style/0b6e6e.svg" in text
