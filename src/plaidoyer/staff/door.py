"""The one door of the back office: nobody passes it without a second factor."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from plaidoyer.staff import factors

BACK_OFFICE = "/admin/"


def second_factor(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Whoever gave a password only sees the page where a second factor is set up, and nothing else;
    with one set up meanwhile they sign in anew."""

    def middleware(request: HttpRequest) -> Any:
        if not request.path.startswith(BACK_OFFICE) or not request.user.is_authenticated:
            return get_response(request)
        if factors.passed(request):
            return get_response(request)
        if not is_mfa_enabled(request.user):
            return HttpResponseRedirect(reverse("mfa_index"))
        logout(request)
        way_back = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('account_login')}?{way_back}")

    return middleware
