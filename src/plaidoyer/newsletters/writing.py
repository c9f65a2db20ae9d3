"""Writing a newsletter: blocks become a mail, its text and its web page, once for all readers.

MJML gives HTML that old mail programs can draw; its styles are put on the elements. What the
reader's copy adds (newsletters.copies) are the slots of newsletters.mailings.
"""

import secrets
from dataclasses import dataclass, field
from html import escape
from typing import Any

import css_inline
import mjml
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.text import slugify
from django.utils.translation import override

from plaidoyer.figures import texts as figures
from plaidoyer.newsletters import archive, colours, contents, personal_lines, texts
from plaidoyer.newsletters.mailings import (
    GIVEN_NAME,
    PERSONAL,
    READER,
    UNSUBSCRIBE_URL,
    WHY,
    without_slots,
)
from plaidoyer.newsletters.models import Mailing, Version
from plaidoyer.organisation.models import Organisation

# Where a reader chooses among topics: a page behind that of their way out.
PREFERENCES_URL = f"{UNSUBSCRIBE_URL}preferences/"


@dataclass
class Held:
    """Strings that wait outside while MJML works: it keeps only ASCII in an attribute."""

    strings: dict[str, str] = field(default_factory=dict)

    def hold(self, string: str) -> str:
        """What stands for `string`; nobody can guess it."""
        key = f"x{secrets.token_hex(12)}"
        self.strings[key] = string
        return key

    def address(self, string: str) -> str:
        """What stands for an address, and looks like one."""
        return f"https://{self.hold(string)}.invalid/"

    def put_back(self, text: str, quote: Any = escape) -> str:
        """`text` with every string in its place."""
        for key, string in self.strings.items():
            put = quote(string)
            text = text.replace(f"https://{key}.invalid/", put).replace(key, put)
        return text


def compile_version(version: Version) -> contents.Contents:
    """Fills in `html`, `text` and `web` of a version from its blocks; does not save it."""
    held = Held()
    told = contents.tell(version, reader=held.hold(READER))
    version.personal_over = personal_lines.over(version)
    with override(version.language):
        frame = _frame(version)
        version.html = _html(told, frame, held)
        version.text = _text(told, frame, held)
        version.web = _web(told)
    return told


def _frame(version: Version) -> dict[str, Any]:
    """What stands around the blocks."""
    organisation, language = Organisation.current(), version.language
    return {
        "language": language,
        "title": contents.words(version.subject, language),
        "preheader": contents.words(version.preheader, language),
        "organisation": without_slots(organisation.name.in_language(language)),
        "address": [line for line in organisation.postal_address.splitlines() if line.strip()],
        "contact": organisation.contact_email,
        "given_name": GIVEN_NAME,
        "why": WHY,
        "unsubscribe_url": UNSUBSCRIBE_URL,
        "preferences_url": PREFERENCES_URL,
        "web_url": web_url(version) if version.mailing.on_web else "",
        "c": colours.light(organisation.accent),
        "d": colours.dark(organisation.accent),
    }


def _html(told: contents.Contents, frame: dict[str, Any], held: Held) -> str:
    pieces = [
        {
            **piece,
            "template": f"newsletters/mail/{piece['kind']}.mjml",
            **({"held_alt": held.hold(piece["alt"])} if "alt" in piece else {}),
            **({"url": held.address(piece["url"])} if piece.get("url") else {}),
        }
        for piece in told.pieces
    ]
    waiting = {
        "pieces": pieces,
        "personal": PERSONAL,
        "hold": {"title": held.hold(frame["title"])},
        "unsubscribe_url": held.address(frame["unsubscribe_url"]),
        "preferences_url": held.address(frame["preferences_url"]),
    }
    framed = mjml.mjml2html(
        render_to_string("newsletters/mail/newsletter.mjml", {**frame, **waiting})
    )
    inliner = css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)
    return held.put_back(held.put_back(inliner.inline(framed)))


def _web(told: contents.Contents) -> str:
    """What the site shows: its own pictures and pages without the host, as everywhere on it."""
    pieces = [
        {
            **piece,
            "src": piece.get("src", "").removeprefix(settings.BASE_URL),
            "public_url": piece.get("public_url", "").removeprefix(settings.BASE_URL),
        }
        for piece in told.pieces
    ]
    return render_to_string("newsletters/mail/web.html", {"pieces": pieces})


def _text(told: contents.Contents, frame: dict[str, Any], held: Held) -> str:
    pieces = [texts.tell(piece, PERSONAL) for piece in told.pieces]
    text = render_to_string("newsletters/mail/newsletter.txt", {**frame, "told": pieces})
    return held.put_back(text, quote=str)


def web_url(version: Version) -> str:
    """The whole address of the version on the site; nothing before it has a short name."""
    return settings.BASE_URL + archive.address(version) if version.slug else ""


def name(version: Version) -> None:
    """Gives a version its short name, once: from its subject, another than all others'."""
    if version.slug or not version.subject.strip():
        return
    plain = slugify(version.subject.replace("’", " "))[:60].strip("-") or "letter"
    taken = set(
        Version.objects.filter(language=version.language, slug__startswith=plain)
        .exclude(pk=version.pk)
        .values_list("slug", flat=True)
    )
    numbered = (f"{plain}-{number}" for number in range(2, len(taken) + 3))
    version.slug = plain if plain not in taken else next(s for s in numbered if s not in taken)


def is_written(mailing: Mailing) -> bool:
    """Whether the mailing was written here, of blocks; else it came ready-made."""
    return any(version.body for version in mailing.versions.all())


@transaction.atomic
def save(versions: list[Version]) -> list[contents.Contents]:
    """Keeps versions of one mailing, compiled as they stand now."""
    told = []
    for version in versions:
        name(version)
        told.append(compile_version(version))
        version.save()
    return told


def settle(mailing: Mailing) -> None:
    """Compiles a written mailing anew, so that it leaves with the figures of this moment.

    From here on its subjects say them too. To be called before its audience is frozen; a
    ready-made version stays as it is.
    """
    written = [version for version in mailing.versions.select_related("mailing") if version.body]
    for version in written:
        version.subject, version.subject_b = subjects(version)
    save(written)


def subjects(version: Version) -> list[str]:
    """Both subjects of a version as they are read now, with their figures in words."""
    said = (version.subject, version.subject_b)
    return [figures.fill(without_slots(subject), version.language)[:250] for subject in said]


def copy_structure(source: Version, target: Version) -> bool:
    """Gives an empty version the blocks of another, to be translated one by one.

    False when the target has blocks already: nobody's words are written over.
    """
    if target.body or not source.body:
        return False
    field = Version._meta.get_field("body")
    raw = [{"type": one["type"], "value": one["value"]} for one in source.body.get_prep_value()]
    target.body = field.to_python(raw)  # blocks get ids of their own when they are saved
    return True
