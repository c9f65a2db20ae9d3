"""Whoever steals a dump of the database learns nobody's name, address, mail or message from it.

Zuzie does all that one can do; then every spelling of her is looked for in the dump: as it is, in
UTF-16, and inside base64, each also as PostgreSQL writes bytes.
"""

import base64
import json
import os
import re

import psycopg.conninfo
import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

from plaidoyer.actions import confirmations, intake, matching
from plaidoyer.actions.models import Action, PublicName, Review
from plaidoyer.config import postgres, settings, tables
from plaidoyer.delivery import letters
from plaidoyer.delivery.models import Letter
from plaidoyer.delivery.replies import collecting
from plaidoyer.donations.models import BankLine
from plaidoyer.donations.receipts import issuing
from plaidoyer.donations.tests.giving import make_donation, make_payment, make_settings
from plaidoyer.mail import returns, suppressions
from plaidoyer.mail.inbound import keeping, reading
from plaidoyer.mail.models import Envelope
from plaidoyer.newsletters import mailings
from plaidoyer.supporters import consents, privacy
from plaidoyer.supporters.models import Supporter
from plaidoyer.testing import make_campaign, make_form, make_minister
from plaidoyer.vault import fields, masters, roots
from plaidoyer.website.me import links

EMAIL = "zuzie.kanarie@post.example"
CANARIES = ("zuzie", "kanarie", "zilverveer", "Q9Z 8X7", "waterlelies")
WHO = {"email": EMAIL, "given_name": "Zuzie", "family_name": "Zilverveer", "postal_code": "Q9Z 8X7"}
SAID = "Save the waterlelies."
WHO_GIVES = {"email": EMAIL, "given_name": "Zuzie", "family_name": "Zilverveer"}
WHO_GIVES |= {"address": "1 Kanarie Street, Q9Z 8X7"}


def act(form, **facts):
    return intake.append(form, **{**WHO, "language": "en", "page": "/en/", **facts})


def arrives(envelope, text, to):
    """A mail that somebody sent to one of our addresses."""
    raw = f"From: Zuzie Zilverveer <{EMAIL}>\r\nSubject: Re: waterlelies\r\n\r\n{text}\r\n"
    keeping.keep(raw.encode(), via="smtp", recipient=returns.address(to, envelope), sender=EMAIL)
    reading.read_waiting()


def gives():
    """A gift of hers, its receipt, and the line of the bank that told of it."""
    make_settings()
    gift = make_donation(**WHO_GIVES)
    payment = make_payment(gift)
    issuing.issue_due()
    BankLine.objects.create(
        source="file", booked_on=payment.paid_at.date(), amount=1, currency="CAD", sha256="1",
        name="Z. Zilverveer", words="for the waterlelies", payment=payment,
    )  # fmt: skip


@pytest.fixture
def zuzie():
    """Zuzie, who signed, wrote, was answered, reads the newsletter and asked for her link."""
    campaign = make_campaign(post=make_minister())
    petition, letter = make_form(campaign), make_form(campaign, kind="letter")
    wording = consents.wording("newsletter", "en", "Yes, write to me.")
    slip = act(petition, email="zuzie.kanarie@psot.example")
    signed = act(petition, consent_wording=wording, content={"comment": SAID}, corrects=slip)
    targets = [campaign.targets.get().pk]
    words = {"subject": "The waterlelies", "body": SAID, "targets": targets, "own_copy": True}
    wrote = act(letter, content=words)
    matching.match_pending()
    confirmations.confirm_many([signed, wrote])
    [sent] = letters.write([wrote])
    Envelope.objects.filter(pk=sent.envelope_id).update(state="leased")
    Envelope.objects.filter(pk=sent.envelope_id).update(state="accepted")
    sent.refresh_from_db()
    collecting.tell(sent, category="substantive", text="The minister likes waterlelies.")
    arrives(sent.envelope, "He wrote: waterlelies are safe.", "reply")
    suppressions.suppress(EMAIL, reason="by_hand", words=f"{EMAIL} asked by phone")
    slot = mailings.UNSUBSCRIBE_URL
    mailings.freeze(mailings.create(name="…", versions={"en": mailings.Words("…", slot, slot)}))
    links.request(email=EMAIL, language="en")
    gives()
    return Supporter.objects.get(mark=signed.mark)


def dumped():
    """The whole database as pg_dump writes it."""
    url = os.environ["DATABASE_URL"]
    if not tables.is_embedded(url):
        pytest.skip("the dump is made by the embedded PostgreSQL's own program")
    from django.db import connection

    name = connection.settings_dict["NAME"]
    where = psycopg.conninfo.make_conninfo(url, dbname=name)
    return postgres.Embedded(settings.VAR_DIR).run("pg_dump", "--dbname", where)


def spellings(word):
    """What `word` looks like in a dump, case apart where its letters are still there."""
    plain = [word.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
    cases = {case.encode() for case in (word, word.lower(), word.upper(), word.title())}
    # Of base64 the ends depend on what stands beside the word.
    coded = [
        base64.b64encode(b"\0" * shift + case)[shift and 4 : -4].rstrip(b"=")
        for case in cases
        for shift in range(3)
    ]
    coded = [one for one in coded if len(one) >= 6]
    hexed = [one.hex().encode() for one in [*plain, *cases, *coded]]
    return [*(re.compile(re.escape(one), re.I) for one in [plain[0], *hexed]), *map(literal, coded)]


def literal(text):
    return re.compile(re.escape(text))


def found(dump, words=CANARIES):
    """Those of `words` that stand in `dump` in any spelling, with what is around them."""
    raw = dump.encode()
    return {
        word: raw[max(0, hit.start() - 60) : hit.end() + 20]
        for word in words
        for pattern in spellings(word)
        if (hit := pattern.search(raw))
    }


@pytest.mark.django_db(transaction=True)
def test_a_dump_without_the_master_key_tells_of_nobody(zuzie, settings):
    dump = dumped()

    assert Letter.objects.get().body
    assert Review.objects.exists()
    assert "COPY public.actions_action" in dump
    assert found(dump) == {}
    settings.MASTER_KEY, roots.known = masters.new(), None
    with pytest.raises(ImproperlyConfigured):
        assert Supporter.objects.first().email
    roots.known = None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "leak",
    [
        lambda: PublicName.objects.create(
            action=Action.objects.first(), form=Action.objects.first().form, name="Z. Kanarie"
        ),
        lambda: Action.objects.update(sealed=b"\x01" + "kanarie".encode("utf-16-le")),
        lambda: Action.objects.update(page=base64.b64encode(b"ab kanarie cd").decode()),
    ],
)
def test_and_what_is_not_sealed_would_be_found_in_it(zuzie, leak):
    leak()

    assert "kanarie" in found(dumped())


@pytest.mark.django_db(transaction=True)
def test_once_erased_nothing_decrypts_with_all_keys_there_are(zuzie):
    privacy.erase(zuzie)
    links.answer()

    said = [
        (model._meta.db_table, row.sealed.parts)
        for model in apps.get_models()
        if fields.parts(model)
        for row in model._default_manager.all()
        if row.sealed.parts
    ]
    # What was paid stays until its years are over: the law has it kept.
    books = {"donations_donation", "donations_receipt", "donations_bankline"}
    told = str([parts for table, parts in said if table not in books]).lower()
    assert [word for word in CANARIES if word.lower() in told] == []
    assert found(dumped()) == {}


# The mail as it came, whose words stand in the reply; a mail's address is its reader's own.
NOT_TOLD = {("mail_incoming", "raw"), ("mail_incoming", "words"), ("mail_incoming", "sender")}
NOT_TOLD |= {("donations_bankline", "name"), ("donations_bankline", "words")}
NOT_TOLD |= {
    ("donations_receipt", "pdf"),
    ("mail_envelope", "to_address"),
    ("website_linkrequest", "email"),
}


def texts(said):
    """Every text in a part, however deep."""
    if isinstance(said, dict):
        return [text for value in said.values() for text in texts(value)]
    return [said] if isinstance(said, str) else []


@pytest.mark.django_db(transaction=True)
def test_all_that_is_sealed_of_her_is_in_what_she_may_take_with_her(zuzie):
    told = json.dumps(privacy.export(zuzie), default=str, ensure_ascii=False)

    sealed = {
        (model._meta.db_table, part, text)
        for model in apps.get_models()
        if fields.parts(model)
        for row in model._default_manager.all()
        # What was sent with a slip in its address may be somebody else's.
        if not getattr(row, "correction", None) and (model is not Supporter or row == zuzie)
        for part, said in row.sealed.parts.items()
        for text in texts(said)
    }
    missing = {
        (table, part)
        for table, part, text in sealed
        if json.dumps(text, ensure_ascii=False)[1:-1] not in told
    }

    assert {table for table, _part, _text in sealed} >= {"actions_action", "delivery_letter"}
    assert missing <= NOT_TOLD
