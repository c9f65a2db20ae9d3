"""What the demo sends is caught by SMTP and shown at /demo/mail/."""

import importlib
import signal
import smtplib
import subprocess
import sys
import time

import pytest
from django.urls import clear_url_caches

from plaidoyer.config import urls as config_urls
from plaidoyer.demo.maildir import Maildir
from tests.waiting import free_port, wait_until

pytestmark = pytest.mark.django_db
LETTER = (
    b'From: "Laura (via River)" <letter-x@river.example>\r\n'
    b"To: <vale@ministry.example>\r\n"
    b"Subject: =?utf-8?b?TGUgcHLDqQ==?=\r\n"
    b"MIME-Version: 1.0\r\n"
    b'Content-Type: multipart/alternative; boundary="b"\r\n'
    b'\r\n--b\r\nContent-Type: text/plain; charset="utf-8"\r\n\r\n'
    b"Read https://river.example/fr/x/ <script>\r\n"
    b'--b\r\nContent-Type: text/html; charset="utf-8"\r\n\r\n'
    b"<p>Read <a href='https://river.example/'>this</a><script>alert(1)</script>\r\n--b--\r\n"
)


@pytest.fixture
def maildir(settings, tmp_path):
    """The demo's pages, over an empty folder of mails."""
    settings.DEMO_MAILDIR = str(tmp_path)
    importlib.reload(config_urls)
    clear_url_caches()
    yield Maildir(tmp_path)
    settings.DEMO_MAILDIR = ""
    importlib.reload(config_urls)
    clear_url_caches()


def test_the_newest_mail_comes_first_and_recipients_are_found(client, maildir):
    maildir.keep(LETTER, "Vale@ministry.example")
    maildir.keep(LETTER.replace(b"TGUgcHLDqQ==", b"U2Vjb25k"), "suzie+x@home.example")

    everything = client.get("/demo/mail/").text
    assert everything.index("Second") < everything.index("Le pré")
    assert "Le pré" not in client.get("/demo/mail/?to=SUZIE%2Bx").text
    assert "Le pré" in client.get("/demo/mail/?to=vale@ministry").text


def test_a_mail_is_shown_with_its_links_and_without_its_scripts(client, maildir):
    maildir.keep(LETTER, "vale@ministry.example")
    [mail] = maildir.mails()

    page = client.get(f"/demo/mail/{mail.key}/").text
    assert '<a href="https://river.example/fr/x/" rel="nofollow">' in page
    assert "<script>" not in page
    assert "Laura (via River)" in page
    assert "Delivered-To: vale@ministry.example" in page

    frame = client.get(f"/demo/mail/{mail.key}/html/")
    policy = frame["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-popups")
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy
    assert '<base target="_top">' in frame.text


@pytest.mark.parametrize(
    ("asked", "preferred", "title"),
    [("", "fr", "fr"), ("", "en", "en"), ("?lang=fr", "en", "fr"), ("?lang=xx", "en", "en")],
)
def test_the_pages_speak_the_visitors_language(client, maildir, asked, preferred, title):
    page = client.get(f"/demo/mail/{asked}", headers={"accept-language": preferred}).text

    assert f'<html lang="{title}">' in page


@pytest.mark.parametrize("path", ["1/", "1/html/", "999999999999999999999999999999/"])
def test_a_mail_that_never_came_is_not_found(client, maildir, path):
    assert client.get(f"/demo/mail/{path}", follow=True).status_code == 404


@pytest.mark.parametrize("query", ["?page=x", "?page=-1", "?page=999", "?to=%00", "?to=%ff../"])
def test_strange_questions_get_an_answer(client, maildir, query):
    maildir.keep(LETTER, "vale@ministry.example")

    assert client.get(f"/demo/mail/{query}").status_code == 200


@pytest.mark.parametrize(
    ("raw", "recipient"),
    [
        (b"", "a@b.example"),
        (b"no headers\r\n", "a/../../b@c.example"),
        (b"Subject: =?nonsense?b?xx?=\r\nContent-Type: text/plain; charset=no\r\n\r\n\xff", "x"),
        (b"Subject: \xff\xfe\r\n\r\n\x00", "é@b.example"),
        (b"Content-Type: multipart/alternative\r\n\r\nx", "a" * 250 + "@b.example"),
    ],
)
def test_a_broken_mail_is_shown_as_well_as_it_can_be(client, maildir, raw, recipient):
    maildir.keep(raw, recipient)
    [mail] = maildir.mails()

    for path in ("", f"{mail.key}/", f"{mail.key}/html/"):
        assert client.get(f"/demo/mail/{path}").status_code == 200


def test_thousands_of_mails_are_listed_quickly(client, maildir):
    for number in range(3000):
        maildir.keep(LETTER, f"s{number}@home.example")

    began = time.monotonic()
    page = client.get("/demo/mail/").text

    assert time.monotonic() - began < 2
    assert "3,000" in page
    assert page.count("Le pré") == 50


def test_outside_the_demo_there_is_no_such_page(client):
    assert client.get("/demo/mail/", follow=True).status_code == 404


def test_the_catcher_takes_mail_by_smtp_until_it_is_stopped(tmp_path, monkeypatch):
    port = free_port()
    monkeypatch.setenv("DEMO_MAILDIR", str(tmp_path))
    command = [sys.executable, "-m", "plaidoyer.config.cli", "catcher", "--port", str(port)]
    catcher = subprocess.Popen(command)
    try:
        relay = wait_until(lambda: connected(port))
        for number in range(200):
            relay.sendmail("a@b.example", [f"s{number}@home.example", "vale@m.example"], LETTER)
        relay.quit()
    finally:
        catcher.send_signal(signal.SIGTERM)
    assert catcher.wait(10) == 0

    maildir = Maildir(tmp_path)
    assert len(maildir.mails()) == 400
    assert len(maildir.mails("vale@m.example")) == 200
    assert maildir.mails()[0].subject == "Le pré"


def connected(port):
    try:
        return smtplib.SMTP("127.0.0.1", port, timeout=5)
    except OSError:
        return None
