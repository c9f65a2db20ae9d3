"""Providers tell us by HTTP: payloads as Postmark and Mailgun document them, verified and read."""

import base64
import hashlib
import hmac
import json

import pytest
from django.conf import settings as django_settings

from plaidoyer.mail import messages, returns
from plaidoyer.mail.inbound import reading
from plaidoyer.mail.models import Incoming, Suppression
from plaidoyer.mail.tests.coming import mail, sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("providers")]
BASIC = "Basic " + base64.b64encode(b"hooks:secret").decode()
KEY = "signing-key"


@pytest.fixture
def providers(settings):
    settings.MAIL_PROVIDERS = {"postmark", "mailgun"}
    settings.ANYMAIL = {
        **django_settings.ANYMAIL,
        "WEBHOOK_SECRET": "hooks:secret",
        "MAILGUN_WEBHOOK_SIGNING_KEY": KEY,
    }


def postmark(client, said, what="events", password=BASIC):
    return client.post(
        f"/hooks/mail/postmark/{what}/",
        json.dumps(said),
        content_type="application/json",
        headers={"Authorization": password} if password else {},
    )


def mailgun(client, said, key=KEY):
    stamp, token = "1764300000", "a" * 50
    digest = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    signature = {"timestamp": stamp, "token": token, "signature": digest}
    return client.post(
        "/hooks/mail/mailgun/events/",
        json.dumps({"signature": signature, "event-data": said}),
        content_type="application/json",
        headers={"Authorization": BASIC},
    )


def hard_bounce(envelope):
    """As Postmark's documentation shows it, of our Message-ID."""
    return {
        "RecordType": "Bounce",
        "MessageStream": "outbound",
        "ID": 4323372036854775807,
        "Type": "HardBounce",
        "TypeCode": 1,
        "Name": "Hard bounce",
        "Tag": "",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Metadata": {},
        "ServerID": 23,
        "Description": "The server was unable to deliver your message (ex: unknown user).",
        "Details": "smtp;550 5.1.1 The email account that you tried to reach does not exist",
        "Email": envelope.to_address,
        "From": "contact@river.example",
        "BouncedAt": "2026-11-28T16:33:54.9070259Z",
        "DumpAvailable": True,
        "Inactive": True,
        "CanActivate": True,
        "Subject": "A note",
        "Content": f"Message-ID: {messages.message_id(envelope)}\r\n",
    }


def failed(envelope):
    """As Mailgun's documentation shows it."""
    return {
        "id": "G9Bn5sl1TC6nu79C8C0bwg",
        "timestamp": 1764300000.5,
        "log-level": "error",
        "event": "failed",
        "severity": "permanent",
        "reason": "bounce",
        "recipient": envelope.to_address,
        "delivery-status": {
            "attempt-no": 1,
            "message": "",
            "code": 550,
            "enhanced-code": "5.1.1",
            "description": "550 5.1.1 user unknown",
            "session-seconds": 0.4,
        },
        "message": {
            "headers": {
                "to": envelope.to_address,
                "message-id": messages.message_id(envelope).strip("<>"),
                "from": "contact@river.example",
                "subject": "A note",
            },
            "attachments": [],
            "size": 867,
        },
        "tags": [],
        "user-variables": {},
    }


def read(envelope):
    """What waited is read; the envelope's state after it."""
    reading.read_waiting()
    envelope.refresh_from_db()
    return envelope.state


def test_a_hard_bounce_that_postmark_tells_of_suppresses_the_address_once(client):
    envelope = sent()

    assert postmark(client, hard_bounce(envelope)).status_code == 200
    assert postmark(client, hard_bounce(envelope)).status_code == 200

    assert Incoming.objects.count() == 1
    assert read(envelope) == "bounced"
    assert envelope.reply.startswith("smtp;550 5.1.1") or "5.1.1" in envelope.reply
    assert Suppression.objects.get().address == "suzie@post.example"


def test_a_complaint_that_postmark_tells_of_stops_newsletters(client):
    envelope = sent()
    said = hard_bounce(envelope) | {
        "RecordType": "SpamComplaint",
        "Type": "SpamComplaint",
        "TypeCode": 512,
        "Details": "Test spam complaint details",
    }

    assert postmark(client, said).status_code == 200

    assert read(envelope) == "complained"
    assert Suppression.objects.get().reason == "complained"


def test_a_failure_that_mailgun_signs_is_a_bounce(client):
    envelope = sent()

    assert mailgun(client, failed(envelope)).status_code == 200

    assert read(envelope) == "bounced"
    assert Incoming.objects.get().code == "5.1.1"


def test_a_temporary_failure_changes_no_state(client):
    envelope = sent()
    said = failed(envelope) | {"severity": "temporary", "reason": "generic"}
    said["delivery-status"] = {"code": 451, "description": "451 4.7.1 greylisted"}

    assert mailgun(client, said).status_code == 200

    assert read(envelope) == "accepted"
    assert not Suppression.objects.exists()


def test_mail_that_postmark_takes_in_for_us_is_read_like_any_other(client):
    envelope = sent()
    raw = mail("bounce.5.1.1.gmail", envelope).decode()
    to = returns.address("bounce", envelope)
    said = {
        "FromFull": {"Email": "mailer-daemon@mx.example", "Name": "", "MailboxHash": ""},
        "ToFull": [{"Email": to, "Name": "", "MailboxHash": ""}],
        "OriginalRecipient": to,
        "Subject": "Delivery Status Notification (Failure)",
        "RawEmail": raw,
        "Headers": [{"Name": "Return-Path", "Value": "<>"}],
        "Attachments": [],
    }

    assert postmark(client, said, "mail").status_code == 200

    assert read(envelope) == "bounced"


@pytest.mark.parametrize("password", ["", "Basic eA==", "Basic aG9va3M6d3Jvbmc=", "Bearer x"])
def test_who_has_no_password_stores_nothing(client, password):
    assert postmark(client, hard_bounce(sent()), password=password).status_code == 403
    assert not Incoming.objects.exists()


def test_a_forged_signature_stores_nothing(client):
    assert mailgun(client, failed(sent()), key="another").status_code == 403
    assert not Incoming.objects.exists()


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{", b'{"RecordType": 1}', b"\xff\x00", b"[" * 20_000]
)
def test_what_cannot_be_read_is_refused_and_stores_nothing(client, body):
    for path in ("postmark/events", "postmark/mail", "mailgun/events", "mailgun/mail"):
        answer = client.post(
            f"/hooks/mail/{path}/",
            body,
            content_type="application/json",
            headers={"Authorization": BASIC},
        )
        assert answer.status_code in {200, 400, 403}
    assert not Incoming.objects.exists()


def test_an_event_of_a_mail_that_is_none_of_ours_is_nothing(client):
    envelope = sent()
    said = hard_bounce(envelope) | {"Email": "who@else.example", "Content": ""}

    assert postmark(client, said).status_code == 200

    assert read(envelope) == "accepted"
    assert Incoming.objects.get().kind == "stray"


def test_a_provider_nobody_configured_and_a_look_find_nothing(client):
    for path in ("sendgrid/events", "postmark/nothing"):
        assert client.post(f"/hooks/mail/{path}/", follow=True).status_code == 404
    assert client.get("/hooks/mail/postmark/events/").status_code == 405
