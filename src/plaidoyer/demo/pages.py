"""The pages in both languages, translated the way their editors would: side by side."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.text import slugify
from wagtail.images import get_image_model
from wagtail.models import Locale, Page, Site
from wagtail_localize.models import (
    StringSegment,
    StringTranslation,
    Translation,
    TranslationSource,
)
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments

from plaidoyer.actions.models import ActionForm, ActionPage
from plaidoyer.demo import book, pictures
from plaidoyer.demo.arvane import Cause
from plaidoyer.lib.words import Words
from plaidoyer.website.models import CampaignIndexPage, CampaignPage, HomePage, TextPage

WRITTEN_IN, TRANSLATED_TO = "en", "fr"
SLUGS = {
    "petition": Words(fr="signer", en="sign"),
    "letter": Words(fr="ecrire", en="write"),
    "vote_drive": Words(fr="demander-un-vote", en="ask-for-a-vote"),
    "official_petition": Words(fr="petition-officielle", en="official-petition"),
    "open_letter": Words(fr="cosigner", en="co-sign"),
    "call": Words(fr="appeler", en="call"),
    "share": Words(fr="faire-passer", en="pass-it-on"),
}
HOME = Words(fr="accueil", en="home")
# Below the home page: those in the header first.
TEXTS = {"about": True, "how-we-count": False, "privacy": False}


def open_site() -> Site:
    """The site with its two languages and home pages, in place of Wagtail's welcome."""
    for language in (WRITTEN_IN, TRANSLATED_TO):
        Locale.objects.get_or_create(language_code=language)
    Page.objects.filter(depth=2).delete()
    root = Page.objects.get(depth=1)
    home = put(HomePage, root, slug=HOME, **book.read("pages/home.toml"))
    address = urlsplit(settings.BASE_URL)
    site, _new = Site.objects.update_or_create(
        is_default_site=True,
        defaults={
            "hostname": address.hostname or "localhost",
            "port": address.port or (443 if address.scheme == "https" else 80),
            "root_page": home,
        },
    )
    return site


def open_texts(home: Page) -> CampaignIndexPage:
    """The list of campaigns, for whom it gives, and the pages about the coalition itself."""
    words = book.read("pages/campaigns.toml")
    index = put(CampaignIndexPage, home, show_in_menus=True, **words)
    for name, in_menus in TEXTS.items():
        words = book.read(f"pages/{name}.toml")
        put(TextPage, home, show_in_menus=in_menus, **words | {"body": rich(words["body"])})
    return index


def open_campaign(index: Page, cause: Cause) -> None:
    """The pages of a campaign and of its forms."""
    words, picture = cause.book["page"], cause.book["picture"]
    page = put(
        CampaignPage,
        index,
        title=cause.book["name"],
        lead=words["lead"],
        body=rich(words["body"]),
        picture_alt=picture["alt"],
        campaign=cause.campaign,
        picture=hang(cause.campaign.slug, picture),
    )
    for form, told in zip(cause.forms, cause.book.get("forms", []), strict=True):
        put_form(page, form, told)


def addresses() -> dict[tuple[int, str], str]:
    """Where each form is filled in, by form and language."""
    shown = ActionPage.objects.select_related("locale")
    return {(page.form_id, page.locale.language_code): page.get_url() or "" for page in shown}


def put_form(parent: Page, form: ActionForm, told: dict[str, Any]) -> Page:
    """The page on which a form is filled in."""
    return put(
        ActionPage,
        parent,
        slug=SLUGS[form.kind],
        title=told["name"],
        lead=told["lead"],
        body=rich(told["body"]),
        thanks=rich(told["thanks"]),
        form=form,
    )


def rich(words: Words) -> Words:
    """The words as HTML."""
    return Words({language: book.rich(text) for language, text in words.items()})


def hang(name: str, picture: dict[str, Any]) -> Any:
    """The campaign's picture, drawn and kept in Wagtail's library."""
    drawn = pictures.draw(name, picture["light"], picture["features"])
    image = get_image_model()(
        title=picture["alt"][WRITTEN_IN],
        file=ContentFile(drawn, f"{name}.webp"),
        width=pictures.WIDTH,
        height=pictures.HEIGHT,
    )
    image.save()
    return image


def put[P: Page](kind: type[P], parent: Page, **columns: Any) -> P:
    """Publishes a page below `parent`, and its translation below the translation of `parent`."""
    columns.setdefault("slug", slug(columns["title"]))
    page, translated = (in_language(kind, one, columns) for one in (WRITTEN_IN, TRANSLATED_TO))
    translated.translation_key = page.translation_key
    parent.add_child(instance=page)
    other = parent if parent.is_root() else parent.get_translation(translated.locale)
    other.add_child(instance=translated)
    pair(page, translated)
    return page


def slug(title: Words) -> Words:
    """The title as a part of an address in each language; « l’eau » is "l-eau"."""
    return Words({lang: slugify(text.replace("’", " ")) for lang, text in title.items()})


def in_language[P: Page](kind: type[P], language: str, columns: dict[str, Any]) -> P:
    """The page in one language, not yet anywhere."""
    texts = {
        name: value[language] if isinstance(value, Words) else value
        for name, value in columns.items()
    }
    now = timezone.now()
    published = {"live": True, "first_published_at": now, "last_published_at": now}
    return kind(locale=Locale.objects.get(language_code=language), **published, **texts)


def pair(page: Page, translated: Page) -> None:
    """Lets editors see the two pages side by side, text by text, as translation of one another.

    Raises ValueError when they do not have the same paragraphs.
    """
    source, _new = TranslationSource.update_or_create_from_instance(page)
    texts = [one for one in extract_segments(translated) if isinstance(one, StringSegmentValue)]
    segments = StringSegment.objects.filter(source=source).order_by("order")
    StringTranslation.objects.bulk_create(
        StringTranslation(
            translation_of_id=segment.string_id,
            locale=translated.locale,
            context_id=segment.context_id,
            data=text.string.data,
            translation_type=StringTranslation.TRANSLATION_TYPE_MANUAL,
        )
        for segment, text in zip(segments, texts, strict=True)
    )
    Translation.objects.create(source=source, target_locale=translated.locale)
