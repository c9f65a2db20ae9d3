"""How fast mail may leave, and who is left alone for a while."""

import threading
from types import SimpleNamespace

import pytest
from django.db import connection

from plaidoyer.mail import buckets, envelopes, sending
from plaidoyer.mail.models import Bucket, Envelope
from plaidoyer.mail.pieces import End, Stage
from plaidoyer.mail.relay import Reply

pytestmark = [
    pytest.mark.django_db(transaction=True, available_apps=["plaidoyer.mail"]),
    pytest.mark.usefixtures("notes"),
]


def end(code, words, domain="gmail.com"):
    leased = SimpleNamespace(to_address=f"suzie@{domain}")
    return End(SimpleNamespace(leased=leased), Stage.RCPT, Reply(code, f"{code} {words}"), 0.0)


def note(*addresses):
    return envelopes.queue(kind="note", to_addresses=addresses)


def test_no_more_leave_than_the_rate_allows_and_the_rest_waits(sink, settings):
    settings.MAIL_RATES = {"gmail.com": 2.0}
    note(*[f"s{number}@gmail.com" for number in range(20)], "laura@home.example")

    sending.send_due()

    came = sink.came()
    assert came.pop("laura@home.example") == 1
    assert 4 <= len(came) <= 6  # two seconds' worth at once, and what flows meanwhile
    assert Envelope.objects.filter(state="queued").count() == 20 - len(came)


def test_two_spellings_of_a_provider_share_its_rate():
    assert buckets.provider("a@GoogleMail.com") == buckets.provider("a@gmail.com") == "gmail.com"


def test_senders_who_ask_at_once_share_what_there_is():
    granted = []

    def ask():
        granted.append(buckets.take("relay", 50.0, 40))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 100 <= sum(granted) <= 100 + 50  # two seconds' worth, and at most a second's time


def test_a_provider_that_pushes_back_is_left_alone_longer_each_time():
    pushes = [end(451, "4.7.650 too fast")] * 6
    leased = SimpleNamespace(pk=1, to_address="suzie@gmail.com")
    other = SimpleNamespace(pk=2, to_address="suzie@home.example")

    buckets.note(pushes)
    first = buckets.waits([leased, other])
    Bucket.objects.update(rests_until="2020-01-01T00:00Z")
    buckets.note(pushes)
    second = buckets.waits([leased, other])

    assert first.keys() == second.keys() == {1}
    assert 50 < first[1] <= 60
    assert 110 < second[1] <= 120


def test_some_who_are_full_do_not_stop_their_provider():
    buckets.note([end(452, "4.2.2 mailbox full")] * 6)
    buckets.note([end(451, "4.7.1 greylisted")] * 6 + [end(250, "kept")] * 7)

    assert not Bucket.objects.exclude(rests_until=None).exists()


def test_once_it_takes_mail_again_its_strikes_are_forgotten():
    buckets.note([end(451, "4.7.0 slower")] * 6)
    buckets.note([end(250, "kept")])

    assert Bucket.objects.get(name="gmail.com").strikes == 0
