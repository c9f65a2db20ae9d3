from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin import messages
from wagtail.log_actions import log

from plaidoyer.mail import envelopes, suppressions
from plaidoyer.mail.desks import LiftForm, SuppressionForm, address
from plaidoyer.mail.domains import health
from plaidoyer.mail.models import Envelope, Suppression


@require_POST
@permission_required("mail.change_envelope", raise_exception=True)
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """An organiser knows what became of an envelope in doubt, or has it sent again."""
    envelope = get_object_or_404(Envelope, pk=pk)
    arrived = request.POST.get("verdict") == "arrived"
    if not envelopes.settle(envelope, arrived=arrived):
        messages.warning(request, _("It is not in doubt any more: somebody was faster."))
    elif arrived:
        log(envelope, "mail.arrived", user=request.user)
        messages.success(request, _("Noted: it arrived."))
    else:
        log(envelope, "mail.sent_again", user=request.user)
        messages.success(request, _("It leaves again, under the same Message-ID."))
    back = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if is_ours else "mail:index")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("mail.change_suppression", raise_exception=True)
def suppress(request: HttpRequest) -> HttpResponse:
    """An organiser enters an address that shall get no mail of ours."""
    form = SuppressionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if suppressions.suppress(
            said["address"],
            reason=Suppression.Reason.BY_HAND,
            words=said["words"],
            by=request.user.pk,
        ):
            messages.success(request, _("No mail goes there any more."))
            return redirect("suppressions:index")
        form.add_error("address", _("This address is on the list already."))
    title = _("Suppress an address")
    return _form(request, form, title, lead="", button=_("Suppress this address"))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("mail.change_suppression", raise_exception=True)
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """An organiser lets mail go to an address again, and says why."""
    row = get_object_or_404(Suppression, pk=pk)
    form = LiftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        because = form.cleaned_data["because"]
        if suppressions.lift(row, because=because, by=request.user.pk):
            log(row, "mail.lifted", user=request.user)
            messages.success(request, _("Mail may go there again."))
        else:
            messages.warning(request, _("It was lifted already: somebody was faster."))
        return redirect("suppressions:index")
    lead = f"{address(row)} · {row.get_reason_display()} {row.words}".strip()
    return _form(request, form, _("Lift a suppression"), lead=lead, button=_("Let mail go again"))


def _form(request: HttpRequest, form: Form, title: str, *, lead: str, button: str) -> HttpResponse:
    """A page of the list of addresses, with one form."""
    crumbs = [
        {"url": reverse("wagtailadmin_home"), "label": _("Home")},
        {"url": reverse("suppressions:index"), "label": _("Suppressed addresses")},
        {"url": "", "label": title},
    ]
    context: dict[str, Any] = {"form": form, "lead": lead, "button": button}
    context |= {"header_title": title, "header_icon": "no-view", "breadcrumbs_items": crumbs}
    return render(request, "mail/admin/form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("mail.view_domaincheck", raise_exception=True)
def domain(request: HttpRequest) -> HttpResponse:
    """What the name servers say of our domain; a button asks them anew, for ten seconds at most."""
    if request.method == "POST":
        health.keep()
        return redirect("mail_domain")
    kept = health.last()
    title = _("Our domain")
    context = {
        "domain": settings.MAIL_DOMAIN,
        "kept": kept,
        "findings": health.said(kept),
        "header_title": title,
        "header_icon": "globe",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": "", "label": title},
        ],
    }
    return render(request, "mail/admin/domain.html", context)
