import io
import tarfile
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header
from django.utils.translation import get_language_from_request
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.static import serve
from wagtail.contrib.sitemaps.views import sitemap as wagtail_sitemap

from plaidoyer.website import palettes, pictures
from plaidoyer.website.sitemaps import SITEMAPS

# The pictures that a browser only ever paints.
SHOWN = {"image/avif", "image/gif", "image/jpeg", "image/png", "image/webp"}
# What somebody uploaded does nothing, wherever it is opened.
INERT = "default-src 'none'; sandbox"
# Mails show it in pages of others.
FOR_ALL = {"Cross-Origin-Resource-Policy": "cross-origin"}


@require_safe
def choose_language(request: HttpRequest) -> HttpResponse:
    """The bare address leads to the home page in the visitor's language."""
    response = redirect(f"/{get_language_from_request(request)}/")
    patch_vary_headers(response, ["Accept-Language"])
    return response


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when pages and database answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


@require_safe
@cache_control(public=True, max_age=3600)
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Pictures of pages are shown; any other file, such as evidence, is downloaded.

    An HTML or SVG file that somebody gave as evidence must never run as a page of this site. A
    web server in front that takes this over keeps the same rule.
    """
    try:
        response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    except OSError:  # a name longer than the file system allows
        raise Http404(path) from None
    if response.headers.get("Content-Type") not in SHOWN:
        name = content_disposition_header(as_attachment=True, filename=Path(path).name)
        response.headers["Content-Disposition"] = name
        response.headers["Content-Type"] = "application/octet-stream"
    said = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": INERT}
    for name, value in (FOR_ALL | said).items():
        response.headers[name] = value
    return response


@require_safe
@cache_control(public=True, max_age=86400)
def style(request: HttpRequest, accent: str) -> HttpResponse:
    """The organisation's colour as custom properties, readable in light and in dark."""
    context = {"light": palettes.light(accent), "dark": palettes.dark(accent)}
    return render(request, "website/style.css", context, content_type="text/css")


@require_safe
@cache_control(public=True, max_age=86400)
def icon(request: HttpRequest, accent: str) -> HttpResponse:
    """The mark in the organisation's colour, for the browser's tab."""
    context = {"fill": palettes.light(accent).fill}
    return render(request, "website/icon.svg", context, content_type="image/svg+xml")


@require_safe
@cache_control(public=True, max_age=600)
def picture(request: HttpRequest, public_id: str, language: str) -> HttpResponse:
    """What networks show beside a link to a form: its title and its count, of no one person."""
    return drawn(request, pictures.of(public_id, language))


@require_safe
@cache_control(public=True, max_age=600)
def figure_picture(request: HttpRequest, name: str, language: str) -> HttpResponse:
    """What networks show beside a link to a figure."""
    return drawn(request, pictures.of_figure(name, language))


def drawn(request: HttpRequest, found: pictures.Picture | None) -> HttpResponse:
    """A picture as PNG; nothing where its reader has it. Raises Http404 where there is none."""
    if found is None:
        raise Http404
    etag = f'"{found.etag}"'
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers={"ETag": etag})
    return HttpResponse(found.png(), content_type="image/png", headers={"ETag": etag, **FOR_ALL})


@require_safe
@cache_control(public=True, max_age=86400)
def robots(request: HttpRequest) -> HttpResponse:
    """Public pages are for search engines; the back office and personal links are not."""
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /u/", ""]
    lines.append(f"Sitemap: {settings.BASE_URL}{reverse('sitemap')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


@require_safe
@cache_control(public=True, max_age=3600)
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page in every language."""
    return wagtail_sitemap(request, SITEMAPS)


@cache
def archive() -> bytes:
    """This very program as a tar archive; made once for each process."""
    package = settings.PACKAGE_DIR
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        tar.add(package, package.name, filter=own_file)
    return buffer.getvalue()


def own_file(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Leaves out what Python compiled; names nobody's machine."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return None if Path(entry.name).name == "__pycache__" else entry


@require_safe
@cache_control(public=True, max_age=3600)
def source(request: HttpRequest) -> HttpResponse:
    """The source of the running program, changes included, as section 13 of the AGPL asks."""
    headers = {"Content-Disposition": 'attachment; filename="plaidoyer.tar.gz"'}
    return HttpResponse(archive(), content_type="application/gzip", headers=headers)
