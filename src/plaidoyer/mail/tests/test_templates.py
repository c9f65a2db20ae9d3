"""Compiled messages: the same words as the plain rendering, in lines nobody has to mend."""

import re
from email import message_from_bytes, policy
from html import escape
from types import SimpleNamespace
from uuid import UUID

import dkim
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaidoyer.mail import signatures, templates
from plaidoyer.mail.kinds import Message

A, B = "\ue001", "\ue002"
SUZIE = SimpleNamespace(uid=UUID(int=7), to_address="suzie@post.example")
WORDS = st.text(st.characters(exclude_categories=["Cs", "Co"], exclude_characters="\r\x00"))
ONE_LINE = st.text(st.characters(exclude_categories=["Cs", "Co", "Cc", "Zl", "Zp"]))


def message(text="Dear" + A, html="<p>Dear" + A, **facts):
    return Message(
        **{
            "subject": "The meadow",
            "text": text,
            "html": html,
            "sender_name": "River Coalition",
            "language": "en",
            "headers": {"List-Unsubscribe": f"<{B}>", "List-Id": "<newsletter.river.example>"},
        }
        | facts
    )


def parsed(raw):
    return message_from_bytes(raw, policy=policy.default)


def part(raw, subtype):
    [found] = [p for p in parsed(raw).walk() if p.get_content_type() == f"text/{subtype}"]
    return found.get_payload(decode=True).decode()


@given(before=WORDS, value=ONE_LINE, after=WORDS)
def test_any_words_come_out_as_they_went_in(before, value, after):
    template = templates.compile(message(before + A + after, f"<p>{A}</p>{before}{A}"), [A, B])

    raw = template.fill(SUZIE, {A: value, B: "https://river.example/u/x/"})

    assert part(raw, "plain") == (before + value + after).replace("\n", "\r\n")
    safe = escape(value)
    assert part(raw, "html") == f"<p>{safe}</p>{before}{safe}".replace("\n", "\r\n")
    body = raw.partition(b"\r\n\r\n")[2]
    assert max(len(line) for line in body.split(b"\r\n")) <= 76
    assert raw.isascii()
    assert not re.search(rb"(?m)^\.|  |\t| $|[^\r]\n|\r[^\n]", body)
    assert signatures.relaxed_body(body) == body


def test_the_headers_are_each_readers_own():
    template = templates.compile(message(subject="Hello" + A), [A, B])

    letter = parsed(template.fill(SUZIE, {A: " Éloïse", B: "https://river.example/u/x/"}))

    assert letter["To"] == "suzie@post.example"
    assert letter["Subject"] == "Hello Éloïse"
    assert letter["List-Unsubscribe"] == "<https://river.example/u/x/>"
    assert letter["Message-ID"] == f"<{UUID(int=7).hex}@river.example>"
    assert letter["From"].addresses[0].display_name == "River Coalition"
    assert letter["Date"].datetime


@pytest.fixture
def keys(settings, tmp_path):
    """An RSA and an ed25519 key that sign; the DNS that tells of them."""
    settings.DKIM_DIR = tmp_path
    records = [signatures.make_key("s1"), signatures.make_key("e1", kind="ed25519")]
    settings.DKIM_SELECTORS = ["s1", "e1"]
    signatures._signers.cache_clear()
    zone = {}
    for record in records:
        name, _, value = record.partition(" IN TXT ")
        zone[name.encode()] = "".join(re.findall('"([^"]*)"', value)).encode()
    return zone


def verified(raw, zone):
    """Whether dkimpy, which is not ours, believes each signature."""
    found = dkim.DKIM(raw)
    believed = []
    for number in (0, 1):
        try:
            believed.append(found.verify(idx=number, dnsfunc=lambda name, **_: zone[name]))
        except dkim.ValidationError:  # of the body
            believed.append(False)
    return believed


def test_both_signatures_are_believed(keys):
    template = templates.compile(message("Dear" + A + ",\n\n.dot  two \t\n\n", "é" * 200), [A, B])

    raw = template.fill(SUZIE, {A: " Éloïse", B: "https://river.example/u/x/"})

    assert verified(raw, keys) == [True, True]
    assert max(len(line) for line in raw.split(b"\r\n")) <= 76
    assert b"l=" not in raw.partition(b"\r\n\r\n")[0].replace(b"bl=", b"")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"To: <suzie", b"To: <laura"),
        (b"The meadow", b"The money!"),
        (b"https://river", b"https://raver"),
        (b"From:", b"From: <x@y.example>\r\nFrom:"),
        (b"Subject:", b"Subject: x\r\nSubject:"),
        (b"\r\nMIME-Version", b"\r\nReply-To: <x@y.example>\r\nMIME-Version"),
        (b"Dear", b"Dead"),
        (b"newsletter.river", b"newsletter.raver"),
    ],
)
def test_whatever_is_changed_or_added_on_the_way_breaks_them(keys, before, after):
    raw = templates.compile(message(), [A, B]).fill(SUZIE, {B: "https://river.example/u/x/"})

    head, _, body = raw.partition(b"From:")
    changed = head + (b"From:" + body).replace(before, after, 1)

    assert changed != raw
    assert not any(verified(changed, keys))


def test_a_key_is_nobodys_but_ours(keys, settings, tmp_path):
    path = tmp_path / "s1.pem"

    assert path.stat().st_mode & 0o777 == 0o600
    assert b"ENCRYPTED" in path.read_bytes()
    with pytest.raises(FileExistsError):
        signatures.make_key("s1")
    for name in ("../s1", "", "S1", "a.b", "-a"):
        with pytest.raises(signatures.BadSelectorError):
            signatures.make_key(name)
    settings.SECRET_KEY = "another"
    with pytest.raises(Exception, match="SECRET_KEY"):
        signatures.read_key("s1")
