"""The door of the reminder: saying, by one press, that one has signed since."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from plaidoyer.actions import messages, reporting
from plaidoyer.actions.kinds.official_petition import pages, reminders
from plaidoyer.actions.views import SeeOther, personal, unavailable_when_down


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@personal
@unavailable_when_down
def signed(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """Asks whether they have signed; only a POST says so."""
    wish = reminders.reminded(token)
    if wish is None or wish.form.public_id != public_id:
        return render(request, "actions/unknown_link.html", status=404)
    if request.method == "POST":
        if act := reminders.tell_signed(wish):
            return SeeOther(messages.confirmation_path(act))
        return render(request, "actions/unknown_link.html", status=404)
    context = reporting.after_screen(wish.form) | dict(pages.shown(wish.form))
    return render(request, "official_petition/signed.html", context)
