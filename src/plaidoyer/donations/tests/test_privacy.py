"""What is kept of donors, for how long, and what the bookkeeper gets."""

import csv
import datetime
import io
import json

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from plaidoyer.donations import privacy
from plaidoyer.donations.ledgers import booking
from plaidoyer.donations.models import BankLine, Donation, Receipt
from plaidoyer.donations.receipts import issuing
from plaidoyer.donations.statistics import books, exports, figures
from plaidoyer.donations.tests.giving import (
    NOON,
    make_donation,
    make_fund,
    make_payment,
    make_settings,
)
from plaidoyer.lib.words import Words
from plaidoyer.mail.models import Envelope
from plaidoyer.organisation.staff import treasurers
from plaidoyer.supporters import privacy as everybody
from plaidoyer.testing import make_organiser, make_reader

pytestmark = pytest.mark.django_db


def canaries():
    """Every word of the room's rows and mails that could name Suzie."""
    rows = [*Donation.objects.all(), *BankLine.objects.all(), *Envelope.objects.all()]
    return str([row.sealed.parts for row in rows]).count("suzie@")


def test_a_donor_takes_all_of_it_along():
    make_settings()
    suzie = make_reader()
    make_payment(make_donation(supporter=suzie, address="1 River Street"))
    issuing.issue_due()

    [gift] = everybody.export(suzie)["gifts"]

    assert gift["amount"] == 50_00
    assert gift["address"] == "1 River Street"
    assert gift["receipts"] == [Receipt.objects.get().label]
    json.dumps(gift, cls=DjangoJSONEncoder)


def test_erasing_empties_promises_at_once_and_keeps_what_the_books_must():
    make_settings()
    suzie, fund = make_reader(), make_fund()
    make_donation(fund, supporter=suzie)
    paid = make_donation(fund, supporter=suzie, phone="555", via="email")
    make_payment(paid)

    everybody.erase(suzie)

    promise, paid = Donation.objects.order_by("pk")
    assert (promise.email, promise.full_name, promise.supporter) == ("", "", None)
    assert promise.emptied_at
    assert (paid.email, paid.phone, paid.via, paid.supporter) == (
        "suzie@post.example",
        "",
        "",
        None,
    )
    assert booking.given(fund) == 50_00


def test_after_the_years_of_the_settings_donors_go_and_amounts_stay():
    make_settings(kept_years=7)
    fund = make_fund()
    old = make_donation(fund, address="1 River Street")
    payment = make_payment(old, paid_at=NOON)
    issuing.issue_due()
    BankLine.objects.create(
        source="file", booked_on=NOON.date(), amount=1, currency="CAD", name="suzie@",
        words="suzie@", sha256="1", payment=payment,
    )  # fmt: skip
    make_donation(fund)
    at = timezone.make_aware(datetime.datetime(2033, 12, 31, 23))

    assert privacy.forget(at) == 1
    assert canaries() > 0
    assert privacy.forget(at + datetime.timedelta(hours=2)) == 1

    assert canaries() == 0
    assert Receipt.objects.get().pdf == b""
    assert Receipt.objects.get().label == "R-2026-00001"
    assert booking.given(fund) == 50_00


def test_labels_of_networks_go_after_two_days():
    gift = make_donation(network="a" * 24)

    privacy.forget()
    assert Donation.objects.get().network
    privacy.forget(gift.promised_at + datetime.timedelta(hours=49))
    assert not Donation.objects.get().network


def make_year():
    make_settings()
    fund = make_fund(name=Words(en="=River"))
    paid = make_payment(make_donation(fund, 50_00, method="card", via="email"), paid_at=NOON,
                        provider_id="pi_1")  # fmt: skip
    booking.keep_fee(paid, fee=1_75, fee_id="txn_1", at=NOON)
    cheque = make_payment(make_donation(fund, 20_00, method="cheque", email=""), paid_at=NOON)
    booking.give_back(cheque, kind="bounced", at=NOON)
    make_payment(make_donation(fund, 10_00, email="laura@post.example"), paid_at=NOON)
    return fund


def test_the_bookkeepers_table_balances_and_names_nobody():
    make_year()

    text = "".join(exports.ledger(books.span("2026-09")))

    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert len(rows) == 10
    debit = sum(round(float(row["debit"] or 0) * 100) for row in rows)
    credit = sum(round(float(row["credit"] or 0) * 100) for row in rows)
    assert debit == credit == 50_00 + 1_75 + 20_00 + 20_00 + 10_00
    at_provider = [row for row in rows if row["account"] == "provider"]
    assert [row["debit"] or f"-{row['credit']}" for row in at_provider] == ["50.00", "-1.75"]
    assert "Suzie" not in text
    assert "".join(exports.ledger(books.span("2025"))).count("\n") == 1


def test_statistics_are_sums_of_the_ledger():
    fund = make_year()
    since, until = NOON - datetime.timedelta(days=30), NOON + datetime.timedelta(days=1)
    tables = figures.tables(figures.gifts(since, until, "CAD"))

    assert {row.label: (row.amount, row.number) for row in tables["method"]} == {
        "card": (50_00, 1), "cheque": (0, 1), "Interac e-Transfer": (10_00, 1),
    }  # fmt: skip
    assert sum(row.amount for row in tables["source"]) == booking.given(fund)
    assert figures.new_and_returning(since, until, "CAD") == {
        "new": 2, "returning": 0, "unknown": 1,
    }  # fmt: skip


def test_who_goes_on_giving_each_month():
    fund, now = make_fund(), timezone.now()
    months = figures.last_months(6)
    for gives in (6, 3, 1):
        gift = make_donation(fund, frequency="monthly", method="transfer")
        for month in months[:gives]:
            make_payment(gift, paid_at=min(now, NOON.replace(year=month.year, month=month.month)))

    first = figures.retention()[0]

    assert (first.began, first.kept) == (3, [3, 2, 2, 1, 1, 1])


def test_the_overview_shows_it_to_treasurers(client):
    make_year()
    anne = make_organiser("anne")
    anne.groups.add(treasurers())
    client.force_login(anne)

    page = client.get("/admin/giving/").content.decode()

    assert "$60" in page
    assert client.get("/admin/giving/ledger.csv?month=2026-09").status_code == 200
    assert client.get("/admin/giving/ledger.csv?month=2026-99").status_code == 404
    assert client.get("/admin/receipts/").status_code == 200
    assert client.get("/admin/gifts/?state=paid").status_code == 200
