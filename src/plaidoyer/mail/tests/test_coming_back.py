"""What follows from what comes back: states, the list of addresses, and the way off it."""

import datetime

import pytest
from django.utils import timezone

from plaidoyer.mail import kinds, suppressions
from plaidoyer.mail.inbound import keeping, reading
from plaidoyer.mail.models import Envelope, Incoming, Suppression
from plaidoyer.mail.tests.coming import bounces, comes, mail, sent
from plaidoyer.testing import make_organiser

pytestmark = pytest.mark.django_db
SUZIE = "suzie@post.example"
Reason = Suppression.Reason


@pytest.fixture(autouse=True)
def some_kinds(monkeypatch):
    monkeypatch.setattr(kinds, "BULK", {"mailing"})
    monkeypatch.setattr(kinds, "ASKED", {"confirmation"})


def listed():
    return [(one.address, one.reason) for one in Suppression.objects.in_force()]


@pytest.mark.parametrize(
    ("code", "mails"), [("5.1.1", 1), ("5.2.1", 1), ("5.2.2", 3), ("4.4.7", 4), ("5.7.1", None)]
)
def test_an_address_is_given_up_after_as_many_mails_as_its_code_has_patience_for(code, mails):
    for number in range(1, 6):
        bounces(sent(), code)
        assert bool(listed()) is (mails is not None and number >= mails)


def test_a_second_report_of_one_mail_counts_once():
    envelope = sent()

    for _again in range(4):
        bounces(envelope, "5.2.2")
        envelope.refresh_from_db()

    assert envelope.state == "bounced"
    assert listed() == []


def test_a_bounce_that_comes_before_its_mail_is_noted_as_accepted_waits():
    envelope = sent(state="leased")
    row = bounces(envelope)
    assert row.read_at is None

    Envelope.objects.filter(pk=envelope.pk).update(state="accepted", ended_at=timezone.now())
    Incoming.objects.update(try_at=timezone.now())
    reading.read_waiting()

    envelope.refresh_from_db()
    assert envelope.state == "bounced"
    assert listed() == [(SUZIE, "bounced")]


@pytest.mark.parametrize("name", ["auto_reply.exchange", "auto_reply.vacation-null-sender"])
def test_an_automatic_answer_changes_nothing(name):
    envelope = sent()

    row = comes(mail(name, envelope), envelope)

    envelope.refresh_from_db()
    assert (row.kind, envelope.state, listed()) == ("auto_reply", "accepted", [])


def test_a_delay_is_noted_and_changes_nothing():
    envelope = sent()

    row = comes(mail("delay.4.4.1.postfix", envelope), envelope)

    envelope.refresh_from_db()
    assert (row.kind, envelope.state, listed()) == ("delay", "accepted", [])


@pytest.mark.parametrize("name", ["microsoft-jmrp", "yahoo-redacted", "headers-only"])
def test_a_complaint_stops_newsletters_and_not_what_one_asks_for(name):
    envelope = sent("mailing")

    comes(mail(f"complaint.{name}", envelope), envelope, to="abuse@river.example")

    envelope.refresh_from_db()
    assert (envelope.state, listed()) == ("complained", [(SUZIE, "complained")])
    assert suppressions.is_stopped("Suzie@post.example", "mailing")
    assert not suppressions.is_stopped(SUZIE, "confirmation")


def test_a_report_that_a_mail_is_no_spam_stops_nothing():
    envelope = sent("mailing")

    comes(mail("stray.not-spam", envelope), envelope, to="abuse@river.example")

    assert listed() == []


def test_a_bounced_address_may_be_asked_anew_after_a_day_and_is_free_once_it_answers():
    bounces(sent())
    assert suppressions.is_stopped(SUZIE, "confirmation")

    yesterday = timezone.now() - datetime.timedelta(days=1, minutes=1)
    Suppression.objects.update(suppressed_at=yesterday)
    assert not suppressions.is_stopped(SUZIE, "confirmation")
    assert suppressions.is_stopped(SUZIE, "mailing")

    assert suppressions.prove({SUZIE: timezone.now()}) == 1
    assert not suppressions.is_stopped(SUZIE, "mailing")
    assert Suppression.objects.get().lifted_how == "proved"


def test_a_complaint_and_a_hands_entry_are_not_lifted_by_a_click():
    suppressions.suppress("a@post.example", reason=Reason.COMPLAINED)
    suppressions.suppress("b@post.example", reason=Reason.BY_HAND)
    later = timezone.now() + datetime.timedelta(minutes=1)

    assert suppressions.prove({"a@post.example": later, "b@post.example": later}) == 0


def test_somebody_erased_stays_on_the_list_as_a_hash():
    suppressions.suppress(SUZIE, reason=Reason.BY_HAND, words="rang us")
    suppressions.hide(SUZIE)

    row = Suppression.objects.get()
    assert "suzie" not in row.address
    assert row.words == ""
    assert suppressions.is_stopped("SUZIE@post.example", "mailing")
    assert not suppressions.suppress(SUZIE, reason=Reason.BOUNCED)


def test_organisers_put_an_address_on_the_list_and_take_it_off_with_a_reason(client):
    client.force_login(make_organiser())
    said = {"address": "Suzie@Post.example", "words": "Asked us by phone."}

    assert client.post("/admin/suppressions/suppress/", said).status_code == 302
    again = client.post("/admin/suppressions/suppress/", said).text
    bad = client.post("/admin/suppressions/suppress/", {"address": "suzie", "words": "x"}).text
    page = client.get("/admin/suppressions/").text

    assert "This address is on the list already." in again
    assert "No mail could reach this. Is it whole?" in bad
    assert "Asked us by phone." in page
    row = Suppression.objects.get()
    lift = f"/admin/suppressions/lift/{row.pk}/"
    assert lift in page
    assert "required" in client.post(lift, {"because": " "}).text
    assert suppressions.is_stopped(SUZIE, "mailing")
    client.post(lift, {"because": "Wrote to us from there."})
    assert not suppressions.is_stopped(SUZIE, "mailing")
    assert "Wrote to us from there." in client.get("/admin/suppressions/?state=lifted").text


def test_an_erased_address_is_found_by_whoever_knows_it(client):
    suppressions.suppress(SUZIE, reason=Reason.BY_HAND, words="rang us")
    suppressions.hide(SUZIE)
    client.force_login(make_organiser())

    assert "kept as a hash" in client.get("/admin/suppressions/?q=Suzie@post.example").text
    assert "kept as a hash" not in client.get("/admin/suppressions/?q=laura@post.example").text


def test_bytes_are_forgotten_after_their_time_and_the_facts_after_a_year(settings):
    bounces(sent())
    keeping.keep(b"Subject: buy\r\n\r\n", via="smtp", recipient="postmaster@river.example")
    reading.read_waiting()
    assert Incoming.objects.count() == 2
    later = timezone.now() + datetime.timedelta(days=settings.INCOMING_DAYS, minutes=1)

    keeping.forget(later)

    [row] = Incoming.objects.all()
    assert (row.raw, row.recipient, row.code) == (b"", "", "5.1.1")
    keeping.forget(timezone.now() + datetime.timedelta(days=401))
    assert not Incoming.objects.exists()


def test_a_room_that_breaks_holds_up_no_other_mail_and_hears_of_it_later(monkeypatch):
    from plaidoyer.mail import returns

    told = []

    def receiver(coming):
        told.append(coming.kind)
        if len(told) == 1:
            raise RuntimeError("the room is on fire")

    monkeypatch.setattr(returns, "RECEIVERS", {"note": [receiver]})
    first, second = sent(), sent(to="laura@post.example")
    for envelope in (first, second):
        raw = mail("bounce.5.1.1.gmail", envelope)
        keeping.keep(raw, via="smtp", recipient=returns.address("bounce", envelope))

    reading.read_waiting()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("accepted", "bounced")

    Incoming.objects.update(try_at=timezone.now())
    reading.read_waiting()
    first.refresh_from_db()
    assert (first.state, told) == ("bounced", ["bounce"] * 3)
