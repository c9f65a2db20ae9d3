"""The ledger held against the provider's lists, and the books that come of it."""

import csv
import datetime
import io

import pytest
from django.utils import timezone

from plaidoyer.donations.cards import reconciling
from plaidoyer.donations.ledgers import booking
from plaidoyer.donations.models import Donation, RecurringGift
from plaidoyer.donations.statistics import books, exports
from plaidoyer.donations.tests.giving import make_donation, make_fund, make_settings
from plaidoyer.donations.tests.test_cards import begin, hear
from plaidoyer.lib import money
from plaidoyer.organisation.staff import treasurers
from plaidoyer.testing import make_organiser

pytestmark = pytest.mark.django_db
SIDES = ("debit", "credit")


@pytest.fixture
def fund(provider):
    make_settings(asks_monthly=False)
    return make_fund()


def test_a_lost_word_is_found_by_night(provider, fund):
    charge = provider.pay(begin(provider))
    provider.refund({"payment_intent": charge["payment_intent"], "amount": 5_00})

    run = reconciling.reconcile()

    assert run.found == 1
    assert booking.given(fund) == provider.sum() == 45_00
    assert (run.theirs, run.ours, run.agrees) == ({"CAD": 45_00}, {"CAD": 45_00}, True)
    assert booking.balances()["fees", "CAD"] == 175
    hear(provider)
    again = reconciling.reconcile()
    assert (again.found, again.agrees) == (0, True)
    assert booking.given(fund) == 45_00


def test_a_whole_year_of_lost_words_is_found_page_after_page(provider, fund):
    """Of more charges and kinds than stand on one page: refunds, disputes, ends of gifts."""
    make_settings(asks_monthly=False, tries_an_hour=1000)
    for number in range(60):
        Donation.objects.update(promised_at=timezone.now() - datetime.timedelta(days=1))
        provider.pay(begin(provider, email=f"a{number}@post.example"))
    monthly = begin(provider, email="laura@post.example", frequency="monthly")
    provider.pay(monthly)
    lost = provider.pay(begin(provider, email="charlie@post.example"))
    provider.dispute(lost)
    provider.ask("DELETE", f"subscriptions/{monthly['subscription']}", {})
    assert len(provider.events) > 200

    run = reconciling.reconcile()

    assert (run.found, run.agrees) == (62, True)
    assert booking.given(fund) == provider.sum() - 50_00
    assert RecurringGift.objects.get().last.state == "ended"
    asked = [said for _verb, path, said in provider.requests if path == "events"]
    assert len(asked) == 3
    assert reconciling.reconcile().found == 0


def test_the_books_and_their_csv_say_what_the_provider_says(provider, fund, client):
    monthly = begin(provider, email="laura@post.example", frequency="monthly")
    charge = provider.pay(begin(provider))
    provider.refund({"payment_intent": charge["payment_intent"], "amount": 5_00})
    provider.pay(monthly)
    provider.renew(provider.things[monthly["subscription"]])
    provider.win(provider.dispute(provider.charge_of(charge["payment_intent"])))
    hear(provider, provider.events[::-1])
    reconciling.reconcile()
    cash = make_donation(fund, 30_00, method="cash")
    booking.receive(cash, amount=30_00, paid_at=timezone.now())
    span = books.span(f"{timezone.now():%Y}")

    [book] = books.of(span)
    rows = list(csv.DictReader(io.StringIO("".join(exports.ledger(span)).removeprefix("\ufeff"))))

    assert book.total.provider == provider.net() != provider.sum()
    assert book.total.given == provider.sum() + 30_00 == booking.given(fund)
    assert book.total.fees == 1_75 * 2 + 60 + 15_00
    for account, worth in (("provider", provider.net()), ("gifts", -book.total.given)):
        mine = [row for row in rows if row["account"] == account]
        sides = [sum(money.read(row[side] or "0", "CAD") for row in mine) for side in SIDES]
        assert sides[0] - sides[1] == worth
    anne = make_organiser("anne")
    anne.groups.add(treasurers())
    client.force_login(anne)
    for said in (span.said, f"{timezone.now():%Y-%m}", "2001"):
        page = client.get(f"/admin/giving/books/?month={said}")
        assert page.status_code == 200
        assert ("Total" in page.content.decode()) == (said != "2001")
    assert client.get("/admin/giving/books/?month=x", follow=True).status_code == 404


def test_a_ledger_that_is_wrong_does_not_agree(provider, fund):
    provider.pay(begin(provider))
    hear(provider)
    booking.receive(
        make_donation(fund, method="card"), amount=1_00, provider_id="pi_invented",
        paid_at=timezone.now() - datetime.timedelta(hours=1),
    )  # fmt: skip

    assert not reconciling.reconcile().agrees
