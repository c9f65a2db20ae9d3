"""Sessions with a relay that asks for TLS and a password."""

import asyncio
import shutil
import ssl
import subprocess

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from plaidoyer.mail.relay import LostError, Reply, Session
from tests.waiting import free_port

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH")


class Keeper:
    """Keeps what it takes, of those who signed in."""

    def __init__(self):
        self.taken = []

    async def handle_DATA(self, _server, session, envelope):  # noqa: N802
        self.taken.append((session.auth_data, envelope.content))
        return "250 kept"


def sign_in(_server, _session, _envelope, _mechanism, login):
    return AuthResult(success=login.password == b"riviere", handled=False, auth_data=login.login)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of localhost, and its key."""
    if not shutil.which("openssl"):
        pytest.skip("the certificate of this test is made with openssl")
    folder = tmp_path_factory.mktemp("tls")
    paths = folder / "certificate.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost", "-out", paths[0], "-keyout", paths[1]]
    subprocess.run(command, check=True, capture_output=True)
    return paths


@pytest.fixture(params=["starttls", "tls"])
def relay(request, settings, certificate, monkeypatch):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    at_once = request.param == "tls"
    # Without TLS it takes nothing.
    security = {"tls_context": context, "require_starttls": True}
    if at_once:
        security = {"ssl_context": context}
    controller = Controller(
        Keeper(),
        hostname="localhost",
        port=free_port(),
        authenticator=sign_in,
        auth_required=True,
        auth_require_tls=not at_once,  # it knows of STARTTLS only
        **security,
    )
    controller.start()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    settings.SMTP_HOST, settings.SMTP_PORT = "localhost", controller.port
    settings.SMTP_SECURITY, settings.SMTP_TIMEOUT = request.param, 5
    settings.SMTP_USER, settings.SMTP_PASSWORD = "river", "riviere"
    yield controller.handler
    controller.stop()


async def one_message():
    """The reply to the body of one message."""
    session = await Session.open()
    await session.ask("MAIL FROM:<a@b.example>")
    await session.ask("RCPT TO:<c@d.example>")
    await session.ask("DATA", wanted=3)
    session.say(b"Subject: x\r\n\r\n")
    reply = await session.ask("..y\r\n.")
    session.close(politely=True)
    return reply


def test_a_session_is_encrypted_and_signed_in(relay):
    verdict = asyncio.run(one_message())

    assert verdict == Reply(250, "250 kept")
    assert relay.taken == [(b"river", b"Subject: x\r\n\r\n.y\r\n")]


def test_a_wrong_password_is_no_session(relay, settings):
    settings.SMTP_PASSWORD = "wrong"

    with pytest.raises(LostError):
        asyncio.run(Session.open())


def test_an_unknown_certificate_is_no_session(relay, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")

    with pytest.raises(LostError, match="certificate"):
        asyncio.run(Session.open())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"first\nsecond", "250 first second"),
        (b"\xff\x00\x1b[31m", "250 \ufffd [31m"),
        (b"x" * 2000, "250 " + "x" * 496),
        (b"", "250"),
    ],
)
def test_the_servers_words_become_one_clean_line(text, words):
    assert Reply.of(250, text).words == words
