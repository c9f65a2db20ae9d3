"""The back office in a real browser, under its own content security policy."""

import contextlib

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from playwright.sync_api import Error

from plaidoyer.website.tests.conftest import make_shown

pytestmark = pytest.mark.browser


def screens() -> list[str]:
    """Every screen of the back office whose address asks for nothing; a list's results alone are
    no screen."""
    found = []

    def walk(patterns, before=""):
        for pattern in patterns:
            path = before + str(pattern.pattern)
            if not isinstance(pattern, URLPattern):
                walk(pattern.url_patterns, path)
            elif not set(path) & set("<(?*[+"):
                found.append("/" + path.replace("^", "").replace("$", "").replace("\\Z", ""))

    [admin] = [one for one in get_resolver().url_patterns if str(one.pattern) == "admin/"]
    walk(admin.url_patterns, "admin/")
    return [
        path
        for path in found
        if not {"logout", "sprite", "jsi18n", "failwhale", "results"} & set(path.split("/"))
    ]


@pytest.fixture
def desk(live_server, page, admin_user):
    """A tab in which an administrator is signed in, and what its console said."""
    client = Client()
    client.force_login(admin_user)
    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
    page.context.add_cookies([cookie])
    page.refused = []
    page.on("console", lambda said: page.refused.append((page.url, said.text)))
    return page


def refused(desk):
    return [(url, text) for url, text in desk.refused if "Content Security Policy" in text]


def test_no_screen_needs_what_the_policy_refuses(desk, live_server):
    shown = make_shown()
    pages = [page.pk for page in shown.pages["en"].values()]
    edits = [reverse("wagtailadmin_pages:edit", args=[pk]) for pk in pages]
    edits += [reverse("forms:edit", args=[shown.petition.pk])]
    for address in [*screens(), *edits]:
        with contextlib.suppress(Error):  # a file to download, or a press that is no page
            desk.goto(live_server.url + address, wait_until="load")

    assert refused(desk) == []
