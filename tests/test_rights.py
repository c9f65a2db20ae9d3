"""Who may open which door of the back office: every address of the URLconf, by every role.

An address that no line of DOORS speaks of fails the test, so that a new screen says who it is for.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import auth
from django.contrib.auth import middleware
from django.contrib.messages.storage.base import BaseStorage
from django.db import connection, transaction
from django.template.response import SimpleTemplateResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from wagtail.models import Page

from plaidoyer.staff import roles
from plaidoyer.staff.audit import writing
from plaidoyer.testing import make_organiser

pytestmark = pytest.mark.django_db

# By their first letters: editor, campaigner, moderator, treasurer, data officer, administrator.
LETTERS = dict(zip("ECMTDA", roles.ROLES, strict=True))
ALL = "ECMTDA"
# The beginning of an address below /admin/, who may look there, and who may send a form. The
# longest beginning counts; what one does with a row of a desk is for those who may send.
DOORS = {
    # Wagtail's own: its frame, choosers, and what asks for rights on pages or rows by itself.
    "": (ALL, ALL),
    "pages/": ("EC", "EC"),
    "pages/add/": (ALL, ALL),
    "pages/create/": (ALL, ALL),
    "pages/usage/": (ALL, ALL),
    "pages/workflow/": (ALL, ALL),
    "pages/{}/move/{}/confirm/": (ALL, "EC"),
    "collections/": ("", ""),
    "workflows/": ("A", "A"),
    "workflows/task_chooser/": (ALL, ALL),
    "workflows/tasks/add/": (ALL, ALL),
    "workflows/usage/": ("", ""),
    "reports/": ("EC", "EC"),
    "reports/site-history/": (ALL, ALL),
    "localize/": ("EC", "EC"),
    "localize/jsi18n/": (ALL, ALL),
    "localize/reports/": (ALL, ALL),
    "redirects/": ("A", "A"),
    "snippets/": ("", ""),
    "documents/": ("EC", "EC"),
    "documents/chooser/": (ALL, ALL),
    "images/": ("EC", "EC"),
    "images/chooser/": (ALL, ALL),
    "locales/": ("A", "A"),
    "sites/": ("A", "A"),
    "users/": ("A", "A"),
    "groups/": ("A", "A"),
    "settings/": ("A", "A"),
    "audit/": ("DA", ""),
    "second-person/": (ALL, ALL),
    # Facts.
    "campaigns/": ("ECM", "C"),
    "demands/": ("ECM", "C"),
    "targets/": ("ECM", "C"),
    "asked-votes/": ("ECM", "C"),
    "forms/": ("ECM", "C"),
    "forms/{}/embedding/": ("C", "C"),
    "forms/approve/": ("C", "C"),
    "offices/": ("ECM", "C"),
    "persons/": ("ECM", "C"),
    "organizations/": ("ECM", "C"),
    "areas/": ("ECM", "C"),
    "sessions/": ("ECM", "C"),
    "motions/": ("ECM", "C"),
    "motions/members/": ("C", "C"),
    "motions/undo/": ("C", "C"),
    "recorded-votes/": ("ECM", "C"),
    "positions/": ("ECM", "C"),
    "official-petitions/": ("ECM", "C"),
    "official-petitions/counts/": ("C", "C"),
    "official-petitions/sittings/": ("C", "C"),
    "official-petitions/feed/": ("C", "C"),
    "petition-rules/": ("ECM", "C"),
    "complete-lists/": ("ECM", "C"),
    "imports/": ("ECM", "C"),
    "imports/preview/": ("C", "C"),
    "imports/undo/": ("C", "C"),
    "to-check/": ("ECM", "C"),
    "to-check/checked/": ("C", "C"),
    "bundles/": ("C", "C"),
    "evidence/": ("ECM", ""),
    # What came of it, and telling it.
    "outcomes/": ("ECM", "EC"),
    "milestones/": ("ECM", "EC"),
    "milestones/evidence/": ("EC", "EC"),
    "milestones/correct/": ("EC", "EC"),
    "awaited/": ("ECM", "EC"),
    "awaited/end/": ("EC", "EC"),
    "lineages/": ("ECM", "EC"),
    "handovers/": ("ECM", "EC"),
    "handovers/new/": ("EC", "EC"),
    "replies/{}/standing/": ("EC", "EC"),
    "figures-by-name/": ("ECM", "EC"),
    "offline-acts/": ("ECM", "EC"),
    "offline-acts/strike/": ("EC", "EC"),
    "editions/": ("ECM", "E"),
    "newsletters/": ("EC", "EC"),
    "mailings/": ("EC", "EC"),
    "segments/": ("EC", "EC"),
    "topics/": ("EC", "EC"),
    # Persons: who acts, writes, gives, gets mail.
    "supporters/": ("D", "D"),
    "reader-lists/": ("D", "D"),
    "marks/": ("ECMTDA", "ECMTDA"),
    "acts/": ("MD", "MD"),
    "calls/": ("MD", "MD"),
    "organisation_signatures/": ("MD", "M"),
    "reviews/": ("M", "M"),
    "holds/": ("M", "M"),
    "vigilance/": ("M", "M"),
    "complaints-desk/": ("MA", "MA"),
    "mail-domains/": ("M", "M"),
    "letters/": ("CMD", "CMD"),
    "letters/place/": ("C", "C"),
    "letters/freezes/": ("C", "C"),
    "letters/targets/": ("C", "C"),
    "mailboxes-desk/": ("C", "C"),
    "replies/": ("CMD", "CM"),
    "replies_desk/": ("CMD", "CM"),
    "funds/": ("ECT", "ECT"),
    "funds/delete/": ("EC", "EC"),
    "funds/usage/": ("ECT", "ECT"),
    "gifts/": ("T", "T"),
    "receipts/": ("T", "T"),
    "giving/": ("T", "T"),
    "mail/": ("D", "D"),
    "suppressions/": ("D", "D"),
    "incoming/": ("D", "D"),
    "mail-domain/": ("CDA", "CDA"),
}
DOING = ("new/", "edit/", "delete/", "history", "usage/")
# What asks about a row before it asks who is there, or only tells the way on to another door.
OPEN_ENDED = {"milestones/edit/{}/", "pages/{}/revisions/"}
# Where Wagtail asks for rights on single pages and files.
WAGTAILS = ("pages/", "reports/", "images/", "documents/")
# Wagtail's own pages that break on purpose, or end the session.
LEFT_OUT = ("failwhale/", "logout/", "login/")


def routes(resolver: Any = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address below /admin/, and its view."""
    for one in (resolver or get_resolver()).url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from routes(one, route)
        elif route.startswith("admin/") and not route[6:].startswith(LEFT_OUT):
            # Wagtail's comparison of revisions is a regular expression, and asks for the page.
            if "(?P" in route:
                continue
            yield route.removeprefix("admin/"), one


def door(route: str) -> tuple[str, set[str], set[str]]:
    """The line of DOORS that speaks of a route, and who may look there and who may send."""
    plain = re.sub(r"<[^>]+>", "{}", route)
    prefix = max((name for name in DOORS if plain.startswith(name)), key=len)
    look, send = (set(who) for who in DOORS[prefix])
    rest = plain.removeprefix(prefix)
    return prefix, send if rest.startswith(DOING) else look, send


def path_of(route: str, view: URLPattern, page: int) -> str:
    """An address of that route, of a row that is there."""
    options = getattr(view.callback, "view_initkwargs", None) or {}
    model = options.get("model") or getattr(
        getattr(view.callback, "view_class", None), "model", None
    )
    row = model.objects.order_by("pk").first() if hasattr(model, "_meta") else None
    number = str(row.pk) if row and isinstance(row.pk, int) else "1"

    def sample(found: re.Match[str]) -> str:
        if "page" in found[2] or "destination" in found[2]:
            return str(page)
        names = {"slug": "organisation", "uuid": "00000000-0000-0000-0000-000000000001"}
        return names.get(found[1], number)

    path = re.sub(r"<(\w+):(\w+)>", sample, route)
    return "/admin/" + re.sub(r"[\^$]", "", path)


def is_refused(answer: Any) -> bool:
    """Whether the back office let somebody in no further than its home page."""
    way = answer.get("Location", "")
    return (
        answer.status_code == 403
        or way == "/admin/"
        or way.startswith(("/en/staff/", "/admin/login/"))
    )


def is_missing(answer: Any) -> bool:
    """Nothing is there, for anybody; without a language Django looks for it below one."""
    return answer.status_code in {404, 405} or answer.get("Location", "").startswith("/en/admin/")


@pytest.fixture(scope="module")
def page(told):
    # Else each answer would seal, and forget, what the story left to be sealed.
    writing.seal(everything=True)
    return Page.objects.filter(depth=3).order_by("pk").first().pk


@pytest.fixture(autouse=True)
def nothing_is_drawn(monkeypatch):
    """What a page looks like and tells is no matter here, and takes most of the time."""
    monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", property(lambda page: ""))
    monkeypatch.setattr(BaseStorage, "update", lambda told, response: [])


@pytest.fixture(autouse=True)
def whoever_is_known_stays_known(monkeypatch):
    """Who somebody is and what they may do is read once for each session, not for each address."""
    known: dict[str, Any] = {}

    def remembered(request):
        key = request.session.session_key
        if key not in known:
            known[key] = auth.get_user(request)
        return known[key]

    monkeypatch.setattr(middleware, "get_user", remembered)


def ask(client: Client, method: str, path: str) -> Any:
    """The answer, with what it changed undone."""
    point = transaction.savepoint_create()
    answer = getattr(client, method)(path)
    connection.needs_rollback = False
    transaction.savepoint_rollback(point)
    connection.run_on_commit = []
    return answer


def test_every_address_of_the_back_office_has_its_line():
    wagtails = re.compile(
        r"$|test404|api/main|bulk|choose-|tag-auto|account|dismissibles|editing-s|block-p|embeds|"
        r"sprite|jsi18n|password_reset|\^\.\*"
    )
    unknown = [
        route for route, _view in routes() if not door(route)[0] and not wagtails.match(route)
    ]

    assert unknown == []


def test_every_line_speaks_of_an_address():
    used = {door(route)[0] for route, _view in routes()}

    assert set(DOORS) - used == set()


@pytest.mark.parametrize("letter", [*ALL, "nobody", "half"])
def test_nobody_opens_a_door_that_is_not_theirs(told, page, letter):
    client = Client()
    if letter in LETTERS:
        client.force_login(make_organiser(f"x{letter}", hats=(LETTERS[letter],)))
    elif letter == "half":
        client.force_login(make_organiser("half", *roles.ROLES), second_factor=False)
    wrong = []
    for route, view in routes():
        prefix, look, send = door(route)
        path = path_of(route, view, page)
        for method, who in (("get", look), ("post", send)):
            if letter in who or re.sub(r"<[^>]+>", "{}", route) in OPEN_ENDED:
                continue
            if letter not in LETTERS and not prefix and route in OPEN_TO_ALL:
                continue
            answer = ask(client, method, path)
            if not (is_refused(answer) or is_missing(answer)):
                wrong.append((method, path, answer.status_code))

    assert wrong == []


# Before anybody is known: a set of icons, words for scripts, and pages that are off.
OPEN_TO_ALL = {"sprite/", "jsi18n/", "password_reset/", "password_reset/done/", "^.*/$"}


@pytest.mark.parametrize("letter", ALL)
def test_everybody_opens_their_own_doors(told, page, letter):
    """The control: a test that everything is refused would pass on a locked house."""
    client = Client()
    client.force_login(make_organiser(f"y{letter}", hats=(LETTERS[letter],)))
    shut = []
    for route, view in routes():
        prefix, look, _send = door(route)
        if letter not in look or not prefix or prefix.startswith(WAGTAILS):
            continue
        answer = ask(client, "get", path_of(route, view, page))
        if is_refused(answer) or answer.status_code >= 500:
            shut.append((route, answer.status_code, answer.get("Location", "")))

    assert shut == []


def test_every_form_that_comes_from_elsewhere_is_refused(told, page):
    """Without the token of the page, whoever is signed in (F41); only Wagtail's lists take none."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_organiser("everything", *roles.ROLES))
    taken = []
    for route, view in routes():
        answer = ask(client, "post", path_of(route, view, page))
        if answer.status_code not in {403, 404} and not answer.get("Location", "").startswith(
            "/en/admin/"
        ):
            taken.append((route, answer.status_code))

    assert taken == []
