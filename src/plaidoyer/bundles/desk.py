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

may_import = permission_required("bundles.add_bundleimport")


class Upload(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("file"),
        help_text=gettext_lazy("A bundle (JSON), or a table (CSV) of up to 1 MB."),
    )


class Columns(forms.Form):
    """What each column of a table means. The table itself goes along, unseen."""

    order = forms.ChoiceField(
        label=gettext_lazy("days are written"),
        choices=[("iso", "2026-04-30"), ("dmy", "30/04/2026"), ("mdy", "04/30/2026")],
    )

    def __init__(self, table: tables.Table, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "—"), *((name, label) for name, (label, _w) in tables.MEANINGS.items())]
        guesses = tables.guess(table.header)
        for n, (cell, guess) in enumerate(zip(table.header, guesses, strict=True)):
            self.fields[f"column_{n}"] = forms.ChoiceField(
                label=cell or _("column %(number)d") % {"number": n + 1},
                choices=choices,
                required=False,
                initial=guess,
                help_text=" · ".join(filter(None, _examples(table, n))),
            )

    @property
    def meanings(self) -> list[str]:
        """What was chosen, column by column."""
        names = [name for name in self.fields if name.startswith("column_")]
        return [self.cleaned_data[name] for name in names]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        chosen = [value for name, value in data.items() if name.startswith("column_") and value]
        if twice := next((value for value in chosen if chosen.count(value) > 1), None):
            words = {"meaning": tables.MEANINGS[twice][0]}
            raise forms.ValidationError(_("Two columns are “%(meaning)s”.") % words)
        return data


def _examples(table: tables.Table, column: int) -> list[str]:
    cells = (line[column][:40] if column < len(line) else "" for line in table.lines[:3])
    return list(cells)


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
    columns: Columns | None = None
    if data.lstrip()[:1] in (b"{", b"["):
        tree = reading.read(data)
    else:
        table = tables.read(data)
        columns = Columns(table, request.POST if "order" in request.POST else None)
        if not columns.is_valid():
            return _screen(request, "columns", form=columns, handed=handed)
        try:
            tree = tables.bundle(table, columns.meanings, columns.cleaned_data["order"])
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
