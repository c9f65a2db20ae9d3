"""The bank's notices by mail: believed only under the network's signature."""

import base64
import socketserver
import threading

import dkim
import dns.message
import dns.rrset
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.utils import timezone

from plaidoyer.donations.bank import imports, matching
from plaidoyer.donations.ledgers import booking
from plaidoyer.donations.models import BankFormat, BankImport, BankLine
from plaidoyer.donations.tests.giving import make_donation, make_fund, make_settings
from plaidoyer.mail.inbound import doors, keeping, reading
from plaidoyer.mail.models import Incoming
from plaidoyer.organisation.staff import treasurers
from plaidoyer.testing import make_organiser

pytestmark = pytest.mark.django_db

NETWORK = "payments.interac.example"
SUBJECT = "INTERAC e-Transfer: You received ${amount} from {name} and it has been deposited"
TEXT = """Hi Rivers Coalition,

{name} sent you a money transfer for ${amount} (CAD).

Message: {message}
Reference Number: {reference}
"""
FRENCH = """Bonjour,

Vous avez reçu {amount} $ (CAD) de {name} et les fonds ont été déposés.

Message : {message}
Numéro de référence : {reference}
"""


class Key:
    """The network's key, and a name server that publishes it."""

    def __init__(self):
        key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
        self.private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
        public = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        record = f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"
        parts = " ".join(f'"{record[n : n + 200]}"' for n in range(0, len(record), 200))

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                asked = dns.message.from_wire(self.request[0])
                answer = dns.message.make_response(asked)
                name = asked.question[0].name
                if name.to_text() == f"s1._domainkey.{NETWORK}.":
                    answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", parts))
                self.request[1].sendto(answer.to_wire(), self.client_address)

        self.server = socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def signed(self, mail, domain=NETWORK, headers=(b"from", b"subject", b"date")):
        signature = dkim.sign(
            mail, b"s1", domain.encode(), self.private, include_headers=list(headers)
        )
        return signature + mail


@pytest.fixture(scope="module")
def network():
    key = Key()
    yield key
    key.server.shutdown()
    key.server.server_close()


@pytest.fixture
def gift(network, settings):
    settings.DNS_RESOLVER = f"127.0.0.1:{network.server.server_address[1]}"
    make_settings(notice_name="gifts", notice_domains=NETWORK)
    return make_donation(make_fund(), 50_00)


def notice(message, *, text=TEXT, amount="50.00", name="SUZIE ROY", sender="", reference="C1Ab2"):
    sender = sender or f"notify@{NETWORK}"
    facts = {"amount": amount, "name": name, "message": message, "reference": f"{reference}xYz9"}
    head = (
        f"From: INTERAC <{sender}>\r\nTo: gifts@river.example\r\n"
        f"Subject: {SUBJECT.format(**facts)}\r\n"
        f"Date: {timezone.now():%a, %d %b %Y %H:%M:%S +0000}\r\n"
        'Content-Type: text/plain; charset="utf-8"\r\n\r\n'
    )
    return head.encode() + text.format(**facts).replace("\n", "\r\n").encode()


def comes(raw, to="gifts@river.example"):
    assert doors.is_ours(to)
    keeping.keep(raw, via="smtp", recipient=to, sender="bounce@x.example")
    reading.read(Incoming.objects.latest("id").pk)


@pytest.mark.parametrize(("text", "amount"), [(TEXT, "50.00"), (FRENCH, "50,00")])
def test_a_signed_notice_with_the_reference_is_booked(network, gift, text, amount):
    comes(network.signed(notice(gift.reference, text=text, amount=amount)))

    assert booking.given(gift.fund) == 50_00
    line = BankLine.objects.get()
    assert line.payment.donation == gift
    assert Incoming.objects.get().read_at


def test_the_same_notice_again_is_the_same_money(network, gift):
    comes(network.signed(notice(gift.reference)))
    comes(network.signed(notice(gift.reference) + b"\r\n-- sent again\r\n"))

    assert booking.given(gift.fund) == 50_00


@pytest.mark.parametrize("fault", ["unsigned", "changed", "foreign", "uncovered", "other sender"])
def test_what_the_network_did_not_sign_is_nothing(network, gift, fault):
    raw = notice(gift.reference)
    forged = {
        "unsigned": raw,
        "changed": network.signed(raw).replace(b"50.00 (CAD)", b"50.00 (CAD) "),
        "foreign": network.signed(raw, domain="evil.example"),
        "uncovered": network.signed(raw, headers=(b"from", b"date")),
        "other sender": network.signed(notice(gift.reference, sender="notify@evil.example")),
    }[fault]

    comes(forged)

    assert not BankLine.objects.exists()
    assert Incoming.objects.get().read_at
    assert "not believed" in Incoming.objects.get().words


def test_the_name_of_the_settings_is_a_name_of_ours_and_the_screen_says_so(network, gift, client):
    anne = make_organiser("anne")
    anne.groups.add(treasurers())
    client.force_login(anne)
    assert not doors.is_ours("dons@river.example")
    assert not doors.is_ours("gifts@elsewhere.example")

    comes(network.signed(notice(gift.reference)))

    page = client.get("/admin/giving/bank/").content.decode()
    assert "gifts@river.example" in page
    assert "booked" in page


def test_a_notice_with_a_slip_waits_for_somebody_to_confirm_it(network, gift):
    comes(network.signed(notice(gift.code[:-1])))

    line = BankLine.objects.get()
    assert line.payment is None
    assert matching.propose([line])[line.pk].donation == gift


def test_notice_and_file_tell_of_the_same_money_once(network, gift):
    comes(network.signed(notice(gift.reference)))
    bank = BankFormat.objects.create(name="B", fingerprint="x")
    upload = BankImport.objects.create(name="f", format=bank)
    first, second = (
        BankLine.objects.create(
            source="file", upload=upload, booked_on=timezone.localdate(), amount=50_00,
            currency="CAD", name="Suzie Roy", words="e-Transfer", sha256=f"x{n}",
        )
        for n in range(2)
    )  # fmt: skip

    twins = matching.twins([first, second])

    assert list(twins) == [first.pk]
    imports.set_aside(first, "known", twins[first.pk])
    assert matching.twins([second]) == {}


def test_while_no_name_server_answers_the_notice_waits(network, gift, settings):
    settings.DNS_RESOLVER = "127.0.0.1:9"
    keeping.keep(
        network.signed(notice(gift.reference)), via="smtp", recipient="gifts@river.example"
    )

    reading.read_waiting()

    assert Incoming.objects.get().read_at is None
    assert not BankLine.objects.exists()


def test_mail_to_other_desks_is_no_notice(network, gift):
    comes(network.signed(notice(gift.reference)), to="abuse@river.example")

    assert not BankLine.objects.exists()
