"""Bundles and tables in the back office: sent, their columns named, seen, taken in, undone."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin.auth import permission_required

from plaidoyer.bundles import imports, reading, tables, undoing
from plaidoyer.bundles.models import BundleImport
from plaidoyer.bundles.reading import BundleError, Tree
from plaidoyer.lib.tables import Columns

may_import = permission_required("bundles.add_bundleimport")


class Upload(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("file"),
        help_text=gettext_lazy("A bundle (JSON), or a table (CSV) of up to 1 MB."),
    )


class TableColumns(Columns):
    """What each column of a table means. The table itself goes along, unseen."""

    meanings = tables.MEANINGS


@may_import
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """What was taken in so far, and the door for the next file: seen before anything is kept."""
    if request.method != "POST":
        return _screen(request, "index", form=Upload(), runs=BundleImport.objects.all())
    name, data = _sent(request)
    if not data:
        form = Upload(request.POST, request.FILES)
        form.is_valid()
        return _screen(request, "index", form=form, runs=BundleImport.objects.all())
    try:
        return _looked_at(request, name, data)
    except BundleError as error:
        messages.error(request, _("Refused, nothing changed: %(why)s") % {"why": error})
        return _screen(request, "index", form=Upload(), runs=BundleImport.objects.all())


def _sent(request: HttpRequest) -> tuple[str, bytes]:
    """The file as it was sent now, or as the step before handed it on."""
    if upload := request.FILES.get("file"):
        most = reading.MEGABYTES * 1_000_000
        return upload.name or "", upload.read(most + 1)
    return request.POST.get("name", "")[:200], request.POST.get("data", "").encode()


def _looked_at(request: HttpRequest, name: str, data: bytes) -> HttpResponse:
    """The next step of a file: its columns, what it would add, or that it is done."""
    handed = {"name": name, "data": data.decode("utf-8-sig", "replace")}
    columns: TableColumns | None = None
    if data.lstrip()[:1] in (b"{", b"["):
        tree = reading.read(data)
    else:
        table = tables.read(data)
        columns = TableColumns(table, request.POST if "order" in request.POST else None)
        if not columns.is_valid():
            return _screen(request, "columns", form=columns, handed=handed)
        try:
            tree = tables.bundle(table, columns.chosen, columns.cleaned_data["order"])
        except BundleError as error:
            columns.add_error(None, str(error))
            return _screen(request, "columns", form=columns, handed=handed)
    if request.POST.get("step") == "take":
        return _taken(request, name, data, tree)
    draft = imports.preview(tree)
    return _screen(request, "preview", draft=draft, handed=handed, columns=columns)


def _taken(request: HttpRequest, name: str, data: bytes, tree: Tree) -> HttpResponse:
    by: Any = request.user
    run = imports.take(tree, name=name, data=data, by=by)
    messages.success(request, _("%(number)d rows were added.") % {"number": len(run.added)})
    return redirect("bundles:index")


@may_import
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes away what one import added, or says what stands on it."""
    try:
        undoing.undo(get_object_or_404(BundleImport, pk=pk))
    except undoing.UndoError as error:
        why = ", ".join(error.reasons)
        messages.error(request, _("It cannot be undone: %(why)s") % {"why": why})
    else:
        messages.success(request, _("Undone."))
    return redirect("bundles:index")


def _screen(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    context |= {
        "header_title": _("Bundles"),
        "header_icon": "download",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("bundles:index"), "label": _("Bundles")},
        ],
    }
    return render(request, f"bundles/{name}.html", context)
