"""Catches what takes two persons before it is done, and lets it be done once allowed."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import resolve, reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from plaidoyer.lib.countersigning import SecondPersonNeededError
from plaidoyer.staff.models import Countersigning
from plaidoyer.staff.seconds import countersigning


def second_person(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Where a screen says that it takes two, keeps the request as it was sent and tells so."""

    def middleware(request: HttpRequest) -> Any:
        return get_response(request)

    middleware.process_exception = ask  # type: ignore[attr-defined]
    return middleware


def ask(request: HttpRequest, error: Exception) -> HttpResponse | None:
    if not isinstance(error, SecondPersonNeededError):
        return None
    countersigning.ask(
        request.user,  # type: ignore[arg-type]
        right=error.right,
        words=error.words,
        method=request.method or "",
        path=request.get_full_path(),
        body=request.POST.urlencode(),
    )
    messages.warning(request, _("This takes a second person. It is kept, and waits for one."))
    return HttpResponseRedirect(reverse("second_person"))


def carry_out(request: HttpRequest, asked: Countersigning) -> HttpResponse:
    """Does just what was allowed, in the name of whoever asked, who is signed in now.

    All rules of that screen are asked again. What it says of it is the answer.
    """
    path, _mark, query = asked.path.partition("?")
    request.path = request.path_info = path
    request.method = asked.method
    request.GET, request.POST = QueryDict(query), QueryDict(asked.body)  # type: ignore[assignment]
    request.META["QUERY_STRING"] = query
    request.countersigned = asked.words  # type: ignore[attr-defined]
    request.resolver_match = match = resolve(path)
    return match.func(request, *match.args, **match.kwargs)
