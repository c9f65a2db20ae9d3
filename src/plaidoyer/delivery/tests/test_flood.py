"""A flood of letters: no hour above its cap, the mail of a day right, every writer found."""

import pytest

from plaidoyer.delivery.models import Digest, Mailbox
from plaidoyer.testing import make_form

from .flood import VALE, account, cap, flood, lost_letters
from .simulated import HOUR, by_address, midnight, pass_time

pytestmark = pytest.mark.django_db
TUESDAY = midnight(2026, 11, 24)
PEOPLE, MEMBERS, PACE = 200, 3, 20


def test_a_flood_reaches_each_mailbox_within_its_budget_and_names_every_writer():
    form = make_form(kind="letter", opens_at=TUESDAY)
    flood(form, people=PEOPLE, members=MEMBERS, at=TUESDAY - 6 * HOUR)
    Mailbox.objects.update(closes=11)
    Mailbox.objects.filter(address=VALE).update(per_hour=PACE)

    left = pass_time(TUESDAY + 8.9 * HOUR, TUESDAY + 11.5 * HOUR, every=HOUR / 30)

    busiest = by_address(left)
    assert max(busiest.values()) <= 60
    assert busiest[VALE] <= PACE == cap()
    first, *_others, last = sorted(at for _address, at in left)
    assert TUESDAY + 9 * HOUR <= first <= last < TUESDAY + 11 * HOUR
    digest = Digest.objects.get()
    # What two such days of two hours carry at full pace leaves one by one.
    assert (digest.mailbox.address, digest.letters.count()) == (VALE, PEOPLE - 2 * 2 * PACE)
    whole = account()
    assert whole.is_whole, whole
    assert whole.letters == 2 * PEOPLE
    assert whole.in_digests == digest.letters.count()
    assert whole.alone > 100

    lost_letters()
    assert not account().is_whole
