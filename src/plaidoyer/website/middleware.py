from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.middleware.csp import ContentSecurityPolicyMiddleware
from django.utils.cache import patch_cache_control

# How far a shown count may lag behind the counted one.
SHARED_SECONDS = 20


def content_security_policy(
    get_response: Callable[[HttpRequest], Any],
) -> Callable[[HttpRequest], Any]:
    """The strict policy of SECURE_CSP on public pages; Wagtail's back office needs inline code."""
    strict = ContentSecurityPolicyMiddleware(get_response)

    def middleware(request: HttpRequest) -> Any:
        if request.path.startswith("/admin/"):
            return get_response(request)
        return strict(request)

    return middleware


def shared_pages(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Lets caches keep the pages of Wagtail a moment: they are the same for everybody.

    Not where the session was looked at (a page kept for some), nor where a view said otherwise.
    """

    def middleware(request: HttpRequest) -> Any:
        response = get_response(request)
        is_page = getattr(request, "_wagtail_route_for_request", None) is not None
        is_ours_to_say = response.status_code == 200 and not response.has_header("Cache-Control")
        is_personal = request.session.accessed or response.cookies
        if is_page and is_ours_to_say and not is_personal:
            patch_cache_control(response, public=True, max_age=SHARED_SECONDS)
        return response

    return middleware
