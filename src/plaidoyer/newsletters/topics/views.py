"""A reader's own page of what they get. The secret in the address is the key: no cookie at all.

It opens with the same token as the way out, so it is good for as long as the mail it stood in.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from plaidoyer.actions import reporting
from plaidoyer.actions.views import SeeOther, personal, unavailable_when_down
from plaidoyer.newsletters import unsubscriptions
from plaidoyer.newsletters.segments.readers import in_our
from plaidoyer.newsletters.topics import preferences
from plaidoyer.newsletters.topics.forms import PreferencesForm
from plaidoyer.supporters.models import Supporter
from plaidoyer.supporters.privacy import ErasedError


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@personal
@unavailable_when_down
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Shows what a reader gets; each button changes one thing, and only a POST changes anything."""
    reader = unsubscriptions.reader(token)
    if reader is None:
        return render(request, "newsletters/unknown.html", status=404)
    if reader.is_erased:
        raise ErasedError
    # A choice of languages is the page's own business; here it speaks the reader's.
    with translation.override(in_our(reader.language)):
        if request.method != "POST":
            return screen(request, token, reader, filled(reader))
        return answered(request, token, reader)


def answered(request: HttpRequest, token: str, reader: Supporter) -> HttpResponse:
    """Does what the pressed button says; then the page says what was done."""
    deed = request.POST.get("do", "")
    form = filled(reader)
    match deed:
        case "leave":
            unsubscriptions.unsubscribe(reader, page=kept(request))
        case "pause" if is_subscribed(reader):
            preferences.pause(reader)
        case "resume":
            preferences.unpause(reader)
        case "stay" if is_subscribed(reader):
            preferences.stay(reader, page=kept(request))
        case "choose" if is_subscribed(reader):
            form = PreferencesForm(request.POST)
            if not form.is_valid():
                return screen(request, token, reader, form, status=422)
            preferences.choose(reader, form.cleaned_data["topics"], page=kept(request))
            preferences.read_in(reader, form.cleaned_data["language"])
        case _:
            return screen(request, token, reader, form, status=422)
    return SeeOther(f"{reverse('newsletters:preferences', args=[token])}?done={deed}")


def kept(request: HttpRequest) -> str:
    """The page as the ledger keeps it: without the secret."""
    return "/u/…/preferences/"


def is_subscribed(reader: Supporter) -> bool:
    """Whether our newsletters go to them at all."""
    return reader.subscriptions.open().exists()


def filled(reader: Supporter) -> PreferencesForm:
    """The form as things stand."""
    ended = preferences.unwanted(reader)
    wanted = [topic.pk for topic in preferences.offered() if topic.pk not in ended]
    return PreferencesForm(initial={"topics": wanted, "language": in_our(reader.language)})


def screen(
    request: HttpRequest, token: str, reader: Supporter, form: PreferencesForm, status: int = 200
) -> HttpResponse:
    """The whole page."""
    checked = {str(one) for one in form["topics"].value() or []}
    stands_on = preferences.standing(reader)
    context: dict[str, Any] = {
        "form": form,
        "token": token,
        "is_subscribed": stands_on is not None,
        "why": preferences.why(stands_on) if stands_on else "",
        "is_asked": bool(stands_on and preferences.is_asked(reader, stands_on)),
        "sentence": reporting.consent_sentence(),
        "until": preferences.paused_until(reader),
        "done": request.GET.get("done", "") if request.method != "POST" else "",
        "topics": [(one, str(one.pk) in checked) for one in preferences.offered()],
        "languages": settings.LANGUAGES,
        "ask_url": "/" + translation.get_language() + "/me/",
    }
    return render(request, "newsletters/preferences.html", context, status=status)
