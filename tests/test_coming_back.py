"""What comes back over SMTP and LMTP: stored before the yes, then read, whoever is killed."""

import contextlib
import smtplib
from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings

from plaidoyer.delivery.models import Reply
from plaidoyer.delivery.tests.test_replies import accepted_letter
from plaidoyer.mail import returns
from plaidoyer.mail.models import Envelope, Incoming, Suppression
from plaidoyer.mail.tests.coming import mail, sent
from plaidoyer.testing import make_organiser
from tests.servers import Product, Program
from tests.waiting import free_port, wait_until

FORWARDED = (
    "From: Laura Brook <laura@home.example>\r\nTo: {to}\r\nSubject: Fwd: The meadow\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\nThe Minister agrees: we protect it.\r\n"
)


@pytest.fixture
def ours(product: Product) -> Product:
    """An installation whose links and addresses this test can write."""
    product.settings["SECRET_KEY"] = settings.SECRET_KEY
    return product


@contextlib.contextmanager
def door(product: Product, *arguments: str) -> Iterator[Program]:
    """`plaidoyer inbound`, open."""
    program = product.program("inbound", *arguments)
    program.log.unlink(missing_ok=True)
    program.start()
    try:
        wait_until(lambda: "Taking mail in" in program.words(), what="the door")
        yield program
    finally:
        program.kill()


def code(said: tuple[int, bytes]) -> int:
    return said[0]


def test_bounces_come_by_smtp_and_replies_by_lmtp(ours, client):
    port, socket = free_port(), str(ours.var_dir / "lmtp")
    with ours.orm():
        confirmation = sent(kind="confirmation", to="suzie@post.example")
        letter = accepted_letter()
        copy_address = returns.reply_address(letter.envelope)
        bounce = mail("bounce.5.1.1.postfix", confirmation)
        to = returns.address("bounce", confirmation)
        vacation = mail("auto_reply.exchange", letter.envelope)
        back_of_letter = returns.address("bounce", letter.envelope)

    with door(ours, "--port", str(port)), smtplib.SMTP("127.0.0.1", port) as server:
        server.sendmail("", [to], bounce)
        server.sendmail("", [to], bounce)  # it did not hear our yes, and hands it over again
        server.mail("mallory@evil.example")
        forged = to.replace("bounce-", "bounce-a")
        assert code(server.rcpt(forged)) == 550
        assert code(server.rcpt("nobody@river.example")) == 550
        assert code(server.rcpt("suzie@post.example")) == 550
        assert code(server.rcpt("postmaster@river.example")) == 250

    with (
        door(ours, "--lmtp", "--socket", socket) as program,
        smtplib.LMTP(socket) as server,
    ):
        server.ehlo()
        server.mail("laura@home.example")
        assert code(server.rcpt(copy_address)) == 250
        assert code(server.rcpt(back_of_letter)) == 250
        assert code(server.data(FORWARDED.format(to=copy_address))) == 250
        assert code(server.getreply()) == 250  # for each recipient (RFC 2033)
        server.sendmail("", [back_of_letter], vacation)
        program.kill()

    ours.start_worker()
    with ours.orm():
        wait_until(lambda: not Incoming.objects.filter(read_at=None).exists(), what="reading")
        assert Incoming.objects.filter(kind="bounce", via="smtp").count() == 1
        confirmation.refresh_from_db()
        assert confirmation.state == "bounced"
        assert confirmation.reply.startswith("550 5.1.1")
        assert Suppression.objects.get().address == "suzie@post.example"

        replies = {one.source: one for one in Reply.objects.all()}
        assert replies["forwarded"].text == "The Minister agrees: we protect it."
        assert replies["forwarded"].letter == letter
        assert replies["machine"].category == "automatic"
        client.force_login(make_organiser())
        assert "5.1.1" in client.get("/admin/incoming/").text
        assert (
            "The Minister agrees" in client.get(f"/admin/replies/{replies['forwarded'].pk}/").text
        )


def test_while_the_database_is_away_the_other_server_keeps_the_mail(ours):
    with ours.orm():
        envelope = sent()
        raw, to = mail("bounce.5.1.1.gmail", envelope), returns.address("bounce", envelope)
    name = ours.sql("SELECT current_database()")[0][0]
    port = free_port()

    with door(ours, "--port", str(port)) as program:
        with pytest.raises(smtplib.SMTPResponseException) as answer, away(ours, name):
            smtplib.SMTP("127.0.0.1", port).sendmail("", [to], raw)
        assert answer.value.smtp_code == 451
        smtplib.SMTP("127.0.0.1", port).sendmail("", [to], raw)
        assert "suzie" not in program.words()

    with ours.orm():
        assert Incoming.objects.count() == 1
        assert Envelope.objects.get().state == "accepted"


@contextlib.contextmanager
def away(product: Product, name: str):
    """Nobody gets into the database meanwhile."""
    cluster = product.database_url.replace(name, "postgres")
    allow(cluster, name, "false")
    try:
        yield
    finally:
        allow(cluster, name, "true")


def allow(cluster: str, name: str, whether: str) -> None:
    with psycopg.connect(cluster, autocommit=True) as session:
        session.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {whether}")
        session.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
