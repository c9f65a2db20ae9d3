import datetime
import email
import email.policy
import re
from email.header import decode_header, make_header

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaidoyer.mail import messages
from plaidoyer.mail.kinds import Message
from plaidoyer.mail.models import Envelope

HOSTILE = ["\r\nBcc: mallory@evil.example", "\n\n<script>", "\u2028X: y", "\u0085", "\x00", "=?"]
HOSTILE += ["\u202egnp.exe", "=?utf-8?q?=0D=0ABcc:_m?=", '"', "\\", "<a@b>", ",", "é", "שלום", "🌊"]
TEXTS = st.text(max_size=300) | st.lists(st.sampled_from(HOSTILE) | st.text(), max_size=8).map(
    "".join
)


def built(to_address="laura@home.example", **changes):
    fields = {
        "subject": "Hello",
        "text": "Hello\n",
        "html": "<p>Hello</p>\n",
        "sender_name": "River",
        "language": "en",
    }
    envelope = Envelope(kind="note", to_address=to_address)
    return envelope, messages.build(envelope, Message(**{**fields, **changes}))


def read(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


@settings(max_examples=300, deadline=None)
@given(name=TEXTS, subject=TEXTS, text=TEXTS, html=TEXTS)
def test_no_words_can_add_a_header_or_change_the_body(name, subject, text, html):
    _, raw = built(
        subject=subject,
        sender_name=name,
        reply_to=(name, "laura@home.example"),
        text=text,
        html=html,
        headers={"X-Word": subject},
    )

    message = read(raw)
    names = [header.lower() for header in message]
    assert sorted(names) == sorted(
        [
            "from",
            "to",
            "subject",
            "date",
            "message-id",
            "reply-to",
            "x-word",
            "content-language",
            "mime-version",
            "content-type",
        ]
    )
    assert [a.addr_spec for a in message["From"].addresses] == ["contact@river.example"]
    assert [a.addr_spec for a in message["To"].addresses] == ["laura@home.example"]
    assert [a.addr_spec for a in message["Reply-To"].addresses] == ["laura@home.example"]
    assert not message.defects
    plain, rich = message.iter_parts()
    assert unix(plain.get_payload(decode=True)) == unix(text)
    assert unix(rich.get_payload(decode=True)) == unix(html)


def unix(text):
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


@settings(max_examples=200, deadline=None)
@given(name=TEXTS, subject=TEXTS, text=TEXTS)
def test_lines_are_short_and_seven_bit(name, subject, text):
    _, raw = built(subject=subject, sender_name=name, text=text)

    assert raw.isascii()
    assert raw.endswith(b"\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    lines = raw.split(b"\r\n")
    # A single word of a header cannot be broken; RFC 5322 allows 998.
    assert max(len(line) for line in lines if b" " in line.strip()) <= 76
    assert max(map(len, lines)) <= 998


@pytest.mark.parametrize(
    "said",
    [
        "Sauvez le pré de la rivière",
        "Plain",
        "x" * 950,
        "🌊" * 100,
        "שלום עולם",
        'He said "no" \\o/',
    ],
    ids=range(6),
)
def test_what_was_said_is_read(said):
    _, raw = built(subject=said, sender_name=said, text=said)

    message = read(raw)
    assert message["Subject"] == said
    # The parser of addresses leaves a space between two encoded words (RFC 2047 6.2 says none).
    [sender] = email.message_from_bytes(raw).get_all("From")
    name = str(make_header(decode_header(sender.replace("\r\n", "")))).removesuffix(
        " <contact@river.example>"
    )
    assert name.strip('"').replace("\\", "") == said.replace("\\", "").replace('"', '"')
    assert message.get_body(("plain",)).get_content().strip() == said


def test_a_message_has_one_date_and_the_id_of_its_envelope():
    envelope, raw = built()
    _, again = envelope, messages.build(envelope, Message("S", "T", "H", "N", "fr"))

    message = read(raw)
    assert message["Message-ID"] == f"<{envelope.uid.hex}@river.example>"
    assert read(again)["Message-ID"] == message["Message-ID"]
    age = datetime.datetime.now(datetime.UTC) - message["Date"].datetime
    assert abs(age) < datetime.timedelta(minutes=1)
    assert message["Content-Language"] == "en"
    assert message.get_content_type() == "multipart/alternative"


@pytest.mark.parametrize(
    "address",
    [
        *("", "a@", "@b.example", "a b@c.example", "a@b@c.example>", "a\r\n@b.example"),
        *("a@b.example\n", "é@b.example", "<a@b.example>", "a@b..example", "\x00@b.example"),
        "a@" + "b" * 70 + ".example",
    ],
)
def test_an_impossible_address_is_refused(address):
    with pytest.raises(messages.BadAddressError):
        messages.wire_address(address)


def test_a_domain_with_accents_goes_out_in_ascii():
    assert messages.wire_address("laura@rivière.example") == "laura@xn--rivire-6ua.example"


@pytest.mark.parametrize("name", ["Bcc", "from", "X: y\r\nBcc", "", "É"])
def test_a_composer_may_not_write_the_frames_headers(name):
    with pytest.raises(ValueError, match="may not write"):
        built(headers={name: "x"})


def test_the_bounce_address_is_the_envelopes_own_and_fits():
    envelope, other = Envelope(kind="note"), Envelope(kind="note")

    address = messages.bounce_address(envelope)
    assert re.fullmatch(r"bounce-[0-9a-f]{32}-[0-9a-f]{10}@river\.example", address)
    assert messages.bounce_address(envelope) == address != messages.bounce_address(other)
    assert len(address.split("@")[0]) <= 64


def test_a_mailbox_that_is_no_plain_name_becomes_contact():
    assert messages.sender_address("news") == "news@river.example"
    assert messages.sender_address("a b\r\n") == "contact@river.example"


def test_a_text_may_go_along_as_a_file():
    text = "Les voisines\nécrivent. " + "Long. " * 400
    message = Message(
        subject="All of them",
        text="See the file.",
        html="<p>See the file.</p>",
        sender_name="River Coalition",
        language="en",
        attachments=(("letters.txt", text),),
    )

    read = email.message_from_bytes(
        messages.build(Envelope(to_address="a@b.example"), message), policy=email.policy.default
    )

    [file] = read.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("letters.txt", "text/plain")
    kept = file.get_payload(decode=True).decode("utf-8-sig")
    assert kept == text.replace("\n", "\r\n")
    assert read.get_body(("plain",)).get_content().strip() == "See the file."
    assert read.get_body(("html",)).get_content().strip() == "<p>See the file.</p>"
