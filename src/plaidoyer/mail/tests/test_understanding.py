"""What came back is understood from its bytes, whoever wrote them, and breaks nothing."""

import random
import time
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaidoyer.mail import messages, returns
from plaidoyer.mail.inbound import automatic, codes, parts
from plaidoyer.mail.inbound.understanding import Understood, understand
from plaidoyer.mail.models import Envelope
from plaidoyer.mail.tests.coming import CORPUS, mail

ENVELOPE = Envelope(kind="mailing", to_address="suzie@post.example", uid=uuid.UUID(int=7))
KINDS = {"bounce", "delay", "complaint", "reply", "auto_reply", "stray", "unreadable"}


def understood(raw: bytes, *, to: str = "bounce", sender: str = "") -> Understood:
    recipient = returns.address(to, ENVELOPE) if "@" not in to else to
    return understand(raw, via="smtp", recipient=recipient, sender=sender)


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_every_style_is_told_for_what_it_is(path):
    kind, code = (*path.stem.split(".", 1), "")[:2]
    is_arf = kind == "complaint" or path.stem == "stray.not-spam"
    to = "abuse@river.example" if is_arf else "reply" if kind == "reply" else "bounce"
    sender = "vale@ministry.example" if kind == "reply" else ""

    said = understood(
        mail(path, ENVELOPE, to=to if "@" not in to else "bounce"), to=to, sender=sender
    )

    assert said.kind == kind
    assert said.uids[:1] == (ENVELOPE.uid,)
    if kind in {"bounce", "delay"}:
        assert code.startswith(f"{said.code}.")
        assert said.words


def test_a_reply_is_read_in_its_own_script():
    said = understood(mail("reply.minister", ENVELOPE), to="reply", sender="vale@ministry.example")

    assert (said.sender, said.sender_name) == ("vale@ministry.example", "Ada Vale")
    assert said.subject == "Re: Le pré"
    assert said.text == (
        "Chère Madame,\n\nje vous remercie de votre lettre – nous protégeons le pré."
    )


def test_a_reply_in_html_is_read_without_its_tags():
    said = understood(mail("reply.html-only", ENVELOPE), to="reply", sender="a@b.example")

    assert said.text == "We will protect it.\n\nAda Vale"


@pytest.mark.parametrize(
    "recipient",
    [
        messages.bounce_address(ENVELOPE).replace("@", "a@"),
        messages.bounce_address(ENVELOPE).replace("bounce-", "reply-"),
        f"bounce-{messages.opaque(ENVELOPE)}-aaaaaaaa@river.example",
        f"bounce-{messages.opaque(ENVELOPE)}@river.example",
        "abuse@river.example",
        "",
    ],
)
def test_a_forged_address_bounces_nothing(recipient):
    raw = mail("bounce.5.1.1.postfix", ENVELOPE)

    assert understand(raw, via="smtp", recipient=recipient, sender="").kind == "stray"


def test_a_complaint_with_a_forged_address_and_no_message_of_ours_means_nobody():
    raw = mail("complaint.yahoo-redacted", ENVELOPE)
    code = messages.bounce_address(ENVELOPE).partition("@")[0][-8:].encode()
    raw = raw.replace(code, b"aaaaaaaa").replace(ENVELOPE.uid.hex.encode(), b"somebody-else")

    assert understood(raw, to="abuse@river.example").uids == ()


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(CORPUS),
    st.randoms(use_true_random=False),
    st.sampled_from(["cut", "swap", "drop", "double", "noise"]),
)
def test_mutated_and_truncated_mails_are_read_or_let_go(path, chance, how):
    raw = mutated(mail(path, ENVELOPE), chance, how)

    for to in ("bounce", "reply", "abuse@river.example"):
        for sender in ("", "vale@ministry.example"):
            said = understood(raw, to=to, sender=sender)
            assert said.kind in KINDS
            storable(said)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2000))
def test_no_bytes_break_it(raw):
    storable(understood(raw))
    storable(understood(b"Content-Type: multipart/report; boundary=a\r\n\r\n--a\r\n" + raw))
    storable(understand(raw, via="event:x", recipient="", sender=""))


def mutated(raw: bytes, chance: random.Random, how: str) -> bytes:
    at, to = sorted(chance.randrange(len(raw) + 1) for _ in range(2))
    if how == "cut":
        return raw[:at]
    if how == "drop":
        return raw[:at] + raw[to:]
    if how == "double":
        return raw[:to] + raw[at:]
    if how == "swap":
        return raw[to:] + raw[:at] + raw[at:to]
    noisy = bytearray(raw)
    for _ in range(20):
        noisy[chance.randrange(len(noisy))] = chance.randrange(256)
    return bytes(noisy)


def storable(said: Understood) -> None:
    """PostgreSQL takes it: no NUL, no half of a character, and bounded."""
    for text in (said.code, said.words, said.sender, said.sender_name, said.subject, said.text):
        assert "\x00" not in text
        assert len(text) <= parts.LONGEST_TEXT
        text.encode()


BOMBS = {
    "nested": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(3000)
    ),
    "mails in mails": b"Content-Type: message/rfc822\r\n\r\n" * 3000,
    "parts": b"Content-Type: multipart/report; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 60_000,
    "headers": b"".join(b"X-%d: y\r\n" % n for n in range(60_000)) + b"\r\n",
    "one header": b"Subject: " + b"=?utf-8?q?=41?= " * 60_000 + b"\r\n\r\n",
    "folds": b"Subject: a" + b"\r\n " * 200_000 + b"\r\n\r\n",
    "one line": b"Subject: a\r\n\r\n" + b"a" * 3_000_000,
    "tags": b"Content-Type: text/html\r\n\r\n" + b"<div" * 300_000,
    "comments": b"From: " + b"(" * 100_000 + b"\r\nTo: x\r\n\r\n",
    "quotes": b'From: "' + b"\\" * 100_001 + b"\r\n\r\n",
    "boundaries": b'Content-Type: multipart/report; boundary="' + b"a" * 100_000 + b'"\r\n\r\n',
    "parameters": b"Content-Type: multipart/report" + b"; a*0*=x''%41" * 20_000 + b"\r\n\r\n",
    "charset": b"Content-Type: text/plain; charset=zlib\r\n\r\nx",
    "base64": b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + b"=A" * 99_999,
    "status": b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n"
    b"Content-Type: message/delivery-status\r\n\r\n" + b"Action: failed\r\n\r\n" * 30_000,
    "whole headers": b"X: y\r\n" * 1_600_000 + b"\r\n",
    "whole parts": b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    + b"--b\r\n\r\nx\r\n" * 900_000,
    "attributes": b"Content-Type: text/html\r\n\r\n" + b"<a href='" * 100_000,
    "remarks": b"Content-Type: text/html\r\n\r\n" + b"<!--" * 200_000,
    "nul": b"From: \x00@\x00\r\nSubject: \x00\r\n\r\n\x00\x00",
    "events": b"[" * 100_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_read_in_a_moment(name):
    readings = (
        lambda: understood(BOMBS[name]),
        lambda: understood(BOMBS[name], to="reply", sender="a@b.example"),
        lambda: understand(BOMBS[name], via="event:x", recipient="", sender=""),
    )

    for read in readings:
        began = time.thread_time()
        storable(read())
        assert time.thread_time() - began < 4  # two seconds where others leave us a core


def test_words_before_long_attachments_are_read_and_no_sign_is_lost():
    raw = (
        b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\n<div>Dear Laura,</div><div>3 < 4, and so\r\n"
        b"we <b>will</b>.</div>\r\n--b\r\nContent-Type: image/png\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + b"QUFB\r\n" * 1_000_000 + b"--b--\r\n"
    )

    said = understood(raw, to="reply", sender="a@b.example")

    assert said.text == "Dear Laura,\n3 < 4, and so we will."


@pytest.mark.parametrize(
    ("code", "patience"),
    [
        *(("5.1.1", 1), ("5.1.10", 1), ("5.2.1", 1), ("4.1.1", 3)),
        *(("5.2.2", 3), ("4.2.2", 3), ("4.4.1", 4), ("5.4.4", 4), ("4.4.7", 4), ("5.3.0", 4)),
        *(("5.7.1", None), ("5.6.0", None), ("5.5.0", None), ("5.1.8", None), ("5.1.7", None)),
        *(("5.0.0", 3), ("4.0.0", 4), ("", 3), ("5.2.121", 3)),
    ],
)
def test_how_often_an_address_may_send_back(code, patience):
    assert codes.patience(code) == patience


def test_the_most_telling_code_is_taken():
    assert codes.found("5.0.0", "smtp; 550 5.1.1 no") == "5.1.1"
    assert codes.found("", "smtp; 550 mailbox unavailable") == "5.1.0"
    assert codes.found("", "452 try later") == "4.0.0"
    assert codes.found("from 192.0.2.15 at 10.5.1.1") == ""
    assert codes.found("nothing") == ""


@pytest.mark.parametrize(
    "subject",
    [
        *("Out of Office: x", "Automatic reply: x", "RE: Out of the office", "Auto: away"),
        *("Réponse automatique : x", "Absence du bureau", "TR : Réponse d’absence"),
        *("Automatische Antwort: x", "Respuesta automática: x", "Risposta automatica: x"),
    ],
)
def test_replies_by_machines_are_known_by_their_subject(subject):
    assert automatic.SUBJECT.match(subject)


@pytest.mark.parametrize(
    "subject",
    ["Re: Our holiday homes", "Your letter about automatic doors", "Office hours", "Re: Sortie"],
)
def test_people_who_write_of_such_things_are_people(subject):
    assert not automatic.SUBJECT.match(subject)
