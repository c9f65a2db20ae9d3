"""Every way to act, walked in a real browser: in both languages, on a small phone and on a wide
screen, with and without scripts, by keyboard alone, and open to all at each step."""

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from plaidoyer.actions.kinds import KINDS
from tests.test_walk import form_page, link_in, uid_in
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

TAKING = sorted(kind.name for kind in KINDS.values() if kind.form)
# Language, width and scripts: each pair of them once.
WAYS = [("fr", 360, False), ("en", 1280, True), ("fr", 1280, True), ("en", 360, False)]
# A kind is walked in both languages, widths and ways of scripts; its neighbour takes the other two
# ways, so that all kinds together have every pair.
WALKS = [(way, kind) for n, kind in enumerate(TAKING) for way in WAYS[n % 2 * 2 :][:2]]
# What only this kind asks, by field: what is typed, or which choice is ticked.
ASKED = {
    "petition": {"comment": "Pour les loutres 🦦"},
    "call": {"whom": "", "outcome": "message"},
    "official_petition": {"answer": "signed"},
}
WHO = {"given_name": "Suzie", "family_name": "Désy-Ōkami", "postal_code": "AR1 2LD"}


@pytest.fixture
def window(request, browser):
    """A window of the width that is asked for, with or without scripts."""
    _language, width, is_scripted = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 740},
        java_script_enabled=is_scripted,
        reduced_motion="reduce",
    )
    window = context.new_page()
    window.hosts = set()
    window.on("request", lambda request: window.hosts.add(urlsplit(request.url).netloc))
    yield window
    context.close()


def look(page, story, language, *, is_scripted):
    """What holds on every page of the way; with scripts, axe looks too."""
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.context.cookies() == []
    assert page.hosts - {""} == {urlsplit(story.url).netloc}
    if is_scripted:
        found = Axe().run(page).response["violations"]
        told = [(fault["id"], [node["target"] for node in fault["nodes"]][:3]) for fault in found]
        assert told == [], page.url


def go(page, selector):
    """Presses what leads to the next page."""
    with page.expect_navigation():
        page.click(selector)


def fill_in(page, kind, email):
    """All that the form asks, as somebody with a pointer does."""
    for name, value in {**ASKED.get(kind, {}), **WHO, "email": email}.items():
        field = page.locator(f"main form.form [name={name}]")
        if field.first.get_attribute("type") == "radio":
            page.locator(
                f"[name={name}][value='{value}']" if value else f"[name={name}]"
            ).first.check()
        else:
            field.fill(value)


@pytest.mark.parametrize(
    ("window", "way", "kind"),
    [(way, way, kind) for way, kind in WALKS],
    ids=lambda way: way if isinstance(way, str) else "-".join(map(str, way)),
    indirect=["window"],
)
def test_the_whole_way(story, window, way, kind):
    language, width, is_scripted = way
    email = f"{kind}-{language}-{width}@people.example"
    address, _campaign = form_page(story, kind, language)

    def see():
        look(window, story, language, is_scripted=is_scripted)

    window.goto(story.url + address)
    see()
    go(window, "main form.form button[name=step]")
    assert window.locator("[aria-invalid=true]").count() >= 3
    see()
    fill_in(window, kind, email)
    go(window, "main form.form button[name=step]")
    if KINDS[kind].preview_template:
        see()
        assert "Désy-Ōkami" in window.inner_text("main")
        go(window, "main button[name=step][value=send]")
    assert "/thanks/" in window.url
    assert email in window.inner_text("main")
    see()
    link = link_in(story.catcher.wait_for(email), "confirmation")
    window.goto(link)
    see()
    go(window, "main form button >> nth=0")
    see()

    [(counted,)] = story.sql(
        "SELECT count(*) FROM actions_confirmation c JOIN actions_action a ON a.id = c.action_id"
        " JOIN actions_actionform f ON f.id = c.form_id WHERE a.uid = %s AND f.kind = %s",
        uid_in(link),
        kind,
    )  # fmt: skip
    assert counted == 1


STOP = """() => { const at = document.activeElement, style = getComputedStyle(at);
  return {name: at.name || '', type: at.type || '', step: at.name === 'step' ? at.value : '',
          seen: style.outlineStyle !== 'none' || style.boxShadow !== 'none'
                || getComputedStyle(at.closest('label') || at).outlineStyle !== 'none'} }"""


def type_through(page, wanted):
    """Goes by Tab from the top of the page, fills in what is `wanted`, and presses the button."""
    left = dict(wanted)
    for _stop in range(200):
        page.keyboard.press("Tab")
        at = page.evaluate(STOP)
        assert at["seen"], f"nobody sees that {at} has the focus"
        if at["name"] in left:
            value = left.pop(at["name"])
            page.keyboard.press("Space") if at["type"] == "radio" else page.keyboard.type(value)
        elif at["step"] in {"send", "preview"}:
            break
    assert left == {}
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.parametrize("kind", TAKING)
@pytest.mark.parametrize("window", [("fr", 1280, True)], indirect=True)
def test_the_way_by_keyboard_alone(story, window, kind):
    email = f"keys-{kind}@people.example"
    address, _campaign = form_page(story, kind, "fr")

    window.goto(story.url + address)
    type_through(window, {**ASKED.get(kind, {}), **WHO, "email": email})
    if KINDS[kind].preview_template:
        type_through(window, {})
    assert "/thanks/" in window.url
    link = link_in(story.catcher.wait_for(email), "confirmation")
    window.goto(link)
    for _stop in range(40):
        window.keyboard.press("Tab")
        if window.evaluate("document.activeElement.closest('main form') !== null"):
            break
    with window.expect_navigation():
        window.keyboard.press("Enter")

    wait_until(lambda: story.sql(
        "SELECT 1 FROM actions_confirmation c JOIN actions_action a ON a.id = c.action_id"
        " WHERE a.uid = %s", uid_in(link)), seconds=10)  # fmt: skip


@pytest.mark.parametrize(
    ("window", "way"),
    [(way, way) for way in WAYS],
    ids=lambda way: "-".join(map(str, way)),
    indirect=["window"],
)
def test_a_page_is_passed_on(story, window, way):
    language, _width, is_scripted = way
    address, _campaign = form_page(story, "share", language)

    window.goto(story.url + address)
    look(window, story, language, is_scripted=is_scripted)

    links = [link.get_attribute("href") for link in window.locator("#act ul a").all()]
    assert any("wa.me" in link and "via%3Dwhatsapp" in link for link in links)
    assert any(link.startswith("mailto:") and "via%3Dmail" in link for link in links)
    assert window.locator("#act form").count() == 0


@pytest.mark.parametrize("kind", TAKING)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_first_view_is_light(story, browser, kind, language):
    """At most 30 kB of HTML, and 100 kB with all that a phone fetches before anybody scrolls."""
    address, _campaign = form_page(story, kind, language)
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page, sizes = context.new_page(), {}
    page.on("requestfinished", lambda one: sizes.update({one.url: one.sizes()["responseBodySize"]}))

    answer = page.goto(story.url + address, wait_until="networkidle")
    html = len(answer.body())
    context.close()

    assert html <= 30_000
    assert sum(sizes.values()) <= 100_000, sizes
