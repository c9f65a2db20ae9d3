"""The back office's screens around publishing: what is still to be done, when, and afterwards."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from plaidoyer.newsletters import reporting as newsletters
from plaidoyer.newsletters.segments import readers
from plaidoyer.reports import corrections, drafts, editions, schedules
from plaidoyer.reports.forms import CorrectionForm, ScheduleForm
from plaidoyer.reports.frame import StaffRequest, may_edit, screen
from plaidoyer.reports.models import Edition


@may_edit
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: StaffRequest, pk: int) -> HttpResponse:
    """Asks whether to publish, with what is still to be done; the button does it."""
    edition = get_object_or_404(Edition, pk=pk)
    if edition.published_at:
        return redirect("editions:edit", pk)
    if request.method == "POST":
        try:
            editions.publish(edition, request.user)
        except editions.RefusedError as error:
            return _refused(request, error, "editions:publish", pk)
        messages.success(request, _("Published on the web, on paper and by mail."))
        return redirect("editions:edit", pk)
    return _asked(request, edition, ScheduleForm())


def _asked(request: StaffRequest, edition: Edition, form: ScheduleForm) -> HttpResponse:
    problems = editions.check_list(edition)
    return screen(
        request,
        edition,
        "publish",
        problems=problems,
        blocked=any(problem.blocks for problem in problems),
        readers=readers.members(edition.audience).count(),
        schedule=form,
    )


@may_edit
@never_cache
@require_POST
def schedule(request: StaffRequest, pk: int) -> HttpResponse:
    """Publishes by itself at the chosen moment; without one, not any more."""
    edition = get_object_or_404(Edition, pk=pk)
    try:
        if "back" in request.POST:
            schedules.take_back(edition)
            return redirect("editions:publish", pk)
        form = ScheduleForm(request.POST)
        if not form.is_valid():
            return _asked(request, edition, form)
        schedules.schedule(edition, form.cleaned_data["at"], request.user)
    except editions.RefusedError as error:
        return _refused(request, error, "editions:publish", pk)
    messages.success(request, _("It will be published by itself."))
    return redirect("editions:publish", pk)


def _refused(request: StaffRequest, error: ValidationError, name: str, pk: int) -> HttpResponse:
    for sentence in error.messages:
        messages.error(request, sentence)
    return redirect(name, pk)


def published(request: StaffRequest, edition: Edition) -> HttpResponse:
    """Where the published edition is read, and how far its mailing has come."""
    told = ["language", "sha256"]
    told += [f"content__{key}" for key in ("title", "web_url", "pdf_url")]
    documents = [
        {key.removeprefix("content__"): value for key, value in row.items()}
        for row in edition.documents.order_by("language").values(*told)
    ]
    mailings = newsletters.progress([edition.mailing]) if edition.mailing else []
    return screen(
        request,
        edition,
        "published",
        documents=documents,
        mailing=next(iter(mailings), None),
        corrections=edition.corrections.select_related("published_by"),
    )


@may_edit
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: StaffRequest, pk: int) -> HttpResponse:
    """Writes a correction of a published edition; once published it stays."""
    edition = get_object_or_404(Edition, pk=pk, published_at__isnull=False)
    items = [
        (f"c-{item.campaign.slug}", str(item.title or item.campaign))
        for item in edition.items.select_related("campaign")
    ]
    form = CorrectionForm(request.POST or None, items=items)
    if request.method == "POST" and form.is_valid():
        try:
            corrections.append(edition, by=request.user, **form.cleaned_data)
        except editions.RefusedError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The correction is published on the web and on paper."))
            return redirect("editions:edit", pk)
    return screen(request, edition, "correct", form=form)


@may_edit
@never_cache
@require_safe
def compare(request: StaffRequest, pk: int) -> HttpResponse:
    """What changed between two drafts: the last two, or those that were chosen."""
    edition = get_object_or_404(Edition, pk=pk)
    kept = list(edition.drafts.select_related("saved_by"))
    by_key = {str(draft.pk): draft for draft in kept}
    newer = by_key.get(request.GET.get("to", ""), kept[0] if kept else None)
    older = by_key.get(request.GET.get("from", ""), kept[1] if len(kept) > 1 else None)
    changes = drafts.compare(older.words, newer.words) if older and newer else []
    return screen(
        request, edition, "drafts", drafts=kept, newer=newer, older=older, changes=changes
    )
