"""The published editions, for everybody: each page is read from its document and nothing else."""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from plaidoyer.evidence import links
from plaidoyer.reports import charts, corrections, machines, naming, schemas, sharing
from plaidoyer.reports.models import CorrectedPaper, Document, Picture

A_DAY = 24 * 60 * 60
FIVE_MINUTES = 300


@require_safe
@cache_control(public=True, max_age=FIVE_MINUTES)
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


def _document(slug: str) -> Document:
    """The edition in the language of the page. Raises Http404."""
    documents = Document.objects.defer("pdf")
    found = get_object_or_404(documents, edition__slug=slug, language=get_language())
    found.content = schemas.current(found.content)
    return found


@require_safe
@cache_control(public=True, max_age=FIVE_MINUTES)
def edition(request: HttpRequest, slug: str) -> HttpResponse:
    document = _document(slug)
    tree = document.content
    said = corrections.of(slug, document.language, tree)
    mark_dead(tree)
    return page(request, tree, slug, corrections=said, sha256=document.sha256)


def mark_dead(tree: dict[str, Any]) -> None:
    """Says of evidence whose link no longer answers since when; the document says nothing of it."""
    proofs = [
        proof
        for group in tree["groups"]
        for item in group["items"]
        for milestone in item["milestones"]
        for proof in milestone["evidence"]
    ]
    gone = links.dead(proof["url"] for proof in proofs)
    for proof in proofs:
        proof["dead"] = gone.get(proof["url"])


def page(
    request: HttpRequest,
    tree: dict[str, Any],
    slug: str,
    *,
    preview: Mapping[str, bytes] | None = None,
    **context: Any,
) -> HttpResponse:
    """The web page of the edition told in `tree`; of a preview, with its pictures in the page."""
    address(tree, slug, preview)
    naming.linked(tree)
    context |= {"d": tree, "l": tree["labels"], "slug": slug, "preview": preview is not None}
    context["described"] = json.dumps(described(tree)).replace("<", "\\u003c")
    return render(request, "reports/edition.html", context)


SIZE = re.compile(r'<svg[^>]*? width="(\d+)[^"]*" height="(\d+)')


def address(tree: dict[str, Any], slug: str, preview: Mapping[str, bytes] | None) -> None:
    """Gives every chart and picture of `tree` the address it is fetched from."""
    for chart in drawn(tree):
        # So that its place is kept while it is on its way.
        if size := SIZE.search(chart.get("svg", "")):
            chart["width"], chart["height"] = size.groups()
        if preview is None:
            names = {"src": f"{chart['key']}.svg", "src_dark": f"{chart['key']}-dark.svg"}
            chart |= {k: reverse("reports:chart", args=[slug, name]) for k, name in names.items()}
        else:
            chart["src"] = _inline(chart["svg"].encode(), "svg+xml")
            chart["src_dark"] = _inline(chart["svg_dark"].encode(), "svg+xml")
    for group in tree["groups"]:
        for item in group["items"]:
            if picture := item.get("picture"):
                name = picture["name"]
                picture["src"] = (
                    reverse("reports:picture", args=[slug, name])
                    if preview is None
                    else _inline(preview[name], "jpeg")
                )


def drawn(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every chart of the edition, those of its items too."""
    yield from tree.get("charts", [])
    for group in tree["groups"]:
        for item in group["items"]:
            yield from item.get("charts", [])


def _inline(data: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def described(tree: dict[str, Any]) -> dict[str, Any]:
    """The edition for search engines (schema.org, JSON-LD)."""
    organisation = {"@type": "NGO", "name": tree["organisation"]["name"]}
    return {
        "@context": "https://schema.org",
        "@type": "Report",
        "name": tree["title"],
        "inLanguage": tree["language"],
        "temporalCoverage": f"{tree['starts_on']}/{tree['ends_on']}",
        "datePublished": tree["counted_at"],
        "url": tree["web_url"],
        "author": organisation,
        "publisher": organisation,
        "encoding": {
            "@type": "MediaObject",
            "contentUrl": tree["pdf_url"],
            "encodingFormat": "application/pdf",
        },
        "hasPart": [
            {
                "@type": "Article",
                "headline": item["title"],
                "articleSection": group["label"],
                "url": f"{tree['web_url']}#{item['anchor']}",
            }
            for group in tree["groups"]
            for item in group["items"]
        ],
    }


@require_safe
@cache_control(public=True, max_age=FIVE_MINUTES)
def item(request: HttpRequest, slug: str, campaign: str) -> HttpResponse:
    """One campaign of an edition by itself, to be passed on: what stands under its heading."""
    document = _document(slug)
    group, told = _part(document.content, campaign)
    tree = document.content | {"groups": [group | {"items": [told]}], "charts": []}
    said_here = " ".join(
        line for part in (told["text"], told["quote"]) for row in part for line in row
    )
    tree["named"] = [one for one in tree["named"] if one["phrase"] in said_here]
    said = [
        one
        for one in corrections.of(slug, document.language, tree)
        if one["about"] == told["anchor"]
    ]
    mark_dead(tree)
    address(tree, slug, None)
    naming.linked(tree)
    context = {"d": tree, "l": tree["labels"], "slug": slug, "group": group, "item": told}
    context |= {"campaign": campaign, "corrections": said}
    return render(request, "reports/item.html", context)


def _part(tree: dict[str, Any], campaign: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The group and the item of a campaign, by its short name. Raises Http404."""
    for group in tree["groups"]:
        for told in group["items"]:
            if told["anchor"] == f"c-{campaign}":
                return group, told
    raise Http404


@require_safe
@cache_control(public=True, max_age=A_DAY)
def share_item(request: HttpRequest, slug: str, campaign: str) -> HttpResponse:
    """The picture that networks show beside a link to one campaign of an edition."""
    tree = _document(slug).content
    group, told = _part(tree, campaign)
    drawn = sharing.of_item(tree, told, group["label"])
    return HttpResponse(drawn, content_type="image/png")


@require_safe
@cache_control(public=True, max_age=A_DAY)
def chart(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """A chart as it was published: KEY.svg, KEY-dark.svg or, for mail, KEY.png."""
    key, _dot, kind = name.rpartition(".")
    dark = key.endswith("-dark")
    wanted = key.removesuffix("-dark") if dark else key
    found = next((c for c in drawn(_document(slug).content) if c["key"] == wanted), None)
    if found is None or kind not in ("svg", "png"):
        raise Http404
    svg = found["svg_dark" if dark else "svg"]
    if kind == "png":
        return HttpResponse(charts.png(svg), content_type="image/png")
    return HttpResponse(svg, content_type="image/svg+xml")


@require_safe
@cache_control(public=True, max_age=A_DAY, immutable=True)
def picture(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """A picture of an item as it was published."""
    found = get_object_or_404(Picture, edition__slug=slug, name=name)
    return HttpResponse(bytes(found.data), content_type="image/jpeg")


@require_safe
@cache_control(public=True, max_age=A_DAY)
def share(request: HttpRequest, slug: str) -> HttpResponse:
    """The picture that networks show beside a link."""
    return HttpResponse(sharing.png(_document(slug).content), content_type="image/png")


@require_safe
@cache_control(public=True, max_age=FIVE_MINUTES)
def figures_json(request: HttpRequest, slug: str) -> HttpResponse:
    """Every figure with its definition and evidence, for programs."""
    document = _document(slug)
    said = corrections.of(slug, document.language, document.content)
    tree = machines.json(document.content, document.sha256, said)
    return JsonResponse(tree, json_dumps_params={"ensure_ascii": False, "indent": 1})


@require_safe
@cache_control(public=True, max_age=FIVE_MINUTES)
def figures_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The same figures as a table."""
    document = _document(slug)
    name = f"{slug}-{document.language}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    text = "\ufeff" + machines.csv(document.content)
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
@cache_control(public=True, max_age=FIVE_MINUTES)
def pdf(request: HttpRequest, slug: str, name: str, language: str) -> HttpResponse:
    """The newest PDF: as published or, once there are corrections, with them in front."""
    paper = CorrectedPaper.objects.filter(
        document__edition__slug=slug, document__language=language
    ).order_by("-correction")
    newest = paper.values_list("pdf", flat=True).first()
    return _paper(slug, name, language, newest)


@require_safe
@cache_control(public=True, max_age=A_DAY)
def original(request: HttpRequest, slug: str, name: str, language: str) -> HttpResponse:
    """The PDF as it was first published, to the byte."""
    return _paper(slug, name, language, None)


def _paper(slug: str, name: str, language: str, drawn: Any) -> HttpResponse:
    if name != slug or language not in dict(settings.LANGUAGES):
        raise Http404
    if drawn is None:
        documents = Document.objects.only("pdf")
        drawn = get_object_or_404(documents, edition__slug=slug, language=language).pdf
    headers = {"Content-Disposition": f'inline; filename="{slug}-{language}.pdf"'}
    return HttpResponse(bytes(drawn), content_type="application/pdf", headers=headers)
