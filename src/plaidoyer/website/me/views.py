"""The doors of a supporter's own page. The secret in the address is the key: no cookie, no session.

As elsewhere none asks for a CSRF token (actions/views.py): nothing here is allowed by a cookie.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from plaidoyer.actions.views import SeeOther, personal, unavailable_when_down
from plaidoyer.lib.tokens import BadTokenError
from plaidoyer.supporters import privacy
from plaidoyer.supporters.models import Supporter
from plaidoyer.website.me import corrections, links, papers, reporting
from plaidoyer.website.me.forms import DetailsForm, LinkForm, NewsletterForm

MINUTES = 600


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@unavailable_when_down
def ask(request: HttpRequest) -> HttpResponse:
    """Asks for an address; answers the same, and as fast, whether we know it or not."""
    form = LinkForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        links.request(email=form.cleaned_data["email"], language=get_language() or "")
        return SeeOther(reverse("me:sent"))
    response = render(
        request, "website/me/ask.html", {"form": form}, status=422 if form.is_bound else 200
    )
    if not form.is_bound:
        patch_cache_control(response, public=True, max_age=MINUTES)
    return response


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """What happens next, the same for everybody."""
    return shared(render(request, "website/me/sent.html"))


@require_safe
def erased(request: HttpRequest) -> HttpResponse:
    """It is done; the same for everybody, for there is nothing left to tell."""
    return shared(render(request, "website/me/erased.html"))


def shared(response: HttpResponse) -> HttpResponse:
    """Lets caches keep a page that is the same for everybody."""
    patch_cache_control(response, public=True, max_age=MINUTES)
    return response


def theirs(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Opens `view` with the supporter whose link it is; an old or broken link offers a new one."""

    @csrf_exempt
    @personal
    @unavailable_when_down
    @wraps(view)
    def wrapped(request: HttpRequest, token: str) -> HttpResponse:
        try:
            return view(request, token, links.supporter(token))
        except links.TooOldError:
            context: dict[str, Any] = {"form": LinkForm(), "is_old": True}
            return render(request, "website/me/no_entry.html", context, status=410)
        except BadTokenError:
            return render(request, "website/me/no_entry.html", {"form": LinkForm()}, status=404)

    return wrapped


@require_safe
@theirs
def page(request: HttpRequest, token: str, supporter: Supporter) -> HttpResponse:
    """Everything they did, allowed and told us."""
    context = reporting.screen(supporter, token) | {"done": request.GET.get("done", "")}
    return render(request, "website/me/page.html", context)


@require_POST
@theirs
def details(request: HttpRequest, token: str, supporter: Supporter) -> HttpResponse:
    """Corrects name, postal code and language."""
    form = DetailsForm(request.POST)
    if not form.is_valid():
        context = reporting.screen(supporter, token, details=form) | {"form": form}
        return render(request, "website/me/page.html", context, status=422)
    corrections.correct(supporter, **form.cleaned_data)
    return back(token, "details")


@require_POST
@theirs
def newsletter(request: HttpRequest, token: str, supporter: Supporter) -> HttpResponse:
    """Gives or takes back the consent to our mails."""
    form = NewsletterForm(request.POST)
    wording = form.cleaned_data["consent"] if form.is_valid() else None
    corrections.answer(supporter, wording, page=reverse("me:ask"))
    return back(token, "newsletter")


def back(token: str, done: str) -> HttpResponse:
    """To the page, which says what was done."""
    return SeeOther(f"{reverse('me:page', args=[token])}?done={done}")


@require_safe
@theirs
def data(request: HttpRequest, token: str, supporter: Supporter) -> HttpResponse:
    """All that is kept about them, for another program to read."""
    return papers.as_json(supporter)


@require_safe
@theirs
def paper(request: HttpRequest, token: str, supporter: Supporter) -> HttpResponse:
    """The same, for people to read."""
    return papers.as_pdf(supporter)


@require_http_methods(["GET", "HEAD", "POST"])
@theirs
def erasure(request: HttpRequest, token: str, supporter: Supporter) -> HttpResponse:
    """Says what goes and what stays; only a POST erases."""
    if request.method == "POST":
        privacy.erase(supporter)
        return SeeOther(reverse("me:erased"))
    context = {"supporter": supporter, "token": token}
    return render(request, "website/me/erasure.html", context)
