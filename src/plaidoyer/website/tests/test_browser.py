"""Public pages in a real browser: what people with assistive technology and phones meet."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import translation

from plaidoyer.website.tests.conftest import LANGUAGES, make_figures, make_shown

pytestmark = pytest.mark.browser

SCREENS = [(scheme, width) for scheme in ("light", "dark") for width in (360, 1280)]


@pytest.fixture
def site(live_server, settings):
    """The small site, served; every public address of it."""
    shown = make_shown()
    make_figures(shown.campaign, shown.petition)
    addresses = shown.addresses()
    for language in LANGUAGES:
        with translation.override(language):
            addresses += [
                shown.thanks(),
                reverse("reports:index"),
                reverse("figures:index"),
                *(reverse("figures:figure", args=[name]) for name in ("own", "p-214", "paper")),
                reverse("me:ask"),
                reverse("embed_frame", args=[shown.petition.public_id]),
                f"/{language}/nowhere/",
            ]
    return [live_server.url + address for address in addresses]


def test_axe_finds_nothing_to_object_to(site, page):
    """WCAG 2.2 A and AA and axe's own good practice, light and dark, narrow and wide."""
    found = []
    for address in site:
        page.goto(address)
        for scheme, width in SCREENS:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 900})
            for violation in Axe().run(page).response["violations"]:
                nodes = [node["html"] for node in violation["nodes"]]
                found.append((address, scheme, width, violation["id"], nodes))

    assert found == []


def test_no_page_is_wider_than_a_small_phone(site, page):
    for address in site:
        page.goto(address)

        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address


def test_pages_ask_no_other_host_and_keep_no_cookie(site, page):
    asked = set()
    page.on("request", lambda request: asked.add(request.url.split("/")[2]))
    for address in site:
        page.goto(address)

    assert asked == {site[0].split("/")[2]}
    assert page.context.cookies() == []


def test_the_content_security_policy_refuses_nothing_of_ours(site, page):
    refused = []
    page.on("console", lambda message: refused.append(message.text))
    for address in site:
        page.goto(address)

    assert [text for text in refused if "Content Security Policy" in text] == []


def test_the_first_stop_of_the_keyboard_skips_to_the_content(site, page):
    page.goto(site[0])
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    assert skip.evaluate("link => link === document.activeElement")
    assert skip.bounding_box()["y"] >= 0

    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"


def test_focus_can_be_seen_on_every_stop(site, page):
    page.goto(site[0])
    stops = 0
    while stops < 40:
        page.keyboard.press("Tab")
        outline = page.evaluate(
            "(e => e === document.body ? null : getComputedStyle(e).outlineStyle)"
            "(document.activeElement)"
        )
        if outline is None:
            break
        assert outline == "solid"
        stops += 1

    assert stops > 5


def test_what_is_touched_is_large_enough(site, page):
    """44 px for buttons, boxes and menus; links inside sentences follow their line."""
    wanted = ".button, .field input:not([type=checkbox]), .site-nav a, .languages a, .brand"
    for address in site:
        page.goto(address)
        small = page.locator(wanted).evaluate_all(
            "all => all.filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 44)"
            ".map(e => e.outerHTML)"
        )

        assert small == [], address
