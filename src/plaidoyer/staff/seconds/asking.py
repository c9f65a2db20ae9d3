"""Catches what takes two persons before it is done, and does it once it is allowed."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from plaidoyer.lib.countersigning import SecondPersonNeededError
from plaidoyer.staff.seconds import countersigning


def second_person(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Where a screen says that it takes two, asks for the second one; where that one allowed just
    this, does it."""

    def middleware(request: HttpRequest) -> Any:
        return get_response(request)

    middleware.process_exception = ask  # type: ignore[attr-defined]
    return middleware


def ask(request: HttpRequest, error: Exception) -> HttpResponse | None:
    match = request.resolver_match
    if not isinstance(error, SecondPersonNeededError) or match is None:
        return None
    user: Any = request.user
    asked = {"right": error.right, "words": error.words, "request_sha256": digest(request)}
    if countersigning.take(user, **asked):
        request.countersigned = error.words  # type: ignore[attr-defined]
        return match.func(request, *match.args, **match.kwargs)
    countersigning.ask(user, path=request.get_full_path(), **asked)
    messages.warning(request, _("This takes a second person. It is kept, and waits for one."))
    return HttpResponseRedirect(reverse("second_person"))


def digest(request: HttpRequest) -> str:
    """SHA-256 of what is asked for: the address, and what was typed."""
    typed = sorted((name, *values) for name, values in request.POST.lists())
    said = [line for line in typed if line[0] != "csrfmiddlewaretoken"]
    return hashlib.sha256(f"{request.get_full_path()} {said}".encode()).hexdigest()
