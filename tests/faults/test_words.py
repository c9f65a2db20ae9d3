"""Hostile words in every field of every public form: answered, shown as words, mailed as words."""

import email
import email.policy
import html
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client

from plaidoyer.actions import confirmations, intake
from plaidoyer.actions.models import Action
from plaidoyer.delivery import letters
from plaidoyer.donations.tests.giving import make_fund, make_settings
from plaidoyer.lib import typed
from plaidoyer.mail import messages
from plaidoyer.mail.models import Envelope
from plaidoyer.testing import make_campaign, make_form, make_open_letter, make_pages

pytestmark = pytest.mark.django_db

CANARY = "<script>alert(47)</script>"
WORDS: dict[str, str | bytes] = {
    "nothing": "\x00",
    "nothing inside": "Su\x00zie",
    "half a pair": "Su\ud800zie".encode("utf-8", "surrogatepass"),
    "no text at all": b"\xff\xfe\x80",
    "turned": "\u202eeizuS\u202c",
    "marks": "S" + "\u0301" * 20_000,
    "invisible": "Su\u200b\u200c\u2060zie",
    "another alphabet": "Ѕuzіе",
    "one sign, many letters": "\ufdfa" * 2_000,
    "pictures": "🌊👩🏽\u200d🚀",
    "markup": f"\"'>{CANARY}<svg/onload=alert(47)>",
    "an address that runs": "javascript:alert(47)//",
    "a template": "{{ 7*7 }}{% load x %}{x.__class__}${7*7}%(x)s%s#{7*7}",
    "a header": "Suzie\r\nBcc: mallory@evil.example\r\n\r\nx",
    "a hidden header": "Suzie\u2028Bcc: m@evil.example =?utf-8?q?=0D=0ABcc:_m?=",
    "a formula": "=cmd|' /C calc'!A0",
    "a query": "'; DROP TABLE actions_action; --",
    "a path": "../../etc/passwd%00",
}


@pytest.fixture
def doors():
    """Every public form, with what fills it in rightly."""
    campaign = make_campaign()
    person = {"given_name": "Suzie", "family_name": "Roy", "email": "suzie@post.example"}
    person |= {"postal_code": "H2X 1Y4", "page": "/en/", "via": "", "consent": "", "proof": ""}
    petition = make_form(campaign, options={"comments": True, "names": True})
    letter = make_form(campaign, kind="letter", options=LETTER)
    open_letter = make_open_letter(campaign)
    official = make_form(campaign, kind="official_petition")
    call = make_form(campaign, kind="call")
    make_pages(petition)
    make_settings()
    make_fund()
    written = {"subject": "The meadow", "body": "Protect it.", "step": "send", "shown": ""}
    organisation = {
        "signing_as": "organisation",
        "name_en": "Canoe",
        "website": "https://c.example",
    }
    return {
        act(petition): person | {"comment": "Good.", "named": "on", "person": ""},
        act(letter): person | written,
        act(open_letter): person | organisation | {"function": "President", "revision": "1"},
        act(official): person | {"answer": "signed"},
        act(call): person | {"outcome": "spoke", "note": ""},
        "/en/give/watch/": person | {"amount": "25", "frequency": "once", "method": "interac"},
        "/en/complaints/new/": {"page": "/en/", "reason": "other", "text": "x"},
        "/en/me/": {"email": "suzie@post.example"},
    }


LETTER = {
    "subject": {"fr": "Le pré", "en": "The meadow"},
    "body": {"fr": "Protégez-le.", "en": "Protect it."},
    "subject_editable": True,
    "body_editable": True,
}


def act(form):
    return f"/en/actions/{form.public_id}/"


def sent(fields):
    """A body as a browser, or somebody who is none, sends it."""
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items()).encode()


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_no_field_of_no_form_breaks_and_nothing_typed_becomes_markup(doors, words):
    client, statuses, taken = Client(), set(), {}
    for address, fields in doors.items():
        for name in fields:
            body = sent(fields | {name: words})
            answer = client.post(address, body, "application/x-www-form-urlencoded")
            assert answer.status_code < 500, (address, name)
            assert CANARY not in answer.text, (address, name)
            statuses.add(answer.status_code)
            if answer.status_code == 303:
                taken[address] = answer.headers["Location"]
        # Thank-yous of one form are one page: of the last it is looked at what it shows.
        if address in taken:
            page = client.get(taken[address])
            assert page.status_code < 500, address
            assert CANARY not in page.text, address
    # Some were taken and some refused: the forms were those that we have.
    assert {303, 422} <= statuses, statuses
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM actions_action")  # no query dropped the table


def test_words_of_a_name_and_a_letter_come_out_in_a_mail_as_they_were_kept():
    form = make_form(kind="letter")
    target = form.campaign.targets.get().pk
    taken = []
    for number, words in enumerate(WORDS.values()):
        text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
        taken.append(
            intake.append(
                form,
                email=f"s{number}@post.example",
                given_name=typed.line(text)[:100],
                family_name="Roy",
                language="en",
                page="/",
                content={
                    "subject": typed.line(text)[:200],
                    "body": typed.paragraphs(text)[:5_000],
                    "targets": [target],
                },
            )
        )
    confirmations.confirm_many(taken)
    letters.write(taken)

    envelopes = list(Envelope.objects.filter(kind="letter"))
    composed = letters.compose(envelopes)

    assert len(composed) > 12
    shown = []
    for envelope in envelopes:
        if envelope.pk not in composed:
            continue
        raw = messages.build(envelope, composed[envelope.pk])
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert [to.addr_spec for to in message["To"].addresses] == [envelope.to_address]
        assert not {"bcc", "cc"} & {name.lower() for name in message}
        rich = message.get_body(("html",)).get_content()
        assert CANARY not in rich
        shown += [html.unescape(rich), message.get_body(("plain",)).get_content()]
    template = WORDS["a template"]
    assert sum(template in one for one in shown) >= 2  # words in both parts, and nothing counted


RECIPIENTS = [
    "suzie@post.example,mallory@evil.example",
    "suzie@post.example;mallory@evil.example",
    "suzie@post.example mallory@evil.example",
    '"Suzie" <suzie@post.example>',
    "suzie@post.example\r\nTo: mallory@evil.example",
    "suzie%evil.example@post.example",
    "evil.example!suzie@post.example",
    "@evil.example:suzie@post.example",
    '"suzie@post.example,mallory"@evil.example',
    "suzie@post.example\x00@evil.example",
    "suzie@[127.0.0.1]",
    "suzie@post.example>",
    "suzie@",
    "suzie@post@example",
    "suzie\u2028@post.example",
]


@pytest.mark.parametrize("sent_as", RECIPIENTS)
def test_one_address_is_one_recipient(sent_as):
    form = make_form()
    fields = {"given_name": "Suzie", "family_name": "Roy", "page": "/", "email": sent_as}

    answer = Client().post(act(form), sent(fields), "application/x-www-form-urlencoded")

    if answer.status_code == 422:
        assert not Action.objects.exists()
        return
    [kept] = Action.objects.all()
    envelope = Envelope(kind="note", to_address=kept.email)
    said = messages.Message(subject="x", text="x", html="x", sender_name="x", language="en")
    message = email.message_from_bytes(messages.build(envelope, said), policy=email.policy.default)
    [to] = message["To"].addresses
    assert to.domain not in {"evil.example", "[127.0.0.1]"}
    assert "," not in to.addr_spec


def test_the_control_a_right_address_is_taken():
    form = make_form()
    fields = {
        "given_name": "Suzie",
        "family_name": "Roy",
        "page": "/",
        "email": "s@rivière.example",
    }

    answer = Client().post(act(form), sent(fields), "application/x-www-form-urlencoded")

    assert answer.status_code == 303
