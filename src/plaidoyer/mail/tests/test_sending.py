"""What the engine makes of every word and every silence of a relay."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from plaidoyer.mail import envelopes, sending, suppressions, verdicts
from plaidoyer.mail.kinds import COMPOSERS
from plaidoyer.mail.models import Envelope

from .conftest import DROP, SILENCE

# Senders have sessions of their own, so rows are committed; only the tables of mail are cleared.
pytestmark = [
    pytest.mark.django_db(transaction=True, available_apps=["plaidoyer.mail"]),
    pytest.mark.usefixtures("notes"),
]
State = Envelope.State


def note(*addresses, **facts):
    made = envelopes.queue(kind="note", to_addresses=addresses or ["suzie@home.example"], **facts)
    return made if len(addresses) > 1 else made[0]


def minutes_until_due(envelope):
    return round((envelope.due_at - timezone.now()).total_seconds() / 60)


def test_an_accepted_message_keeps_the_servers_words(sink):
    envelope = note()

    assert sending.send_due() == 1

    envelope.refresh_from_db()
    assert envelope.state == State.ACCEPTED
    assert envelope.reply == "250 for FROM:<…>"
    assert envelope.begun_at <= envelope.ended_at
    assert (envelope.attempts, envelope.sender) == (1, None)
    assert sink.came() == {"suzie@home.example": 1}
    assert b"\r\n..Hello" in sink.bodies["suzie@home.example"][0]


@pytest.mark.parametrize(
    ("stage", "said", "state"),
    [
        ("RCPT", "450 4.2.1 later", State.DEFERRED),
        ("RCPT", "550 5.1.1 no such user", State.REFUSED),
        ("DATA", "451 4.3.0 later", State.DEFERRED),
        ("DATA", "554 5.5.1 no", State.REFUSED),
        ("BODY", "452 4.3.1 full", State.DEFERRED),
        ("BODY", "552 5.3.4 too big", State.REFUSED),
        ("BODY", "250 2.0.0 kept", State.ACCEPTED),
        ("BODY", "354 what?", State.IN_DOUBT),
        ("BODY", "hello?", State.IN_DOUBT),
        ("BODY", DROP, State.IN_DOUBT),
        ("BODY", SILENCE, State.IN_DOUBT),
        ("RCPT", DROP, State.QUEUED),
        ("RCPT", SILENCE, State.QUEUED),
        ("DATA", DROP, State.QUEUED),
        ("DATA", "250 but no", State.QUEUED),
    ],
)
@pytest.mark.usefixtures("pace")
def test_every_word_of_the_relay_has_its_state(sink, stage, said, state):
    first, second = note("suzie@home.example", "laura@home.example")
    sink.script["suzie@home.example", stage] = said

    sending.send_due()

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (state, State.ACCEPTED)
    if said[:3].isdigit():
        assert first.reply == said
    assert first.sender is second.sender is None


def test_what_was_put_off_leaves_later_and_later_and_then_never(sink):
    envelope = note()
    sink.script["suzie@home.example", "RCPT"] = "450 4.2.1 greylisted"

    waits = []
    for _ in range(7):
        sending.send_due()
        envelope.refresh_from_db()
        waits.append(minutes_until_due(envelope))
        assert sending.send_due() == 0
        Envelope.objects.update(due_at=timezone.now())
    assert waits == [1, 5, 15, 60, 240, 240, 240]

    Envelope.objects.update(attempts=21)
    sending.send_due()
    envelope.refresh_from_db()
    assert (envelope.state, envelope.reply) == (State.REFUSED, "450 4.2.1 greylisted")
    assert sum(verdicts.BACK_OFF[:4]) + 18 * verdicts.BACK_OFF[4] > 3 * 24 * 3600


def test_a_421_closes_the_session_and_the_next_message_opens_another(sink):
    first, second = note("suzie@home.example", "laura@home.example")
    sink.script["suzie@home.example", "RCPT"] = "421 4.3.2 shutting down"

    sending.send_due()

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (State.DEFERRED, State.ACCEPTED)
    assert sink.sessions == 2


def test_a_server_that_refuses_us_as_sender_refuses_no_recipient(sink):
    envelope = note()
    sink.script["", "MAIL"] = "550 5.7.1 relaying denied"

    sending.send_due()

    envelope.refresh_from_db()
    assert (envelope.state, envelope.reply) == (State.DEFERRED, "550 5.7.1 relaying denied")


def test_while_the_relay_is_down_mail_waits_untouched_and_leaves_later(sink, caplog):
    sink.shut()
    envelope = note()

    for _ in range(3):
        assert sending.send_due() == 0
        sending.relay_rests_until = 0.0

    envelope.refresh_from_db()
    assert (envelope.state, envelope.attempts) == (State.QUEUED, 0)
    assert [record.message.split(":")[0] for record in caplog.records] == [
        "The mail relay cannot be reached, mail waits"
    ]
    assert "suzie" not in caplog.text

    sink.open()
    assert sending.send_due() == 1


@pytest.mark.parametrize("greeting", [SILENCE, DROP, "554 go away", "421 busy", "nonsense"])
def test_a_relay_that_does_not_greet_is_down(sink, greeting):
    sink.greeting = greeting
    envelope = note()

    assert sending.send_due() == 0

    envelope.refresh_from_db()
    assert (envelope.state, envelope.attempts) == (State.QUEUED, 0)


def test_a_relay_that_loses_every_session_is_left_alone(sink, settings):
    settings.MAIL_CONNECTIONS = 1
    many = note(*[f"s{number}@home.example" for number in range(10)])
    for envelope in many:
        sink.script[envelope.to_address, "BODY"] = DROP

    sending.send_due()

    states = sorted(Envelope.objects.values_list("state", flat=True))
    assert states == ["in_doubt"] * 3 + ["queued"] * 7
    assert sending.send_due() == 0  # not again at once


def test_one_bad_message_does_not_hold_up_the_line(sink):
    note("bad@home.example", urgency=5)
    note("good@home.example")
    sink.script["bad@home.example", "RCPT"] = DROP

    sending.send_due()

    assert sink.came() == {"good@home.example": 1}


def test_the_urgent_leave_first(sink):
    for urgency in (0, 20, 10):
        note(f"u{urgency}@home.example", urgency=urgency)

    sending.send_due()

    assert list(sink.bodies) == ["u20@home.example", "u10@home.example", "u0@home.example"]


def test_a_suppressed_address_gets_nothing_in_any_spelling(sink):
    suppressions.suppress("suzie@gmail.com", reason="by_hand")
    envelope = note("S.u.zie+x@GoogleMail.com")

    sending.send_due()

    envelope.refresh_from_db()
    assert (envelope.state, sink.came()) == (State.SUPPRESSED, {})


def test_what_its_room_does_not_want_sent_is_cancelled(sink):
    COMPOSERS["note"] = lambda envelopes: {}
    envelope = note()

    assert sending.send_due() == 1

    envelope.refresh_from_db()
    assert (envelope.state, sink.came()) == (State.CANCELLED, {})


def test_an_envelope_that_cannot_be_composed_holds_up_no_other(sink, caplog):
    compose = COMPOSERS["note"]

    def stumble(some):
        if any("bad" in envelope.to_address for envelope in some):
            raise ValueError(some[0].to_address)
        return compose(some)

    COMPOSERS["note"] = stumble
    bad, good = note("bad@home.example", "good@home.example")
    unknown = envelopes.queue(kind="no such kind", to_addresses=["x@home.example"])[0]

    sending.send_due()

    for envelope in (bad, good, unknown):
        envelope.refresh_from_db()
    assert (bad.state, good.state, unknown.state) == ("queued", "accepted", "queued")
    assert minutes_until_due(bad) == 5
    assert "@home" not in caplog.text


def test_an_address_no_server_can_take_is_refused(sink):
    envelope = note("a b@home.example")

    sending.send_due()

    envelope.refresh_from_db()
    assert (envelope.state, envelope.reply) == ("refused", "No server can be given this address.")


def test_what_is_cancelled_while_a_sender_holds_it_does_not_leave(sink, settings):
    settings.MAIL_CONNECTIONS = 1
    first, second = note("suzie@home.example", "laura@home.example")

    def cancel(_address):
        envelopes.cancel([second])
        connection.close()
        time.sleep(1.5 * sending.FLUSH_SECONDS)  # senders look that often

    sink.on_body = cancel
    sending.send_due()

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (State.ACCEPTED, State.CANCELLED)
    assert sink.came() == {"suzie@home.example": 1}


def test_what_is_cancelled_after_its_body_began_ends_as_the_relay_said(sink):
    envelope = note()

    def cancel(_address):
        envelopes.cancel([envelope])
        connection.close()

    sink.on_body = cancel
    sending.send_due()

    envelope.refresh_from_db()
    assert envelope.state == State.ACCEPTED


def test_what_has_ended_cannot_be_cancelled(sink):
    envelope = note()
    sending.send_due()

    assert envelopes.cancel([envelope]) == 0


def test_a_doubt_is_settled_by_a_person_once(sink):
    arrived, lost = note("suzie@home.example", "laura@home.example")
    Envelope.objects.update(state="leased")
    Envelope.objects.update(state="in_doubt", begun_at=timezone.now(), ended_at=timezone.now())

    assert envelopes.settle(arrived, arrived=True)
    assert envelopes.settle(lost, arrived=False)
    assert not envelopes.settle(lost, arrived=True)

    assert sending.send_due() == 1
    assert sink.came() == {"laura@home.example": 1}
    assert lost.uid.hex.encode() in sink.bodies["laura@home.example"][0]


def test_many_senders_side_by_side_send_each_once(sink):
    note(*[f"s{number}@home.example" for number in range(300)])

    def work():
        sender = sending.Sender()
        sender.send_all(lambda: False)
        sender.close()
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(sink.came().values()) == {1}
    assert len(sink.bodies) == 300
    assert set(Envelope.objects.values_list("state", flat=True)) == {"accepted"}


def test_a_sender_that_is_asked_to_stop_gives_back_what_it_holds(sink, settings):
    settings.MAIL_CONNECTIONS = 1
    note(*[f"s{number}@home.example" for number in range(20)])
    sink.on_body = lambda _address: time.sleep(0.1)

    ended = sending.send_due(stop=lambda: len(sink.bodies) >= 3)

    assert 3 <= ended < 20
    assert Envelope.objects.filter(state="queued", sender=None).count() == 20 - ended
    assert len(sink.bodies) == ended


def test_an_envelope_not_yet_due_waits(sink):
    note(due_at=timezone.now() + timedelta(hours=1))

    assert sending.send_due() == 0


def test_without_a_relay_mail_waits(settings):
    settings.SMTP_HOST = ""
    note()

    assert sending.send_due() == 0
