"""The one door of the back office: nobody passes it without a second factor, and what touches much
is asked for twice."""

from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.reauthentication import suspend_request
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from plaidoyer.staff import factors

BACK_OFFICE = "/admin/"
# Screens that ask who is there when the last proof is older than 15 minutes: before the form opens,
# and when it is sent. Exports are beside them, wherever they are.
SENSITIVE = (
    "editions:publish",
    "editions:schedule",
    "gifts_export",
    "person_",
    "reader_list",
    "second_person_",
    "targets:add",
    "targets:delete",
    "targets:edit",
    "wagtailusers_groups:add",
    "wagtailusers_groups:delete",
    "wagtailusers_groups:edit",
    "wagtailusers_users:add",
    "wagtailusers_users:delete",
    "wagtailusers_users:edit",
    "writing:deed",
    "writing:send",
)
# Settings of these rooms are about money.
MONEY = {"donations"}


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

    middleware.process_view = once_more  # type: ignore[attr-defined]
    return middleware


def once_more(
    request: HttpRequest, _view: Any, _args: Any, kwargs: dict[str, Any]
) -> HttpResponse | None:
    """Asks somebody who has been here for long to show again who they are. What they sent is kept
    meanwhile, and taken up where it was."""
    match = request.resolver_match
    if match is None or not request.path.startswith(BACK_OFFICE):
        return None
    name = match.view_name or ""
    is_money = name.startswith("wagtailsettings:") and kwargs.get("app_name") in MONEY
    if not (name.startswith(SENSITIVE) or is_money or request.GET.get("export")):
        return None
    if not request.user.is_authenticated or factors.is_fresh(request):
        return None
    return suspend_request(request, reverse("mfa_reauthenticate"))
