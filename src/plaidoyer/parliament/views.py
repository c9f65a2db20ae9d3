"""Pasting a list of members in the back office: read, shown, kept, undone."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin import messages
from wagtail.admin.auth import permission_required

from plaidoyer.parliament import entries, reporting, results, rolls
from plaidoyer.parliament.forms import ListForm
from plaidoyer.parliament.models import Entry, Motion, Option

SHOWN = 10


@permission_required("parliament.change_motion")
@require_http_methods(["GET", "HEAD", "POST"])
def members(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows what a pasted list says; keeps it when that is asked for."""
    motion = get_object_or_404(Motion.objects.select_related("legislature"), pk=pk)
    form = ListForm(motion, request.POST or None, request.FILES or None)
    reading = read(motion, form) if form.is_bound and form.is_valid() else None
    if reading and reading.understood and request.POST.get("step") == "keep":
        keep(motion, form, reading, request.user)
        kept = len(reading.understood)
        said = ngettext("%(count)s member is recorded.", "%(count)s members are recorded.", kept)
        messages.success(request, said % {"count": kept})
        return redirect("motions:members", pk)
    return render(request, "parliament/desk/members.html", screen(motion, form, reading))


def read(motion: Motion, form: ListForm) -> rolls.Reading:
    """What the list says of those who sat on its day."""
    event = form.event
    day = event.held_on if event else form.cleaned_data["stated_on"]
    return rolls.read(form.cleaned_data["text"], motion.legislature, day or timezone.localdate())


def keep(motion: Motion, form: ListForm, reading: rolls.Reading, by: Any) -> Entry:
    """Keeps what was understood."""
    if event := form.event:
        return entries.record(event, reading.understood, by=by)
    facts = {name: form.cleaned_data[name] for name in ("stated_on", "source")}
    return entries.state(motion, reading.understood, by=by, **facts)


def screen(motion: Motion, form: ListForm, reading: rolls.Reading | None) -> dict[str, Any]:
    """The page of a motion's lists."""
    past = motion.entries.select_related("event", "entered_by", "undone_by")[:SHOWN]
    if reading and form.cleaned_data.get("file"):
        # A file cannot be sent back to the browser; its text can.
        form.data = {**form.data.dict(), "text": form.cleaned_data["text"]}  # type: ignore[attr-defined]
    understood = reading.understood if reading else {}
    counts = {option: list(understood.values()).count(option) for option in Option}
    events = list(motion.vote_events.all())
    tallies = reporting.tallies(events)
    return {
        "motion": motion,
        "form": form,
        "reading": reading,
        "counts": [(option.label, count) for option, count in counts.items() if count],
        "entries": [(entry, entries.undoable(entry)) for entry in past],
        "tallies": [
            (event, results.totals(event, tallies[event.pk]), any(tallies[event.pk].values()))
            for event in events
        ],
        "header_title": str(motion),
        "header_icon": "list-ul",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("motions:index"), "label": _("Motions")},
            {"url": reverse("motions:edit", args=[motion.pk]), "label": str(motion)},
            {"url": "", "label": _("Enter votes or positions")},
        ],
    }


@permission_required("parliament.change_motion")
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts back what stood before a list."""
    entry = get_object_or_404(Entry, pk=pk)
    if entries.undo(entry, by=request.user):  # type: ignore[arg-type]
        messages.success(request, _("The list is undone: what stood before it stands again."))
    else:
        messages.error(request, _("This list cannot be undone any more."))
    return redirect("motions:members", entry.motion_id)
