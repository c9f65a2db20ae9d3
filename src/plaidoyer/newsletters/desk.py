"""The back office's check list of a newsletter, and the trial to oneself and to colleagues."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from procrastinate.contrib.django import app
from wagtail.admin.auth import permission_required

from plaidoyer.newsletters import checks, trials
from plaidoyer.newsletters.models import Mailing, Trial
from plaidoyer.newsletters.screens import frame


class StaffRequest(HttpRequest):
    """A request that the back office let in."""

    user: User


@permission_required("newsletters.change_mailing")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: StaffRequest, pk: int) -> HttpResponse:
    """The check list; ticked warnings are kept, and links are asked again behind the page."""
    mailing = get_object_or_404(Mailing, pk=pk)
    if request.method == "POST":
        if request.POST.get("do") == "again":
            ask(mailing, again=True)
            messages.success(request, _("It is being checked: look again in a minute."))
        else:
            checks.accept(mailing, set(request.POST.getlist("accept")), by=request.user)
            messages.success(request, _("Saved."))
        return redirect("writing:check", pk)
    ticked = checks.accepted(mailing)
    found = checks.run(mailing)
    context = {
        "rows": [{"is": one, "tick": ticked.get(one.key)} for one in found],
        "open": [one for one in found if one.level == checks.WARNING and one.key not in ticked],
        "errors": [one for one in found if one.level == checks.ERROR],
        "staff": trials.staff(),
        "trials": Trial.objects.filter(version__mailing=mailing)
        .select_related("version", "envelope")
        .order_by("-pk")[:6],
    }
    return render(
        request, "newsletters/desk/check.html", context | frame(_("Check"), mailing, "check")
    )


def ask(mailing: Mailing, *, again: bool = False) -> None:
    """Has the links and SpamAssassin asked behind the page."""
    app.configure_task("newsletters.look_over").defer(mailing_id=mailing.pk, again=again)


@permission_required("newsletters.change_mailing")
@require_POST
def send_trial(request: StaffRequest, pk: int) -> HttpResponse:
    """Sends every version, marked as a test, to the chosen people of the staff."""
    mailing = get_object_or_404(Mailing, pk=pk)
    chosen = {
        int(key) for key in request.POST.getlist("person") if key.isdecimal() and len(key) < 18
    }
    people = list(trials.staff().filter(pk__in=chosen))
    versions = [version for version in mailing.versions.all() if version.html]
    if not people or not versions:
        messages.warning(request, _("Choose who gets the test."))
        return redirect("writing:check", pk)
    count = trials.send(versions, people, by=request.user)
    words = ngettext("%(count)s test is on its way.", "%(count)s tests are on their way.", count)
    messages.success(request, words % {"count": count})
    return redirect("writing:check", pk)
