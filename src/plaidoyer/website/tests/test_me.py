"""Suzie opens her own page by the link in her mail, and changes what is hers to change."""

import datetime
import io
import json
import re

import pypdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from plaidoyer.actions import confirmations, intake, matching
from plaidoyer.delivery import letters
from plaidoyer.donations.receipts import issuing
from plaidoyer.donations.tests.giving import make_donation, make_payment, make_settings
from plaidoyer.mail.kinds import COMPOSERS
from plaidoyer.mail.models import Envelope
from plaidoyer.supporters.models import Consent, Correction, Supporter
from plaidoyer.testing import make_form
from plaidoyer.website.me import links
from plaidoyer.website.models import LinkRequest

pytestmark = pytest.mark.django_db

SUZIE = "suzie@post.example"


def act(form, email=SUZIE, **facts):
    defaults = {"given_name": "Suzie", "family_name": "Désy", "language": "fr", "page": "/fr/"}
    return intake.append(form, email=email, **{**defaults, **facts})


def confirmed(form, *args, **facts):
    action = act(form, *args, **facts)
    confirmations.confirm(action)
    return action


def ask(client, email=SUZIE, language="fr"):
    return client.post(f"/{language}/me/", {"email": email})


def mails():
    """The links that wait to be mailed: address and message."""
    queued = list(Envelope.objects.filter(kind="me", state="queued").order_by("id"))
    composed = COMPOSERS["me"](queued)
    return [(e.to_address, composed[e.pk]) for e in queued if e.pk in composed]


@pytest.fixture
def page(client, shown):
    """The address of Suzie's page, after she signed and confirmed."""
    confirmed(shown.petition)
    ask(client)
    links.answer()
    [(_address, mail)] = mails()
    return re.search(r"http://localhost:8000(/fr/me/\S+/)", mail.text)[1]


def test_the_way_to_it_stands_on_every_page(client, shown):
    assert '<a href="/fr/me/">' in client.get("/fr/").text
    answer = client.get("/fr/me/")
    assert answer.status_code == 200
    assert "public" in answer["Cache-Control"]
    assert not answer.cookies


def test_known_and_unknown_addresses_get_the_same_answer_for_the_same_work(client, shown):
    confirmed(shown.petition)
    answers, work = [], []
    for email in (SUZIE, "nobody@post.example"):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = ask(client, email)
        answers.append((answer.status_code, answer["Location"], answer.content))
        work.append([re.sub(r"'[^']*'", "?", query["sql"]) for query in asked.captured_queries])

    assert answers[0] == answers[1]
    assert work[0] == work[1]
    assert len(work[0]) == 1
    assert work[0][0].startswith("INSERT")


def test_only_addresses_we_know_are_written_to(client, shown):
    confirmed(shown.petition)
    ask(client, "nobody@post.example")
    ask(client, "SUZIE+tag@post.example")

    links.answer()

    assert [address for address, _mail in mails()] == [SUZIE]
    assert [one.email for one in LinkRequest.objects.all()] == [""]


def test_nobody_is_flooded_with_links(client, shown):
    confirmed(shown.petition)
    for _time in range(5):
        ask(client)
        links.answer()

    assert len(mails()) == 3
    LinkRequest.objects.update(requested_at=timezone.now() - datetime.timedelta(hours=25))
    ask(client)
    links.answer()
    assert LinkRequest.objects.count() == 4


@pytest.mark.parametrize(
    "email", ["", "suzie", "a@b\r\nBcc: x@y.example", "x" * 300 + "@post.example"]
)
def test_an_address_that_is_none_is_told_beside_its_field(client, shown, email):
    answer = ask(client, email)

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert not LinkRequest.objects.exists()


def test_the_page_shows_what_she_did_and_where_it_stands(client, shown, page):
    confirmed(
        shown.letter,
        content={
            "subject": "Le pré",
            "body": "Protégez-le.",
            "targets": [shown.campaign.targets.get().pk],
        },
    )
    letters.write(list(matching.Action.objects.filter(form=shown.letter)))
    Envelope.objects.filter(kind="letter").update(state="leased")
    Envelope.objects.filter(kind="letter").update(
        state="refused", ended_at=timezone.now(), reply="550 5.1.1 <vale@ministry.example> unknown"
    )

    answer = client.get(page)

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"] == "noindex"
    text = answer.text
    with translation.override("fr"):
        assert [a.state for a in answer.context["acts"]] == ["counted", "counted"]
    assert "Ada Vale" in text
    assert "Protégez-le." in text
    assert "550 5.1.1" in text
    assert "/fr/withdrawal/" in text


def test_every_state_of_an_act_is_told_as_on_its_own_page(client, shown, page):
    other = make_form(shown.campaign)
    act(other)
    act(shown.petition)
    gone = make_form(shown.campaign)
    confirmations.withdraw(confirmed(gone))
    matching.match_pending()

    acts = client.get(page).context["acts"]

    assert [a.state for a in acts] == [confirmations.state(a.action).value for a in acts]
    assert sorted(a.state for a in acts) == ["counted", "double", "waiting", "withdrawn"]


def test_a_wish_that_never_counts_is_told_as_such(client, shown, page):
    wishes = [make_form(shown.campaign, kind="official_petition") for _number in range(3)]
    noted, gone, waits = (act(form, content={"answer": "remind"}) for form in wishes)
    confirmations.confirm_many([noted, gone])
    confirmations.withdraw(gone)
    matching.match_pending()

    answer = client.get(page)

    acts = {done.action.pk: done for done in answer.context["acts"]}
    assert [acts[a.pk].state for a in (noted, gone, waits)] == ["noted", "withdrawn", "waiting"]
    assert all(done.state == confirmations.state(done.action).value for done in acts.values())
    assert "C’est noté, et cela ne compte pour rien." in answer.text
    assert "Vous y avez renoncé." in answer.text


def test_an_organisation_beside_its_signatory_waits_as_on_its_own_page(client, shown, page):
    letter = make_form(shown.campaign, kind="open_letter", options={"text": {"fr": "Mesdames,"}})
    own = confirmed(letter)
    canoe = {"name": {"fr": "Club de canoë"}, "website": "https://canoe.example"}
    theirs = act(letter, content={"organisation": canoe, "function": "membre"})
    matching.match_pending()

    acts = {done.action.pk: done.state for done in client.get(page).context["acts"]}

    assert (acts[own.pk], acts[theirs.pk]) == ("counted", "waiting")
    assert confirmations.state(theirs).value == "waiting"


def test_the_page_costs_the_same_however_much_was_done(client, shown, page):
    client.get(page)
    with CaptureQueriesContext(connection) as few:
        client.get(page)
    for _number in range(6):
        confirmed(make_form(shown.campaign))
    with CaptureQueriesContext(connection) as many:
        client.get(page)

    assert len(many) == len(few)


def test_two_of_one_mailbox_are_told_that_both_see_the_page(client, shown, page):
    assert not client.get(page).context["is_shared"]
    confirmed(make_form(shown.campaign, mailbox_shared=True), given_name="Paul")

    answer = client.get(page)

    assert answer.context["is_shared"]
    assert "Paul Désy" in answer.text


def test_a_link_is_good_for_a_day(client, shown, page):
    LinkRequest.objects.update(
        requested_at=timezone.now() - datetime.timedelta(hours=24, minutes=1)
    )

    answer = client.get(page)

    assert answer.status_code == 410
    assert SUZIE not in answer.text
    assert 'name="email"' in answer.text


@pytest.mark.parametrize("token", ["x", "AAAA.bbbb", "%00", "é" * 50])
def test_a_broken_link_opens_nothing(client, shown, token):
    assert client.get(f"/fr/me/{token}/").status_code == 404


def test_a_link_of_another_purpose_opens_nothing(client, shown):
    from plaidoyer.lib import tokens

    action = confirmed(shown.petition)

    assert client.get(f"/fr/me/{tokens.make('me', action.uid)}/").status_code == 404


@pytest.mark.parametrize("door", ["details", "newsletter"])
def test_looking_changes_nothing(client, page, door):
    assert client.get(f"{page}{door}/").status_code == 405
    assert client.head(f"{page}{door}/").status_code == 405


def test_she_corrects_her_name(client, page):
    typed = {
        "given_name": "Suzanne",
        "family_name": "Désy",
        "postal_code": "h2x 1y4",
        "language": "en",
    }

    answer = client.post(f"{page}details/", typed, follow=True)

    suzie = Supporter.objects.get()
    assert (suzie.given_name, suzie.postal_code, suzie.language) == ("Suzanne", "H2X 1Y4", "en")
    assert Correction.objects.get().facts == ["given_name", "postal_code", "language"]
    assert "Suzanne" in answer.text
    assert 'role="status"' in answer.text


def test_what_cannot_be_kept_is_told_and_stays_typed(client, page):
    typed = {"given_name": "S" * 101, "family_name": "Désy", "language": "tlh"}

    answer = client.post(f"{page}details/", typed)

    assert answer.status_code == 422
    assert "S" * 101 in answer.text
    assert not Correction.objects.exists()


def sentence(client, page):
    """The box as the page shows it: the value that a tick sends."""
    return client.get(page).context["newsletter"].fields["consent"].widget.attrs["value"]


def test_she_agrees_to_our_mails_and_takes_it_back(client, page):
    suzie = Supporter.objects.get()
    tick = {"consent": sentence(client, page)}

    client.post(f"{page}newsletter/", tick)
    client.post(f"{page}newsletter/", tick)
    assert suzie.subscriptions.filter(ended_at=None).count() == 1
    given = Consent.objects.get()
    assert given.page == "/fr/me/"
    assert "recevoir" in given.wording.text
    assert "checked" in client.get(page).text

    client.post(f"{page}newsletter/", {})
    client.post(f"{page}newsletter/", {})
    assert not suzie.subscriptions.filter(ended_at=None).exists()
    assert [c.answer for c in Consent.objects.order_by("id")] == ["given", "withdrawn"]


def test_a_forged_sentence_is_no_consent(client, page):
    client.post(f"{page}newsletter/", {"consent": "Yes to everything"})

    assert not Consent.objects.exists()


def test_she_takes_her_data_with_her(client, shown, page):
    answer = client.get(f"{page}data.json")

    assert "attachment" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    known = json.loads(answer.content)
    assert known["supporter"]["email"] == SUZIE
    [signed] = known["acts"]
    assert signed["family_name"] == "Désy"
    assert signed["confirmed_at"]
    assert {"letters", "newsletters", "links"} <= set(known)


def test_who_only_gave_has_a_page_too_and_sees_what_arrived(client, shown):
    make_settings()
    gift = make_donation(amount=33_00, email="laura@post.example", language="fr")
    make_payment(gift)
    make_donation(gift.fund, 44_00, email="laura@post.example")
    issuing.issue_due()
    ask(client, "laura@post.example")
    links.answer()
    [(_address, mail)] = mails()

    told = client.get(re.search(r"http://localhost:8000(/fr/me/\S+/)", mail.text)[1]).text

    assert "33\u00a0$" in told
    assert "44\u00a0$" not in told


def test_all_that_is_kept_can_be_read_as_a_tagged_pdf(client, page):
    answer = client.get(f"{page}data.pdf")

    assert answer["Content-Type"] == "application/pdf"
    assert "attachment" in answer["Content-Disposition"]
    paper = pypdf.PdfReader(io.BytesIO(answer.content))
    said = " ".join(" ".join(sheet.extract_text() for sheet in paper.pages).split())
    assert paper.trailer["/Root"]["/MarkInfo"]["/Marked"]
    for fact in (SUZIE, "Désy", "Ce que nous gardons sur vous"):
        assert fact in said
