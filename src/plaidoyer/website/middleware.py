import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.middleware.csp import ContentSecurityPolicyMiddleware, get_nonce
from django.shortcuts import render
from django.utils.cache import patch_cache_control

from plaidoyer.lib import origins

Answer = Callable[[HttpRequest], Any]

# How far a shown count may lag behind the counted one.
SHARED_SECONDS = 20
SAFE = ("GET", "HEAD", "OPTIONS")
KNOWN = (*SAFE, "POST")
# Wagtail's translator saves and takes back by these.
KNOWN_TO_STAFF = (*KNOWN, "PUT", "PATCH", "DELETE")
BACK_OFFICE = "/admin/"

# How Wagtail begins a field: one call of a function of its own, whose arguments are plain data.
TEXT = r'"(?:[^"\\<]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"'
DATA = rf"(?:{TEXT}|[\[\]{{}}:,\s\d.eE+-]|true|false|null)*"
FIELD = rf"(?:new \w+Chooser|init(?:Date|Time|DateTime)Chooser)\({TEXT}, {DATA}\);"
ROWS = rf"\(function\(\) \{{\s*var panel = new \w+Panel\(JSON\.parse\({TEXT}\)\);\s*\}}\)\(\);"
ADDRESS = rf"\w+Chooser: {TEXT},"
ADDRESSES = (
    r'if \(typeof window\.chooserUrls === "undefined"\) \{\s*'
    rf"window\.chooserUrls = \{{\s*(?:{ADDRESS}\s*)*\}}\s*\}}"
)
BEGINNINGS = re.compile(rf"<script>(?=\s*(?:{FIELD}|{ROWS}|{ADDRESSES})\s*</script>)")


def headers(get_response: Answer) -> Answer:
    """Tells browsers what nothing here uses; refuses methods that HTTP or we do not know."""

    def middleware(request: HttpRequest) -> Any:
        known = KNOWN_TO_STAFF if request.path.startswith(BACK_OFFICE) else KNOWN
        is_known = request.method in known
        response = get_response(request) if is_known else HttpResponseNotAllowed(known)
        for name, value in settings.SECURE_HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return middleware


def own_pages(get_response: Answer) -> Answer:
    """Takes from browsers only what a page of ours sent, frames on other sites included.

    Acts need no cookie, so no token guards them. Without this, a page elsewhere could have its
    visitors send acts they know nothing of. What was typed is shown, to be sent from here.
    """

    def middleware(request: HttpRequest) -> Any:
        said = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
        if request.method in SAFE or not origins.is_foreign(*said):
            return get_response(request)
        return foreign(request)

    return middleware


def foreign(request: HttpRequest) -> HttpResponse:
    """Asks whoever was sent here by another site to send it themselves."""
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in values
    ]
    response = render(request, "website/foreign.html", {"typed": typed}, status=403)
    patch_cache_control(response, private=True, no_store=True)
    return response


def content_security_policy(get_response: Answer) -> Answer:
    """The strict policy of SECURE_CSP on public pages, that of Wagtail on its back office."""

    def answer(request: HttpRequest) -> Any:
        response = get_response(request)
        if request.path.startswith(BACK_OFFICE) and not hasattr(response, "_csp_config"):
            response._csp_config = settings.SECURE_CSP_BACK_OFFICE
            allow_beginnings(request, response)
        return response

    return ContentSecurityPolicyMiddleware(answer)


def allow_beginnings(request: HttpRequest, response: Any) -> None:
    """Gives the page's nonce to the scripts by which Wagtail begins its fields, and to no other."""
    is_page = response.get("Content-Type", "").startswith("text/html")
    if is_page and not response.streaming:
        opening = f'<script nonce="{get_nonce(request)}">'
        text = response.content.decode(response.charset)
        response.content = BEGINNINGS.sub(opening, text)
        if response.has_header("Content-Length"):
            response["Content-Length"] = str(len(response.content))


def shared_pages(get_response: Answer) -> Answer:
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
