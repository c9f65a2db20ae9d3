"""One's own sessions."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from plaidoyer.staff import factors
from plaidoyer.staff import sessions as verbs


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in; ends one of these sessions, or all but this."""
    user: User = request.user  # type: ignore[assignment]
    if not factors.passed(request):
        return redirect("wagtailadmin_home")
    mine = verbs.open_of(user)
    if request.method == "POST":
        chosen = request.POST.get("session", "")
        others = mine.exclude(session_key=request.session.session_key or "")
        ended = verbs.end(others.filter(pk=chosen) if chosen.isdecimal() else others)
        said = ngettext("%(number)s session was ended.", "%(number)s sessions were ended.", ended)
        messages.success(request, said % {"number": ended})
        return redirect("staff_sessions")
    context = {"sign_ins": mine, "here": request.session.session_key, "title": _("Your sessions")}
    return render(request, "staff/sessions.html", context)
