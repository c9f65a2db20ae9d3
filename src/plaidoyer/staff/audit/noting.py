"""Entries of what somebody does in the back office, written before it is done.

Every form that is sent, every file taken out and every look at personal rows is there, whatever
room it is of: a new screen needs no line here unless it shows persons.
"""

import secrets
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from plaidoyer.staff.audit.writing import seal, write
from plaidoyer.supporters import canaries

# Screens that show who acts, gives, writes or gets mail, by the beginning of their names.
PERSONAL = (
    "acts:",
    "calls:",
    "gift",
    "handover",
    "incoming:",
    "letters:",
    "mail:",
    "organisation_signature",
    "person_",
    "reader_list",
    "receipt",
    "replies_desk:",
    "reply_",
    "review",
    "supporters:",
    "suppressions:",
)
# What browsers send by themselves while somebody types.
NOISE = (
    "wagtailadmin_editing_sessions:",
    "wagtailadmin_dismissibles",
    "wagtailadmin_block_preview",
    "wagtailadmin_pages:preview",
)
EXPORTS = {"gifts_export", "handover_package", "person_data", "person_paper"}


def noted(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Keeps what the staff do. The entry is committed before it is done, so nothing is done without
    one. Where something was sent or taken out it is sealed, with what Wagtail's log added, once
    there is an answer; the worker seals the rest within a minute."""

    def middleware(request: HttpRequest) -> Any:
        response = get_response(request)
        if getattr(request, "is_noted", False):
            seal()
        return response

    middleware.process_view = note  # type: ignore[attr-defined]
    return middleware


def keep(request: HttpRequest, user: Any, verb: str, what: str, **more: str) -> None:
    """Writes an entry of this request, with its number and note where there are."""
    write(user, verb, what, **more)
    request.is_noted = verb != "see"  # type: ignore[attr-defined]


def note(request: HttpRequest, _view: Any, _args: Any, kwargs: dict[str, Any]) -> None:
    """Writes what somebody signed in is about to do, where it is to be kept."""
    match = request.resolver_match
    if match is None or not is_of_the_staff(request.path, match.view_name or ""):
        return
    verb = verb_of(request, match.view_name or "")
    if verb and request.user.is_authenticated:
        number, more = " ".join(str(value) for value in kwargs.values()), ""
        if verb == "export" and match.view_name == canaries.SCREEN:
            number = request.export_id = secrets.token_hex(8)  # type: ignore[attr-defined]
            more = canaries.address(number)
        keep(request, request.user, verb, match.view_name or match.route, number=number, note=more)


def is_of_the_staff(path: str, name: str) -> bool:
    return path.startswith("/admin/") or name.startswith(("account_", "mfa_", "staff_"))


def verb_of(request: HttpRequest, name: str) -> str:
    """What is kept of this request; nothing where nobody's data are seen and nothing is sent."""
    if name.startswith(NOISE):
        return ""
    if request.method == "POST":
        return "send"
    if request.GET.get("export") or name in EXPORTS:
        return "export"
    return "see" if name.startswith(PERSONAL) else ""
