"""What a version says, told in plain pieces: the mail, its text and its web page say the same.

Pages are looked up in the version's language, figures are counted, rich text is cleaned. Every
string comes without slots: nobody's words can pose as one.
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

import nh3
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from wagtail.models import Page
from wagtail.rich_text import expand_db_html

from plaidoyer.actions import counting
from plaidoyer.actions.kinds import KINDS
from plaidoyer.actions.models import ActionForm
from plaidoyer.figures import texts
from plaidoyer.lib import wording
from plaidoyer.newsletters.mailings import without_slots
from plaidoyer.newsletters.models import Version
from plaidoyer.organisation import giving
from plaidoyer.organisation.models import Organisation

TAGS = {"p", "b", "strong", "i", "em", "a", "ul", "ol", "li", "br"}
SCHEMES = {"http", "https", "mailto"}
# A picture is shown 552 wide and drawn for screens of twice the density.
WIDTH = 552
RENDITION = f"width-{2 * WIDTH}|format-jpeg|jpegquality-76"

Piece = dict[str, Any]


@dataclass(frozen=True)
class Contents:
    """The pieces of a version in their order, and what could not be told."""

    language: str
    pieces: list[Piece]
    # Titles of pages that have none in this language.
    missing: list[str] = field(default_factory=list)


def tell(version: Version, *, reader: str = "") -> Contents:
    """The pieces of `version`. `reader` stands for who reads in the addresses of forms; without
    it they are those of the public pages."""
    told = Contents(version.language, [])
    with override(version.language):
        teller = Teller(told, reader, Organisation.current())
        for block in version.body:
            piece = getattr(teller, block.block_type)(block.value)
            if piece is not None:
                told.pieces.append({"kind": block.block_type, **piece})
        _count(told)
    return told


def campaigns(version: Version) -> list[int]:
    """The ids of the campaigns whose cards, buttons or figures a version shows."""
    pages = [_page_of(block.value) for block in version.body]
    found = {_campaign_id(page.specific) for page in pages if page}
    return sorted(key for key in found if key)


def _page_of(value: Any) -> Page | None:
    """The page a block was given, if any."""
    if isinstance(value, Page):
        return value
    return value.get("page") if hasattr(value, "get") else None


def _campaign_id(page: Any) -> int | None:
    """Whose campaign a page tells; none for other pages."""
    if hasattr(page, "campaign_id"):
        return page.campaign_id
    return page.form.campaign_id if hasattr(page, "form") else None


def in_language(page: Page, language: str) -> Page | None:
    """The live page that says the same in `language`."""
    pages = Page.objects.live().public().filter(translation_key=page.translation_key)
    found = pages.filter(locale__language_code=language).first()
    return found.specific if found else None


def clean(html: str) -> str:
    """Rich text with what every mail program draws, whole addresses, and nothing that acts."""
    return nh3.clean(
        without_slots(html),
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes=SCHEMES,
        link_rel=None,
        attribute_filter=_whole_address,
    )


def _whole_address(_tag: str, name: str, value: str) -> str:
    return urljoin(settings.BASE_URL + "/", value) if name == "href" else value


def whole(address: str) -> str:
    """`address` with our own host where it has none."""
    return urljoin(settings.BASE_URL + "/", address)


def picture(image: Any, alt: str) -> Piece:
    """Where a picture is fetched from, its shown size and its words; nothing without a picture."""
    if image is None:
        return {"src": "", "alt": ""}
    drawn = image.get_rendition(RENDITION)
    shown = min(WIDTH, drawn.width)
    height = round(drawn.height * shown / drawn.width)
    return {"src": whole(drawn.url), "width": shown, "height": height, "alt": without_slots(alt)}


def words(text: str, language: str) -> str:
    """Somebody's plain text as it is read in `language`: its figures in words, its spaces right."""
    return wording.spaced(texts.fill(without_slots(text or ""), language), language)


@dataclass
class Teller:
    """Tells one block of each type; None for one that says nothing."""

    told: Contents
    reader: str
    organisation: Organisation
    pages: dict[int, Page | None] = field(default_factory=dict)

    def heading(self, value: str) -> Piece:
        return {"text": self._words(value)}

    def text(self, value: Any) -> Piece:
        return {"html": self._rich(value)}

    def picture(self, value: Any) -> Piece:
        drawn = picture(value["image"], value["alt"])
        return {**drawn, "caption": self._words(value["caption"])}

    def button(self, value: Any) -> Piece | None:
        address = {"url": value["url"] or "", "public_url": value["url"] or ""}
        if value["page"]:
            page = self._page(value["page"])
            if page is None:
                return None
            address = self._addresses(page)
        return {"label": self._words(value["label"]), **address}

    def campaign(self, value: Page) -> Piece | None:
        page: Any = self._page(value)
        if page is None:
            return None
        shown = picture(getattr(page, "picture", None), getattr(page, "picture_alt", ""))
        lead = self._words(page.lead)
        return {"title": self._words(page.title), "lead": lead, **shown, **self._addresses(page)}

    def figure(self, value: Any) -> Piece | None:
        page: Any = self._page(value["page"])
        return page and {"form": page.form, "words": self._words(value["words"])}

    def quote(self, value: Any) -> Piece:
        lines = self._words(value["text"]).splitlines()
        return {"lines": [line for line in lines if line.strip()], "who": self._words(value["who"])}

    def appeal(self, value: Any) -> Piece:
        url = giving.everywhere(self.organisation, self.told.language)
        label = self._words(value["label"])
        return {"html": self._rich(value["text"]), "label": label, "url": url}

    def personal(self, value: Any) -> Piece:
        return {"over": value["over"]}

    def divider(self, _value: Any) -> Piece:
        return {}

    def _words(self, text: str) -> str:
        return words(text, self.told.language)

    def _rich(self, value: Any) -> str:
        html = clean(expand_db_html(value.source) if value else "")
        html = texts.fill(html, self.told.language, linked=True)
        return wording.spaced(html, self.told.language)

    def _page(self, page: Page | None) -> Page | None:
        if page is None:
            self.told.missing.append("")
            return None
        if page.pk not in self.pages:
            self.pages[page.pk] = in_language(page, self.told.language)
        if self.pages[page.pk] is None:
            self.told.missing.append(page.title)
        return self.pages[page.pk]

    def _addresses(self, page: Any) -> Piece:
        """Where a page is read; a form is filled in by a link that knows its reader."""
        public = whole(page.get_url() or "")
        form = getattr(page, "form", None)
        if not (self.reader and form and KINDS[form.kind].form):
            return {"url": public, "public_url": public}
        personal = reverse("actions:personal", args=[self.reader, form.public_id])
        return {"url": settings.BASE_URL + personal, "public_url": public}


def _count(told: Contents) -> None:
    """Fills in the figures: one count for all of them."""
    figures = [piece for piece in told.pieces if piece["kind"] == "figure"]
    forms: list[ActionForm] = [piece["form"] for piece in figures]
    counts = counting.confirmed(forms) if forms else {}
    for piece in figures:
        form = piece.pop("form")
        count = counts[form.pk]
        at = timezone.localtime(count.counted_at)
        piece |= {
            "number": wording.figure(count.value, told.language),
            "counted": KINDS[form.kind].counted(count.value),
            "counted_at": wording.moment(at, told.language),
        }
