from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from plaidoyer.newsletters import unsubscriptions


# Mail programs post without a cookie (RFC 8058): the token is the proof of who asks.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """A page with one button; the button, or the mail program's, ends the subscription."""
    supporter = unsubscriptions.reader(token)
    if supporter is None:
        return render(request, "newsletters/unknown.html", status=404)
    if supporter.is_erased:
        return render(request, "supporters/nothing_kept.html")
    # The body is not read: whatever a mail program puts there, a POST says one thing.
    if request.method == "POST":
        unsubscriptions.unsubscribe(supporter, page=request.path[:300])
    with translation.override(supporter.language):
        done = not supporter.subscriptions.open().exists()
        return render(request, "newsletters/unsubscribe.html", {"done": done})
