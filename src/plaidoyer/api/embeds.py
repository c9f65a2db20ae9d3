"""How a form stands on other sites: by a script or a frame; a plain link where neither runs."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import override
from wagtail.models import Page

from plaidoyer.actions.models import ActionForm, ActionPage
from plaidoyer.lib import origins

# Of a frame that nothing resizes (oEmbed): most forms fit, the longer ones scroll.
WIDTH, HEIGHT = 640, 900
NARROWEST, LOWEST = 280, 300


def allowed(form: ActionForm) -> list[str]:
    """The origins that may show `form` in a frame; none where what is kept cannot be read."""
    try:
        return origins.read(form.embedded_on)
    except origins.BadOriginError:
        return []


@dataclass(frozen=True, slots=True)
class Snippet:
    """What somebody copies into their site, in one language."""

    language: str
    title: str
    page_url: str
    script_url: str
    frame_path: str

    @property
    def html(self) -> SafeString:
        """A link, and the script that puts the form in its place wherever it may run."""
        return format_html(
            '<p><a href="{}">{}</a></p>\n<script async src="{}" data-language="{}"></script>',
            self.page_url,
            self.title,
            self.script_url,
            self.language,
        )


def snippets(form: ActionForm) -> list[Snippet]:
    """One for each language in which the form has a public page."""
    found = ActionPage.objects.live().public().filter(form=form).select_related("locale")
    return [
        Snippet(
            language=page.locale.language_code,
            title=page.title,
            page_url=settings.BASE_URL + page.get_url(),
            script_url=settings.BASE_URL + reverse("embed_script", args=[form.public_id]),
            frame_path=frame_path(form, page.locale.language_code),
        )
        for page in found.order_by("locale__language_code")
    ]


def frame_path(form: ActionForm, language: str) -> str:
    """Where the form stands for a frame."""
    with override(language):
        return reverse("embed_frame", args=[form.public_id])


def page_at(url: str) -> ActionPage | None:
    """The page of a form that may be embedded somewhere, by its address on this site."""
    if "\x00" in url or not url.startswith(f"{settings.BASE_URL}/"):
        return None
    language, *rest = urlsplit(url).path.removeprefix("/").split("/")
    home = Page.objects.filter(depth=2, locale__language_code=language).first()
    if home is None:
        return None
    path = f"{home.url_path}{'/'.join(rest).strip('/')}/"
    pages = ActionPage.objects.live().public().filter(url_path=path)
    page = pages.select_related("form", "locale").first()
    return page if page and allowed(page.form) else None


def oembed(page: ActionPage, *, width: int, height: int, provider: str) -> dict[str, object]:
    """What oEmbed says of the page: a frame of at most that size (https://oembed.com)."""
    wide = max(min(width, WIDTH), NARROWEST)
    high = max(min(height, HEIGHT), LOWEST)
    return {
        "version": "1.0",
        "type": "rich",
        "title": page.title,
        "provider_name": provider,
        "provider_url": settings.BASE_URL,
        "width": wide,
        "height": high,
        "html": format_html(
            '<iframe src="{}" title="{}" width="{}" height="{}"'
            ' style="border:0;max-width:100%"></iframe>',
            settings.BASE_URL + frame_path(page.form, page.locale.language_code),
            page.title,
            wide,
            high,
        ),
    }
