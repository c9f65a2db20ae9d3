"""The doors that follow an act: its thank-you, and the link its supporter passes on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from plaidoyer.actions import corrections, messages, reporting, sharing
from plaidoyer.actions.forms import CorrectionForm
from plaidoyer.actions.models import Action, Confirmation
from plaidoyer.actions.views import SeeOther, holder_of, personal, unavailable_when_down


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@personal
@unavailable_when_down
def thanks(request: HttpRequest, token: str) -> HttpResponse:
    """What happens next, for whoever sent the act; a POST mends its address or mails again.

    It says the same for known and unknown people. For a day; then the mail has it all.
    """
    if veiled := holder_of(messages.VEILED_THANKS, token):
        return render(request, "actions/thanks_veiled.html", reporting.veiled_screen(veiled))
    action = holder_of(messages.THANKS, token)
    if action is None:
        return render(request, "actions/unknown_link.html", status=404)
    if corrections.is_over(action):
        context = reporting.after_screen(action.form)
        return render(request, "actions/thanks_over.html", context, status=410)
    latest = corrections.latest(action)
    if latest != action:
        return SeeOther(messages.thanks_path(latest))
    if request.method == "POST":
        return mend(request, action)
    screen = reporting.thanks_screen(action) | {"again": "again" in request.GET}
    return render(request, "actions/thanks.html", screen)


def mend(request: HttpRequest, action: Action) -> HttpResponse:
    """Mails again, or anew to the address that was typed now."""
    if request.POST.get("step") == "again":
        corrections.send_again(action)
        return SeeOther(f"{request.path}?again")
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        screen = reporting.thanks_screen(action, form)
        return render(request, "actions/thanks.html", screen, status=422)
    mended = corrections.correct(action, form.cleaned_data["email"])
    return SeeOther(messages.thanks_path(mended))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@personal
@unavailable_when_down
def own_link(request: HttpRequest, token: str) -> HttpResponse:
    """Counts what comes through a supporter's own link, or stops; only a POST does."""
    action = holder_of(messages.CONFIRM, token)
    if action is None:
        return render(request, "actions/unknown_link.html", status=404)
    counted = Confirmation.objects.filter(action=action, withdrawal=None)
    confirmation = counted.select_related("supporter").first()
    if request.method == "POST" and confirmation:
        is_end = request.POST.get("step") == "stop"
        turn = sharing.stop_counting if is_end else sharing.count_for
        turn(confirmation.supporter, action.page)
    return SeeOther(reverse("actions:confirmation", args=[token]) + "#share")
