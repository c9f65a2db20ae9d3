"""Every public page that can be reached from the home pages: valid, open to all, without cookie."""

import gzip
import re
import urllib.error
import urllib.request
from collections import deque
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import html5lib
import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.servers import CHROMIUM

pytestmark = pytest.mark.browser

# Fetched by a browser on its own, as opposed to followed by a person.
FETCHED = {"img": "src", "script": "src", "link": "href", "source": "srcset", "iframe": "src"}
LIMIT = 600
# The form for complaints says which page it came from; it is one page.
COMPLAINTS = "/complaints/new/"


class Links(HTMLParser):
    """What a page leads to, and what it makes a browser fetch."""

    def __init__(self):
        super().__init__()
        self.led_to, self.fetched = [], []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "a" and "href" in attributes:
            self.led_to.append(attributes["href"])
        if tag in FETCHED and attributes.get(FETCHED[tag]):
            known = {"canonical", "alternate"}
            if attributes.get("rel") not in known:
                self.fetched.append(attributes[FETCHED[tag]])


def fetch(url):
    request = urllib.request.Request(url, headers={"User-Agent": "crawl"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


@pytest.fixture(scope="module")
def pages(story):
    """Every page that is reached from the home pages: by address, what was answered."""
    waiting, found = deque([f"{story.url}/fr/", f"{story.url}/en/"]), {}
    while waiting:
        url = waiting.popleft()
        if url in found or len(found) > LIMIT:
            continue
        _status, headers, body = found[url] = fetch(url)
        if headers.get_content_type() == "text/html":
            links = Links()
            links.feed(body.decode())
            for link in links.led_to:
                target = urljoin(url, link).split("#")[0]
                target = target.split("?")[0] if COMPLAINTS in target else target
                if target.startswith(story.url) and "/admin/" not in target:
                    waiting.append(target)
    return found


@pytest.fixture(scope="module")
def html(pages):
    """Those of them that are HTML, decoded."""
    return {
        url: body.decode()
        for url, (_status, headers, body) in pages.items()
        if headers.get_content_type() == "text/html"
    }


def test_there_are_pages_of_every_kind_in_both_languages(story, html):
    paths = {url.removeprefix(story.url) for url in html}

    for language in ("fr", "en"):
        mine = [path for path in paths if path.startswith(f"/{language}/")]
        assert len(mine) > 20
        assert any(path.startswith(f"/{language}/reports/") for path in mine)


def test_every_link_leads_to_a_page(story, pages):
    broken = {url: status for url, (status, _h, _b) in pages.items() if status != 200}

    assert len(pages) < LIMIT
    assert broken == {}


def test_every_page_is_valid_html(html):
    faults = {}
    for url, text in html.items():
        parser = html5lib.HTMLParser(strict=False)
        parser.parse(text)
        if parser.errors:
            (line, column), code, data = parser.errors[0]
            faults[url] = (code, data, text.split("\n")[line - 1][max(0, column - 60) : column])

    assert faults == {}


def test_every_page_says_its_language_and_has_one_title(html):
    for url, text in html.items():
        language = re.search(r'<html lang="(\w+)', text)[1]
        path = urlsplit(url).path
        if path[:4] in {"/fr/", "/en/"}:
            assert language == path[1:3], url
        assert text.count("<h1") == 1, url
        assert re.search(r"<title>[^<]{8,}</title>", text), url


def test_no_page_repeats_an_id(html):
    for url, text in html.items():
        ids = re.findall(r'\sid="([^"]+)"', text)
        assert len(ids) == len(set(ids)), (url, [each for each in ids if ids.count(each) > 1])


def test_no_public_page_sets_a_cookie_and_caches_may_keep_each(pages):
    for url, (_status, headers, _body) in pages.items():
        assert "Set-Cookie" not in headers, url
        assert "Cookie" not in headers.get("Vary", ""), url
        assert COMPLAINTS in url or "max-age" in headers.get("Cache-Control", ""), url


def test_no_page_fetches_anything_from_another_host(story, html):
    for url, text in html.items():
        links = Links()
        links.feed(text)
        for link in links.fetched:
            assert urljoin(url, link).startswith(story.url) or link.startswith("data:"), (url, link)


def test_every_page_is_small(html):
    """As it travels to a phone: packed, without pictures."""
    heavy = {url: size for url, text in html.items() if (size := packed(text)) > 20_000}

    assert heavy == {}


def packed(text):
    return len(gzip.compress(text.encode()))


@pytest.fixture(scope="module")
def axe():
    if not CHROMIUM.exists():
        pytest.skip(f"browser tests need {CHROMIUM} (apt-get install chromium)")
    return Axe()


def violations(axe, page):
    """What axe finds, shortly."""
    return [
        (fault["id"], [node["target"] for node in fault["nodes"]][:3])
        for fault in axe.run(page).response["violations"]
    ]


@pytest.mark.parametrize(("scheme", "width"), [("light", 360), ("dark", 1280)])
def test_nobody_is_shut_out(story, html, browser, axe, scheme, width):
    """One page of each kind."""
    context = browser.new_context(
        viewport={"width": width, "height": 740}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    hosts = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    urls = one_of_each_kind(story, html)
    faults, wide = {}, []
    for url in sorted(urls):
        page.goto(url)
        if found := violations(axe, page):
            faults[url.removeprefix(story.url)] = found
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(url.removeprefix(story.url))
    context.close()

    assert faults == {}
    assert wide == []
    assert hosts - {""} == {urlsplit(story.url).netloc}


def one_of_each_kind(story, html):
    """A page for each shape of address and of template, French first."""
    kinds = {}
    for url, text in sorted(html.items(), reverse=True):
        path = urlsplit(url).path
        main = re.search(r'<main.*?class="([\w -]+)"', text, re.DOTALL)
        kind = (path.count("/"), *path.split("/")[2:3], main and main[1], "?" in url)
        kinds.setdefault(kind, url)
    return list(kinds.values())
