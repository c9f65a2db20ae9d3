"""In which order a sender takes what is due, and that nothing put back is forgotten."""

import itertools

import pytest

from plaidoyer.mail import envelopes, leases
from plaidoyer.mail.leases import Holder
from plaidoyer.mail.models import Batch

pytestmark = pytest.mark.django_db(transaction=True, available_apps=["plaidoyer.mail"])


@pytest.fixture
def holder(settings, tmp_path):
    settings.MAIL_JOURNALS = tmp_path
    holder = Holder()
    yield holder
    holder.database.close()
    holder.journal.close()


def fill(number):
    """The ids of so many mails of one batch."""
    batch = Batch.objects.create(name="Newsletter", kind="newsletter")
    addresses = [f"s{n}@home.example" for n in range(number)]
    made = envelopes.queue(kind="note", to_addresses=addresses, batch=batch)
    return [one.pk for one in made]


def taken(holder, size=2):
    return [one.pk for one in holder.lease(size)]


def test_a_batch_leaves_in_its_order_and_what_was_put_back_at_the_end(holder):
    ids = fill(6)

    assert taken(holder) == ids[:2]
    holder.give_back(ids[:2])
    assert taken(holder) == ids[2:4]
    assert taken(holder) == ids[4:]
    assert taken(holder) == ids[:2]
    assert taken(holder) == []


def test_what_was_put_back_does_not_wait_for_the_end_of_a_long_batch(holder):
    ids = fill(4 * leases.IN_A_ROW)
    first = taken(holder)
    holder.give_back(first)

    later = [taken(holder) for _lease in range(leases.IN_A_ROW)]

    assert first in later
    assert all(ids[-1] not in lease for lease in later)


def test_another_batch_that_was_due_before_comes_in_between(holder):
    early, late = fill(4), fill(4 * leases.IN_A_ROW)
    paused = Batch.objects.get(envelopes=early[0])
    Batch.objects.filter(pk=paused.pk).update(paused_at=paused.created_at)
    assert taken(holder) == late[:2]
    Batch.objects.filter(pk=paused.pk).update(paused_at=None)

    later = [taken(holder) for _lease in range(leases.IN_A_ROW + 1)]

    assert set(early) <= set(itertools.chain(*later))


def test_urgent_mail_is_taken_first_wherever_a_batch_is(holder):
    ids = fill(6)
    assert taken(holder) == ids[:2]
    [urgent] = envelopes.queue(kind="note", to_addresses=["x@home.example"], urgency=9)

    assert taken(holder) == [urgent.pk, ids[2]]
    assert taken(holder) == ids[3:5]
