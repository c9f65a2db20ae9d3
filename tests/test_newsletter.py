"""A newsletter from its first word to the mailboxes: written, tried, sent by the real programs."""

import re
import urllib.request
from pathlib import Path

import dkim
import pytest
from django.urls import reverse
from django.utils.html import escape

from plaidoyer.mail import signatures
from plaidoyer.mail.models import Envelope
from plaidoyer.newsletters import checks, copies, previews, spam, writing
from plaidoyer.newsletters.models import Copy, Mailing, Segment, Version
from plaidoyer.newsletters.tests.test_desk import ENGLISH, FRENCH, write
from plaidoyer.testing import make_organiser, make_reader
from tests.servers import Product
from tests.waiting import wait_until

SUBJECTS = {"en": "Beavers!", "fr": "Les castors !"}
NAMES = {"en": "Suzie,", "fr": "Laura,"}


@pytest.fixture
def signed(product: Product, settings, tmp_path: Path) -> dict[bytes, bytes]:
    """The product signs with an RSA and an ed25519 key; the DNS that tells of them."""
    settings.DKIM_DIR = tmp_path / "dkim"
    records = [signatures.make_key("s1"), signatures.make_key("e1", kind="ed25519")]
    product.settings |= {
        "SECRET_KEY": settings.SECRET_KEY,
        "DKIM_DIR": str(settings.DKIM_DIR),
        "DKIM_SELECTORS": "s1 e1",
    }
    return {
        record.partition(" IN TXT ")[0].encode(): "".join(re.findall('"([^"]*)"', record)).encode()
        for record in records
    }


def ask(url: str, method: str, body: bytes | None = None) -> int:
    """What a program without a cookie, a session or a token of ours is told."""
    request = urllib.request.Request(url, data=body, method=method)
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert not answer.headers["Set-Cookie"]
        assert answer.url == url
        return answer.status


def test_it_is_written_tried_scheduled_sent_and_left_by_one_click(product, client, signed):
    product.catcher.answers["charlie@post.example"] = "451 4.7.1 Try later"
    with product.orm():
        readers = {"en": make_reader("suzie"), "fr": make_reader("laura", language="fr-CA")}
        charlie, ed = make_reader("charlie"), make_organiser("ed")
        make_reader("gone", language="fr").subscriptions.all().delete()
        client.force_login(ed)
        product.start()

        begun = client.post(reverse("writing:new"), {"name": "Spring", "on_web": "on"})
        mailing = Mailing.objects.get()
        assert begun.url == reverse("writing:write", args=[mailing.pk])
        link = ("button", {"label": "Look", "page": "", "url": f"{product.url}/en/"})
        english = {**ENGLISH, "blocks": [*ENGLISH["blocks"], link]}
        assert write(client, mailing, do="check", en=english, fr=FRENCH).status_code == 302
        for name in ("look", "check", "send"):
            assert client.get(reverse(f"writing:{name}", args=[mailing.pk])).status_code == 200
        client.post(reverse("writing:trial", args=[mailing.pk]), {"person": [ed.pk]})
        tests = [product.catcher.wait_for(ed.email, number=n) for n in (1, 2)]
        assert {one.message["Subject"] for one in tests} == {
            f"[Test] {subject}" for subject in SUBJECTS.values()
        }

        rules = {"g0-r0-code": "language", "g0-r0-language": "en", "g0-rules": 2}
        rules |= {"g0-r1-code": "language", "g0-r1-language": "fr", "g0-join": "any"}
        named = {"name": "All who read us", "groups": 1, "join": "all", "do": "save"}
        client.post(reverse("segments:add"), named | rules)
        segment = Segment.objects.get()
        checks.accept(mailing, {one.key for one in checks.run(mailing)}, by=ed)
        plan = {
            "segment": segment.pk,
            "topic": "",
            "timing": "now",
            "leaves_at": "",
            "trial_percent": 0,
        }
        plan |= {"trial_hours": 4, "winner_rule": "acts", "do": "schedule"}
        asked = client.post(reverse("writing:send", args=[mailing.pk]), plan)
        client.post(asked.url)

        letters = {code: product.catcher.wait_for(reader.email) for code, reader in readers.items()}
        for code, caught in letters.items():
            read_back(caught.raw, caught.message, code, mailing, signed)
            reader = readers[code]
            envelope = Copy.objects.get(supporter=reader).envelope
            assert caught.message["Message-ID"] == f"<{envelope.uid.hex}@river.example>"
            assert re.search(r"bounce-[0-9a-f]{32}-[0-9a-f]{10}@", caught.mail_from)
            assert reader.email not in caught.message["List-Unsubscribe"]
        assert not product.catcher.to("gone@post.example")

        way_out = letters["en"].message["List-Unsubscribe"].strip("<>")
        for method in ("GET", "HEAD"):
            assert ask(way_out, method) == 200
            assert readers["en"].subscriptions.filter(ended_at=None).exists()
        for _twice in range(2):
            assert ask(way_out, "POST", b"List-Unsubscribe=One-Click") == 200
            assert not readers["en"].subscriptions.filter(ended_at=None).exists()

        waiting = Envelope.objects.filter(copy__supporter=charlie)
        wait_until(lambda: waiting.get().state == "deferred", what="a copy that waits")
        path = copies.unsubscribe_url(charlie).partition("/u/")[2]
        assert ask(f"{product.url}/u/{path}", "POST", b"List-Unsubscribe=One-Click") == 200
        assert waiting.get().state == "cancelled"
        done = Mailing.objects.filter(pk=mailing.pk, state="sent")
        wait_until(done.exists, what="the end of the mailing")
        assert client.get(reverse("writing:results", args=[mailing.pk])).status_code == 200
    assert not product.catcher.to("charlie@post.example")


def read_back(raw, message, code, mailing, zone):
    """What left is read by programs that are not ours."""
    assert message["Subject"] == SUBJECTS[code]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"].endswith("<newsletter.river.example>")
    assert message["Feedback-ID"] == f"{mailing.public_id}:all:newsletter:riverexample"
    assert message["Content-Language"] == code
    plain, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for words in (NAMES[code], {"en": "They are back", "fr": "Les voilà"}[code]):
        assert words in plain
        assert escape(words) in html
    way_out = message["List-Unsubscribe"].strip("<>")
    assert way_out in plain
    assert way_out in html
    # The wire ends a message with the line end that its dot needs.
    for number in (0, 1):
        assert dkim.DKIM(raw).verify(idx=number, dnsfunc=lambda name, **_: zone[name])
    for header in (b"List-Unsubscribe: ", b"List-Unsubscribe-Post: "):
        touched = raw.replace(header, header + b"x", 1)
        for number in (0, 1):
            assert not believed(touched, number, zone)


def believed(raw, number, zone):
    try:
        return dkim.DKIM(raw).verify(idx=number, dnsfunc=lambda name, **_: zone[name])
    except dkim.ValidationError:
        return False


@pytest.mark.skipif(not spam.program(), reason="needs SpamAssassin")
def test_the_coalitions_newsletter_is_far_from_spam(story):
    with story.orm():
        letters = [spam.message(version) for version in sent()]

    assert len(letters) == 2
    for letter in letters:
        score, rules = spam.scored(letter)
        assert score < 2, rules


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1200])
def test_the_coalitions_newsletter_fits_a_phone_and_a_desktop(story, browser, width):
    with story.orm():
        letters = [
            previews.filled(version.html, version, previews.READERS[0], is_html=True)
            for version in sent()
        ]

    for letter in letters:
        page = browser.new_page(viewport={"width": width, "height": 740})
        page.set_content(letter)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        small = "[...document.querySelectorAll('a.more')].filter(a => a.offsetHeight < 24).length"
        assert page.evaluate(small) == 0
        page.close()


@pytest.mark.browser
def test_on_a_dark_screen_nothing_stays_light(story, browser):
    with story.orm():
        dark = [
            previews.in_dark(previews.filled(one.html, one, previews.READERS[0], is_html=True))
            for one in sent()
        ]

    page = browser.new_page(viewport={"width": 360, "height": 740})
    for letter in dark:
        page.set_content(letter)
        grounds = page.evaluate(
            "[...document.querySelectorAll('body, .card, .tint, .under, .under td')]"
            ".map(one => getComputedStyle(one).backgroundColor)"
        )
        shades = [[int(n) for n in re.findall(r"\d+", one)[:3]] for one in grounds]
        assert shades
        assert max(max(shade) for shade in shades) < 90, shades
    page.close()


def sent():
    """The versions of what the coalition sent, compiled as they would be now."""
    versions = list(Version.objects.filter(mailing__state="sent").select_related("mailing"))
    written = [version for version in versions if version.body]
    for version in written:
        writing.compile_version(version)
    return written
