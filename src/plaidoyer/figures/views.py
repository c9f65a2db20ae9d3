import csv
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from plaidoyer.figures import reporting, texts
from plaidoyer.figures.models import Figure
from plaidoyer.figures.tellings import tell
from plaidoyer.lib import typed

shared = cache_control(public=True, max_age=60)


def found(name: str) -> tuple[Figure, dict[str, Any]]:
    """A figure and how it is told in the active language. Raises Http404 before its first count."""
    figure = texts.of(name)
    value = figure.values.first() if figure else None
    if figure is None or value is None:
        raise Http404(name)
    return figure, tell(figure, value, get_language() or settings.LANGUAGE_CODE)


@require_safe
@shared
def index(request: HttpRequest) -> HttpResponse:
    """Every figure, with the way to its definition."""
    groups = reporting.index(get_language() or settings.LANGUAGE_CODE)
    return render(request, "figures/index.html", {"groups": groups})


@require_safe
@shared
def figure(request: HttpRequest, name: str) -> HttpResponse:
    """One figure: exactly, when, by which definition, and how to count it again."""
    one, told = found(name)
    context = {
        "figure": one,
        "told": told,
        "parts": reporting.parts(one),
        "history": reporting.history(one),
        "picture_url": settings.BASE_URL + reverse("figure_picture", args=[name, get_language()]),
    }
    return render(request, "figures/figure.html", context)


@require_safe
@shared
def machine(request: HttpRequest, name: str) -> JsonResponse:
    """The same for machines."""
    one, told = found(name)
    history = [
        {"value": value.value, "from": value.first_at, "to": value.counted_at}
        for value in reporting.history(one)
    ]
    own = {"rung": one.rung, "forms": [str(form.public_id) for form in one.forms.all()]}
    period = {"starts_on": one.starts_on, "ends_on": one.ends_on}
    return JsonResponse({"schema": 1, **told, **own, **period, "history": history})


@require_safe
@shared
def table(request: HttpRequest, name: str) -> HttpResponse:
    """The rows behind it, as a table whose last column adds up to it."""
    one, _told = found(name)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{one.name}.csv"'
    writer = csv.writer(response)
    for row in reporting.rows(one):
        writer.writerow([typed.harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return response
