"""Every address that is named exists, and public pages may be kept by caches."""

import re

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from plaidoyer.testing import make_form, make_pages
from tests.rules.test_files import PACKAGE, shown

NAMED = re.compile(r"""\{%\s*url\s+["']([\w:-]+)["']|\breverse(?:_lazy)?\(\s*["']([\w:-]+)["']""")


def names(resolver, prefix=""):
    """The names of all addresses under `resolver`, with their namespaces."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern) and pattern.name:
            yield prefix + pattern.name
        elif isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from names(pattern, inner)


def test_every_address_that_is_named_exists():
    known = set(names(get_resolver()))
    files = [*PACKAGE.rglob("*.html"), *PACKAGE.rglob("*.txt"), *PACKAGE.rglob("*.py")]
    asked = {
        (shown(path), a or b)
        for path in files
        if "demo" not in path.parts
        for a, b in NAMED.findall(path.read_text())
    }
    assert asked

    assert [(path, name) for path, name in asked if name not in known] == []


def test_every_view_of_ours_has_a_name():
    ours = [
        pattern
        for resolver in get_resolver().url_patterns
        for pattern in ([resolver] if isinstance(resolver, URLPattern) else [])
        if pattern.callback.__module__.startswith("plaidoyer.")
    ]

    assert [pattern for pattern in ours if not pattern.name] == []


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fr", "en"])
def test_public_pages_say_how_long_they_may_be_kept_and_set_no_cookie(client, language):
    page = make_pages(make_form())[language]

    for shown_page in page.get_ancestors(inclusive=True).filter(depth__gt=1).specific():
        answer = client.get(shown_page.get_url())

        assert answer.status_code == 200, shown_page
        assert "max-age" in answer.get("Cache-Control", ""), shown_page
        assert "Cookie" not in answer.get("Vary", ""), shown_page
        assert not answer.cookies, shown_page
