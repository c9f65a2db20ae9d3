"""The plain text of a newsletter, shaped by hand: what stands there is what the mail says."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

from django.utils.translation import gettext as _

from plaidoyer.newsletters.contents import Piece


def tell(piece: Piece, personal: str = "") -> str:
    """One piece as text, with an empty line after it. `personal` stands for the personal line."""
    if piece["kind"] == "personal":
        return f"{personal}\n\n"
    told = SHAPES[piece["kind"]](piece).strip("\n")
    return f"{told}\n\n" if told else ""


def _heading(piece: Piece) -> str:
    # An underline is seen and is not read aloud word by word.
    return f"\n{piece['text']}\n{'-' * min(len(piece['text']), 60)}"


def _picture(piece: Piece) -> str:
    picture = f"[{piece['alt']}]" if piece["alt"] else ""
    return "\n".join(filter(None, [picture, piece["caption"]]))


def _button(piece: Piece) -> str:
    return f"> {piece['label']}\n  {piece['url']}"


def _campaign(piece: Piece) -> str:
    picture = f"[{piece['alt']}]" if piece["alt"] else ""
    invitation = _("Read on and act")
    lines = [picture, piece["title"], piece["lead"], f"> {invitation}", f"  {piece['url']}"]
    return "\n".join(filter(None, lines))


def _figure(piece: Piece) -> str:
    words = f". {piece['words']}" if piece["words"] else ""
    counted = _("Counted on %(at)s.") % {"at": piece["counted_at"]}
    return f"* {piece['number']}\n  {piece['counted']}{words}\n  {counted}"


def _quote(piece: Piece) -> str:
    lines = "\n".join(f"| {line}" for line in piece["lines"])
    return f"{lines}\n| – {piece['who']}"


def _appeal(piece: Piece) -> str:
    way = f"\n\n> {piece['label']}\n  {piece['url']}" if piece["url"] else ""
    return plain(piece["html"]) + way


def _divider(_piece: Piece) -> str:
    return "* * *"


class Plain(HTMLParser):
    """Cleaned rich text as plain text: paragraphs, lists, and addresses after their words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.lists: list[int | None] = []
        self.href = ""
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"ul", "ol"}:
            self.out.append("\n" if self.lists else "\n\n")
            self.lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            self._item()
        elif tag == "br":
            self.out.append("\n")
        elif tag == "a":
            self.href, self.words = dict(attrs).get("href") or "", ""

    def _item(self) -> None:
        number = self.lists[-1] if self.lists else None
        mark = "-"
        if number is not None:
            self.lists[-1] = number + 1
            mark = f"{number + 1}."
        self.out.append("\n" + "  " * (len(self.lists) - 1) + mark + " ")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"p", "ul", "ol"}:
            self.out.append("\n\n")
        if tag in {"ul", "ol"} and self.lists:
            self.lists.pop()
        if tag == "a":
            address = self.href.removeprefix("mailto:")
            if address and address != self.words.strip():
                self.out.append(f" <{address}>")
            self.href = ""

    def handle_data(self, data: str) -> None:
        words = re.sub(r"[ \t\n\r]+", " ", data)
        self.words += words
        self.out.append(words)


def plain(html: str) -> str:
    """`html`, cleaned rich text, as plain text."""
    reader = Plain()
    reader.feed(html)
    reader.close()
    text = re.sub(r"[ \t]+\n", "\n", "".join(reader.out))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


SHAPES: dict[str, Callable[[Piece], str]] = {
    "heading": _heading,
    "text": lambda piece: plain(piece["html"]),
    "picture": _picture,
    "button": _button,
    "campaign": _campaign,
    "figure": _figure,
    "quote": _quote,
    "appeal": _appeal,
    "divider": _divider,
}
