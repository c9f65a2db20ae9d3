"""Imports in the back office: a source is chosen, its file is seen, kept, and undone if need be."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin import messages
from wagtail.admin.auth import permission_required

from plaidoyer.civics import contacts, imports, reporting, sources, uploads
from plaidoyer.civics.forms import SourceForm
from plaidoyer.civics.imports import Draft, UndoError
from plaidoyer.civics.models import ContactDetail, ImportRun, Upload
from plaidoyer.civics.sources import Source, SourceError, files

# A form has a few fields besides its file.
ROOM = 1024 * 1024


@csrf_exempt  # so that nothing is read of a file that is too large; guarded right below
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("civics.add_importrun")
def new(request: HttpRequest) -> HttpResponse:
    """Asks for a source, then for its file; shows at once why a file cannot be read."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > files.LIMIT + ROOM:
        message = _("The file is larger than %(size)s MiB.")
        messages.error(request, message % {"size": files.LIMIT // files.MEBIBYTE})
        return redirect("imports:new")
    return _new(request)


@csrf_protect
def _new(request: HttpRequest) -> HttpResponse:
    name = request.GET.get("source", "")
    source = next((one for one in sources.known() if one.name == name), None)
    if source is None:
        listed = {"sources": list(sources.known())}
        return render(request, "civics/desk/sources.html", listed | _screen(_("Import")))
    form = SourceForm(source, request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid() and (upload := _kept(request, source, form)):
        return redirect("imports:preview", upload.pk)
    context = {"source": source, "form": form} | _screen(str(source.label))
    return render(request, "civics/desk/source.html", context)


def _kept(request: HttpRequest, source: Source, form: SourceForm) -> Upload | None:
    """The file, kept for its preview; nothing, and an error beside it, where it cannot be read."""
    upload = uploads.keep(
        source=source.name,
        name=form.cleaned_data["name"],
        content=form.cleaned_data["content"],
        options=form.said,
        as_of=form.cleaned_data["as_of"],
        by=request.user,  # type: ignore[arg-type]
    )
    try:
        imports.preview(uploads.read(upload), upload.as_of)
    except SourceError as error:
        upload.delete()
        form.add_error(form.place, error.told)
        return None
    return upload


@permission_required("civics.add_importrun")
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows what a file would change; imports it when that is asked for."""
    upload = Upload.objects.filter(pk=pk, uploaded_by=request.user).first()  # type: ignore[misc]
    if upload is None:
        messages.warning(
            request, _("This file is here no longer: it was imported, or a day passed.")
        )
        return redirect("imports:index")
    try:
        if request.POST.get("step") == "keep":
            run = uploads.carry_out(upload, request.user)  # type: ignore[arg-type]
            messages.success(request, _("The file is imported."))
            return redirect("imports:run", run.pk)
        draft = imports.preview(uploads.read(upload), upload.as_of)
    except SourceError as error:
        messages.error(request, error.told)
        return redirect("imports:new")
    context = {"upload": upload, "draft": draft, **_told(draft)} | _screen(_("What changes"))
    return render(request, "civics/desk/preview.html", context)


def _told(draft: Draft) -> dict[str, Any]:
    return {
        "source": None,
        "counts": reporting.counts(draft.counts),
        "examples": reporting.examples(draft),
        "lists": [
            (_("In conflict: what is held stays"), draft.conflicts[:200], len(draft.conflicts)),
            (_("Left out or doubtful"), draft.warnings[:200], len(draft.warnings)),
        ],
    }


@permission_required("civics.view_importrun")
@require_safe
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """One import: what was read, from where, what it changed."""
    found = get_object_or_404(ImportRun.objects.select_related("imported_by", "undone_by"), pk=pk)
    return _run(request, found)


def _run(request: HttpRequest, run: ImportRun, reasons: tuple[str, ...] = ()) -> HttpResponse:
    context = {
        "run": run,
        "source": source_name(run),
        "counts": reporting.counts(run.counts),
        "reasons": reasons,
    } | _screen(f"{source_name(run)}, {timezone.localdate(run.retrieved_at).isoformat()}")
    return render(request, "civics/desk/run.html", context, status=409 if reasons else 200)


def source_name(run: ImportRun) -> str:
    """What the source of an import is called; of one that is gone, its short name."""
    found = (str(one.label) for one in sources.known() if one.name == run.source)
    return next(found, run.source)


@permission_required("civics.change_importrun")
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts everything back as it stood before an import, or says why it cannot."""
    found = get_object_or_404(ImportRun, pk=pk)
    try:
        imports.undo(found, by=request.user)  # type: ignore[arg-type]
    except UndoError as error:
        return _run(request, found, tuple(error.reasons))
    messages.success(request, _("The import is undone: everything stands as it did before."))
    return redirect("imports:run", pk)


@permission_required("civics.change_contactdetail")
@require_POST
def checked(request: HttpRequest, pk: int) -> HttpResponse:
    """Notes that somebody looked at the official page today and found the address there."""
    detail = get_object_or_404(ContactDetail, pk=pk)
    contacts.check(detail)
    said = _("“%(value)s” is checked. Letters that waited for it leave within a minute.")
    messages.success(request, said % {"value": detail.value})
    return redirect("to-check:index")


def _screen(title: str) -> dict[str, Any]:
    return {
        "header_title": title,
        "header_icon": "upload",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("imports:index"), "label": _("Imports")},
            {"url": "", "label": title},
        ],
    }
