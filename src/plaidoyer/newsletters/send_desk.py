"""The back office's screens by which a newsletter is sent: its plan, each deed, its progress."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin.auth import permission_required

from plaidoyer.lib.fields import LineField
from plaidoyer.newsletters import deeds, obstacles, plans, reporting, schedules
from plaidoyer.newsletters.desk import StaffRequest
from plaidoyer.newsletters.mailings import RefusedError
from plaidoyer.newsletters.models import Mailing, NewsletterSettings
from plaidoyer.newsletters.plans import PlanForm
from plaidoyer.newsletters.screens import frame
from plaidoyer.newsletters.zones import ours

MOVING = (Mailing.State.SCHEDULED, Mailing.State.SENDING)


class WhyForm(forms.Form):
    because = LineField(
        label=gettext_lazy("Why (optional)"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Kept with the step, for those who come after."),
    )


@permission_required("newsletters.change_mailing")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: StaffRequest, pk: int) -> HttpResponse:
    """To whom it goes and when. Every button saves all of it first, or says why not."""
    mailing = get_object_or_404(Mailing, pk=pk)
    if mailing.state != Mailing.State.DRAFT or mailing.frozen_at:
        return redirect("mailings:inspect", pk)
    if not plans.may_see(request.user, mailing.segment):
        raise PermissionDenied
    form = PlanForm(
        request.user, request.POST if request.method == "POST" else None, instance=mailing
    )
    if request.method != "POST" or not form.is_valid():
        kept = mailing if request.method != "POST" else Mailing.objects.get(pk=pk)
        return _plan(request, kept, form)
    form.save()
    if request.POST.get("do") == "schedule":
        return redirect("writing:deed", pk, "schedule")
    messages.success(request, _("Saved."))
    return redirect("writing:send", pk)


def _plan(request: HttpRequest, mailing: Mailing, form: PlanForm) -> HttpResponse:
    """The screen, with what is saved counted and judged."""
    context = {
        "form": form,
        "obstacles": obstacles.found(mailing),
        "zone": ours().key,
        "has_second": mailing.versions.exclude(subject_b="").exists(),
        "counts_clicks": NewsletterSettings.current().counts_clicks,
        **plans.counted(mailing, request.user),
    }
    status = 422 if form.errors else 200
    whole = context | frame(_("Send"), mailing, "send")
    return render(request, "newsletters/desk/send.html", whole, status=status)


@permission_required("newsletters.change_mailing")
@require_POST
def count(request: HttpRequest, pk: int) -> JsonResponse:
    """To how many it would go, while that is being chosen; changes nothing."""
    form = PlanForm(request.user, request.POST, instance=get_object_or_404(Mailing, pk=pk))
    form.is_valid()
    chosen = Mailing(segment=form.cleaned_data.get("segment"), topic=form.cleaned_data.get("topic"))
    counted = plans.counted(chosen, request.user)
    page = render(request, "newsletters/desk/segments/_count.html", counted)
    return JsonResponse({"html": page.content.decode()})


@permission_required("newsletters.change_mailing")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def deed(request: StaffRequest, pk: int, code: str) -> HttpResponse:
    """Tells what a deed means; its button, and nothing else, does it."""
    mailing, asked = get_object_or_404(Mailing, pk=pk), deeds.BY_CODE.get(code)
    if asked is None:
        raise Http404
    form = WhyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _do(request, mailing, asked, form.cleaned_data["because"])
    context = {
        "deed": asked,
        "form": form if asked.asks_why else None,
        "is_open": mailing.state in asked.states,
        "progress": reporting.progress([mailing])[0],
        "begins_at": schedules.begins_at(mailing),
    }
    if asked.code == "schedule":
        context |= plans.counted(mailing, request.user) | {"obstacles": obstacles.found(mailing)}
    status = 422 if form.errors else 200
    whole = context | frame(str(asked.label), mailing, "send")
    return render(request, "newsletters/desk/deed.html", whole, status=status)


def _do(request: StaffRequest, mailing: Mailing, asked: deeds.Deed, because: str) -> HttpResponse:
    why: dict[str, Any] = {"because": because} if asked.asks_why else {}
    try:
        asked.do(mailing, by=request.user, **why)
    except RefusedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, str(asked.done))
    return redirect("mailings:inspect", mailing.pk)


@permission_required("newsletters.view_mailing")
@never_cache
@require_safe
def inspect(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a mailing stands, how it came there, what may be done, and its words."""
    mailing = get_object_or_404(Mailing.objects.select_related("segment", "topic"), pk=pk)
    context = {
        **told(mailing),
        "steps": mailing.steps.select_related("by").order_by("-pk"),
        "versions": mailing.versions.order_by("-language"),
        "is_moving": mailing.state in MOVING,
    }
    here = frame(_("Progress"), mailing, "send")
    return render(request, "newsletters/desk/mailing.html", context | here)


@permission_required("newsletters.view_mailing")
@never_cache
@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of `inspect` that moves, for its script."""
    mailing = get_object_or_404(Mailing, pk=pk)
    page = render(request, "newsletters/desk/_now.html", {**told(mailing), "mailing": mailing})
    page["X-Moving"] = "1" if mailing.state in MOVING else "0"
    return page


def told(mailing: Mailing) -> dict[str, Any]:
    """Where it stands now."""
    return {
        "progress": reporting.progress([mailing])[0],
        "deeds": deeds.open_to(mailing),
        "begins_at": schedules.begins_at(mailing),
        "write_url": reverse("writing:send", args=[mailing.pk]),
    }
