"""What becomes of what a dead sender held."""

import datetime
import os
import uuid

import pytest
from django.db import connection
from django.utils import timezone

from plaidoyer.mail import envelopes, journals, recoveries
from plaidoyer.mail.leases import Holder
from plaidoyer.mail.models import Envelope, Sender
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True, available_apps=["plaidoyer.mail"])


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MAIL_JOURNALS = tmp_path
    return tmp_path


@pytest.fixture
def held():
    """Four envelopes in the hands of a sender."""
    made = envelopes.queue(kind="note", to_addresses=[f"s{n}@home.example" for n in range(4)])
    holder = Holder()
    assert len(holder.lease(10)) == 4
    return holder, made


def die(holder):
    """As a kill does: the session and the locks go, journal and rows stay."""
    holder.database.close()
    os.close(holder.journal.file)
    os.close(holder.journal.lock)
    wait_until(lambda: session_is_gone(holder))


def session_is_gone(holder):
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_locks WHERE objid = %s", [holder.number])
        return not cursor.rowcount


def states(made):
    rows = dict(Envelope.objects.values_list("pk", "state"))
    return [rows[one.pk] for one in made]


def test_its_journal_tells_what_becomes_of_each(held):
    holder, made = held
    said, pushed_back, begun, _waiting = made
    for one in (said, pushed_back, begun):
        holder.journal.intend(one.pk)
    holder.journal.done(said.pk, "250 2.0.0 kept")
    holder.journal.done(pushed_back.pk, "450 4.2.1 later")

    assert recoveries.recover() == 0  # it lives
    die(holder)
    assert recoveries.recover() == 4

    assert states(made) == ["accepted", "deferred", "in_doubt", "queued"]
    said.refresh_from_db()
    assert (said.reply, said.attempts) == ("250 2.0.0 kept", 1)
    assert not Sender.objects.exists()
    assert not list(journals.folder().glob("*.journal"))
    assert recoveries.recover() == 0


def test_what_was_cancelled_meanwhile_and_had_not_begun_stays_cancelled(held):
    holder, made = held
    holder.journal.intend(made[0].pk)
    envelopes.cancel(made[:2])

    die(holder)
    recoveries.recover()

    assert states(made) == ["in_doubt", "cancelled", "queued", "queued"]


def test_a_sender_whose_journal_is_still_locked_lives_though_its_session_is_gone(held):
    holder, made = held
    holder.database.close()
    wait_until(lambda: session_is_gone(holder))

    assert recoveries.recover() == 0
    assert set(states(made)) == {"leased"}
    os.close(holder.journal.lock)
    assert recoveries.recover() == 4


def test_a_journal_that_may_lack_its_end_leaves_all_in_doubt(held):
    holder, made = held
    holder.journal.done(made[0].pk, "250 kept")
    path = journals.path_of(holder.number, "journal")
    body = path.read_bytes().partition(b"\n")[2]
    die(holder)
    path.write_bytes(b"unsynced another-boot\n" + body)

    recoveries.recover()

    assert states(made) == ["accepted", "in_doubt", "in_doubt", "in_doubt"]


def test_another_machine_is_waited_for_and_given_up_after_an_hour(held):
    holder, made = held
    die(holder)
    Sender.objects.update(place=uuid.uuid4())

    assert recoveries.recover() == 0
    Sender.objects.update(seen_at=timezone.now() - datetime.timedelta(hours=2))
    assert recoveries.recover() == 4

    assert set(states(made)) == {"in_doubt"}


def test_a_sender_with_the_number_of_a_dead_one_cannot_have_its_envelopes(held):
    holder, made = held
    die(holder)
    recoveries.recover()

    late = Holder()
    recorded = late.record({})
    late.close()

    assert recorded == set()
    assert set(states(made)) == {"queued"}
