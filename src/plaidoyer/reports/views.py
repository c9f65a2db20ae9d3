"""The published editions, for everybody: each page is read from its document and nothing else."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from plaidoyer.reports.models import Document

A_DAY = 24 * 60 * 60


@require_safe
@cache_control(public=True, max_age=300)
def index(request: HttpRequest) -> HttpResponse:
    """All published editions in this language, the newest first."""
    documents = Document.objects.filter(language=get_language()).order_by("-edition__ends_on")
    told = documents.values(
        "edition__slug",
        "content__title",
        "content__period",
        "content__published",
        "content__groups",
    )
    editions = [{key.split("__")[1]: value for key, value in row.items()} for row in told]
    return render(request, "reports/index.html", {"editions": editions})


@require_safe
@cache_control(public=True, max_age=300)
def edition(request: HttpRequest, slug: str) -> HttpResponse:
    document = get_object_or_404(
        Document.objects.defer("pdf"), edition__slug=slug, language=get_language()
    )
    return page(request, document.content, slug)


def page(request: HttpRequest, tree: dict, slug: str, **context: Any) -> HttpResponse:
    """The web page of the edition told in `tree`."""
    context |= {"d": tree, "l": tree["labels"], "slug": slug}
    return render(request, "reports/edition.html", context)


@require_safe
@cache_control(public=True, max_age=A_DAY)
def chart(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The picture of acts over time, for light or dark."""
    pictures = Document.objects.filter(edition__slug=slug, language=get_language())
    svg = pictures.values_list(f"content__chart__{key}", flat=True).first()
    if not svg:
        raise Http404
    return HttpResponse(svg, content_type="image/svg+xml")


@require_safe
@cache_control(public=True, max_age=A_DAY)
def pdf(request: HttpRequest, slug: str, name: str, language: str) -> HttpResponse:
    if name != slug:
        raise Http404
    document = get_object_or_404(
        Document.objects.only("pdf"), edition__slug=slug, language=language
    )
    headers = {"Content-Disposition": f'inline; filename="{slug}-{language}.pdf"'}
    return HttpResponse(bytes(document.pdf), content_type="application/pdf", headers=headers)
