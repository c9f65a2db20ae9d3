from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.middleware.csp import ContentSecurityPolicyMiddleware


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
