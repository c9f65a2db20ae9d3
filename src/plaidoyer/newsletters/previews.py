"""What readers will see, shown before it is sent: by language, wide and narrow, light, dark, plain.

Readers are made up: nobody's data is needed to look at a newsletter.
"""

import re
from dataclasses import dataclass
from html import escape

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from wagtail.admin.auth import permission_required

from plaidoyer.newsletters import personal_lines, reasons
from plaidoyer.newsletters.mailings import GIVEN_NAME, PERSONAL, READER, UNSUBSCRIBE_URL, WHY
from plaidoyer.newsletters.models import Mailing, Version
from plaidoyer.newsletters.screens import frame
from plaidoyer.organisation.models import Organisation

# Nothing of ours runs in a preview, and it asks no machine but this one for its pictures.
POLICY = (
    "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; "
    "frame-ancestors 'self'"
)
DARK = re.compile(r"@media\s*\(prefers-color-scheme:\s*dark\)")


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody made up: what they are called, and what part of the campaigns they took part in."""

    code: str
    label: str | Promise
    given_name: str
    share: float


READERS = [
    Reader("suzie", gettext_lazy("Suzie, who took part in many campaigns"), "Suzie", 0.7),
    Reader("laura", gettext_lazy("Laura, who took part in one campaign"), "Laura", 0.01),
    Reader("nobody", gettext_lazy("a reader without a name, who took part in none"), "", 0),
]
SHAPES = {
    "phone": gettext_lazy("Phone"),
    "desktop": gettext_lazy("Desktop"),
    "dark": gettext_lazy("Phone, dark"),
    "text": gettext_lazy("Plain text"),
}


def slots(version: Version, reader: Reader) -> dict[str, str]:
    """What would be the reader's own, for the made-up `reader`; links lead nowhere personal."""
    out_of = len(version.personal_over)
    sender = Organisation.current().name.in_language(version.language)
    took = min(out_of, max(1, round(out_of * reader.share))) if reader.share else 0
    return {
        GIVEN_NAME: f" {reader.given_name}" if reader.given_name else "",
        PERSONAL: personal_lines.sentence(version.language, took, out_of) if out_of else "",
        READER: "preview",
        UNSUBSCRIBE_URL: f"{settings.BASE_URL}/u/preview/",
        WHY: reasons.sentence(version.language, sender, None),
    }


def filled(text: str, version: Version, reader: Reader, *, is_html: bool) -> str:
    """`text` of a version as the made-up `reader` sees it."""
    quote = escape if is_html else str
    values = slots(version, reader).items()
    return text.translate({ord(slot): quote(value) for slot, value in values})


def in_light(html: str) -> str:
    """The HTML as light screens draw it, whatever screen it is looked at on."""
    return DARK.sub("@media not all", html)


def in_dark(html: str) -> str:
    """The HTML as dark screens draw it, whatever screen it is looked at on."""
    return DARK.sub("@media all", html)


def chosen(code: str) -> Reader:
    """The reader of that code; the first for anything else."""
    return next((reader for reader in READERS if reader.code == code), READERS[0])


@permission_required("newsletters.view_mailing")
@never_cache
@require_safe
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """Every version beside the others, in the chosen shape, as the chosen reader sees it."""
    mailing = get_object_or_404(Mailing, pk=pk)
    shape = request.GET.get("shape", "phone")
    names, sender = dict(settings.LANGUAGES), Organisation.current().name
    versions = [
        {
            "version": version,
            "name": names.get(version.language, version.language),
            "sender": sender.in_language(version.language),
        }
        for version in mailing.versions.order_by("-language")
    ]
    context = {
        "versions": versions,
        "readers": READERS,
        "reader": chosen(request.GET.get("reader", "")),
        "shapes": SHAPES,
        "shape": shape if shape in SHAPES else "phone",
    }
    return render(
        request, "newsletters/desk/look.html", context | frame(_("Preview"), mailing, "look")
    )


@permission_required("newsletters.view_mailing")
@never_cache
@require_safe
def part(request: HttpRequest, pk: int, language: str, shape: str) -> HttpResponse:
    """One version alone, to stand in a sandboxed frame of `look`."""
    version = get_object_or_404(Version, mailing=pk, language=language)
    if shape not in SHAPES:
        raise Http404
    reader = chosen(request.GET.get("reader", ""))
    if shape == "text":
        told = filled(version.text, version, reader, is_html=False)
        response = HttpResponse(told, content_type="text/plain; charset=utf-8")
    else:
        html = filled(version.html, version, reader, is_html=True)
        response = HttpResponse(in_dark(html) if shape == "dark" else in_light(html))
    response["Content-Security-Policy"] = POLICY
    return response
