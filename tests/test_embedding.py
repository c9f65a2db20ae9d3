"""A form on a partner's site, in a real browser: signed there, without a cookie of ours."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from plaidoyer.actions.models import Action
from plaidoyer.api import embeds
from plaidoyer.testing import make_form, make_pages

pytestmark = pytest.mark.browser


class Partner:
    """A site of somebody else's, on another origin: 127.0.0.1 is not localhost to a browser."""

    def __init__(self):
        site = self
        self.body = ""

        class Pages(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                head = "<!doctype html><html lang=fr><title>Partner</title><h1>Partner</h1>"
                self.wfile.write((head + site.body).encode())

            def log_message(self, *_arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def partner():
    partner = Partner()
    yield partner
    partner.server.shutdown()
    partner.server.server_close()


@pytest.fixture
def form(live_server, settings, partner):
    """A petition that the partner may embed, and whose lines stand on the partner's page."""
    settings.BASE_URL = live_server.url
    form = make_form(embedded_on=partner.url)
    make_pages(form)
    partner.body = {one.language: one.html for one in embeds.snippets(form)}["fr"]
    return form


def inside(page):
    """The frame of ours in the partner's page, once it shows."""
    page.wait_for_function("document.querySelector('iframe')?.offsetHeight > 200")
    return page.frames[1]


def test_suzie_signs_on_the_partners_site(page, partner, form):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(partner.url)
    frame = inside(page)
    assert page.locator("p a").is_hidden()
    assert page.locator("iframe").get_attribute("title") == "Pour le pré"
    assert frame.evaluate("document.documentElement.scrollHeight <= innerHeight + 1")
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")

    frame.fill("input[name=given_name]", "Suzie")
    frame.fill("input[name=family_name]", "Désy")
    frame.fill("input[name=email]", "suzie@")
    frame.click("button[name=step]")
    frame.wait_for_selector(".errors")
    frame.fill("input[name=email]", "suzie@post.example")
    frame.click("button[name=step]")
    frame.wait_for_url("**/thanks/**")

    assert page.url == f"{partner.url}/"
    assert "Merci" in frame.inner_text("h1")
    assert Action.objects.get().via == "embed.127.0.0.1"
    assert page.context.cookies() == []


def test_what_lies_elsewhere_opens_in_the_whole_window(page, partner, form):
    page.goto(partner.url)

    inside(page).click(".kicker a")
    page.wait_for_url("**/campagnes/meadow/")

    assert page.locator(".site-header").is_visible()


def test_a_site_that_may_not_gets_the_plain_link(page, partner, form):
    form.embedded_on = "https://another.example"
    form.save()
    refused = []
    page.on("console", lambda message: refused.append(message.text))

    page.goto(partner.url)
    page.wait_for_selector("iframe", state="attached")
    page.wait_for_timeout(1500)

    assert any("frame-ancestors" in text for text in refused)
    assert page.locator("iframe").evaluate("frame => frame.offsetHeight") == 0
    assert page.locator("p a").is_visible()


def test_without_scripts_the_plain_link_leads_to_the_form(browser, partner, form):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(partner.url)

    page.click("p a")

    assert page.locator("input[name=email]").is_visible()
    assert "/fr/campagnes/meadow/agir/" in page.url
    context.close()
