"""Receipts: no number missing or twice, cancelled and replaced, one for a year, official ones."""

import io
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connections, transaction
from pypdf import PdfReader
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from plaidoyer.donations.ledgers import booking
from plaidoyer.donations.models import DonationMail, Receipt, ReceiptLine
from plaidoyer.donations.receipts import issuing
from plaidoyer.donations.tests.giving import (
    NOON,
    make_donation,
    make_fund,
    make_payment,
    make_settings,
)
from plaidoyer.mail import kinds
from plaidoyer.mail.models import Envelope
from plaidoyer.organisation.models import Organisation

pytestmark = pytest.mark.django_db

OFFICIAL = {
    "tax_receipts": True,
    "charity_name": "Rivers Coalition of Arvane",
    "registration_number": "12345 6789 RR0001",
    "receipt_place": "Port-Aldre",
    "signatory": "Anne Delisse, treasurer",
}
ADDRESS = "1 River Street\nPort-Aldre AR1 2LD"


def text(receipt):
    pages = PdfReader(io.BytesIO(bytes(receipt.pdf))).pages
    return " ".join("".join(page.extract_text() for page in pages).split())


@pytest.mark.parametrize(
    ("language", "title", "amount"),
    [("fr", "Reçu pour un don", "50 $"), ("en", "Receipt for a gift", "$50")],
)
def test_a_receipt_is_mailed_in_the_donors_language(language, title, amount):
    make_settings()
    make_payment(make_donation(language=language))

    assert issuing.issue_due() == 1
    assert issuing.issue_due() == 0

    receipt = Receipt.objects.get()
    said = text(receipt)
    assert title in said
    assert amount in said
    assert receipt.label in said
    assert "Suzie Roy" in said
    [mail] = kinds.COMPOSERS["gift"](list(Envelope.objects.all())).values()
    assert mail.attachments == ((f"{receipt.label}.pdf", bytes(receipt.pdf), "application/pdf"),)
    assert receipt.label in mail.text


def test_numbers_have_no_gap_after_a_transaction_that_failed():
    settings, fund = make_settings(), make_fund()
    first, second = (make_payment(make_donation(fund)) for _n in range(2))
    issuing.thank(first, settings)
    with pytest.raises(RuntimeError), transaction.atomic():
        fail_after_issuing(second, settings)

    issuing.thank(second, settings)

    assert sorted(Receipt.objects.values_list("number", flat=True)) == [1, 2]


def fail_after_issuing(payment, settings):
    issuing.issue([payment], settings)
    raise RuntimeError


@pytest.mark.django_db(transaction=True)
def test_many_at_once_take_each_number_once():
    settings, fund = make_settings(), make_fund()
    payments = [make_payment(make_donation(fund)) for _n in range(12)]

    def work(mine):
        for payment in mine:
            issuing.thank(payment, settings)
        connections.close_all()

    threads = [threading.Thread(target=work, args=(payments[n::3] * 2,)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(Receipt.objects.values_list("number", flat=True)) == list(range(1, 13))
    assert DonationMail.objects.count() == 12


def test_money_that_goes_back_cancels_the_receipt_and_makes_a_new_one():
    make_settings()
    payment = make_payment()
    issuing.issue_due()
    booking.give_back(payment, kind="refund", amount=20_00)

    assert issuing.amend_due() == 1
    assert issuing.amend_due() == 0

    old, new = Receipt.objects.order_by("pk")
    assert old.cancelled_at
    assert (new.number, new.amount, new.replaces) == (2, 30_00, old)
    assert old.label in text(new)
    booking.give_back(payment, kind="refund")
    issuing.amend_due()
    assert Receipt.objects.filter(cancelled_at=None).count() == 0
    part, all_of_it = told("refunded")
    assert "$20 went back to you." in part.text
    assert f"Receipt {new.label}, attached" in part.text
    assert "$50 went back to you." in all_of_it.text
    assert "card" not in part.text + all_of_it.text
    assert all_of_it.attachments == ()


def told(kind):
    """The mails of that kind, as they would leave."""
    mails = DonationMail.objects.filter(kind=kind).order_by("pk")
    composed = kinds.COMPOSERS["gift"]([mail.envelope for mail in mails])
    return [composed[mail.envelope_id] for mail in mails]


def test_a_mistake_that_is_mended_is_told_as_such_and_a_void_record_to_nobody():
    make_settings()
    fund = make_fund()
    partly, wholly = (make_payment(make_donation(fund)) for _n in range(2))
    issuing.issue_due()
    booking.give_back(partly, kind="void", amount=45_00)
    booking.give_back(wholly, kind="void")

    issuing.amend_due()

    [mail] = told("refunded")
    assert mail.subject == "Your receipt, put right"
    assert "back to you" not in mail.text


def test_the_database_keeps_receipts_as_they_are():
    make_settings()
    make_payment()
    issuing.issue_due()

    for change in ({"amount": 1}, {"number": 9}, {"sealed": b"other"}, {"year": 1999}):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            Receipt.objects.update(**change)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        ReceiptLine.objects.all().delete()
    Receipt.objects.update(sealed=b"")


def test_one_receipt_for_a_year_sums_what_is_left_of_its_gifts():
    make_settings()
    fund = make_fund()
    monthly = make_donation(fund, 10_00, frequency="monthly", method="transfer")
    for month in (7, 8, 9):
        make_payment(monthly, paid_at=NOON.replace(month=month))
    once = make_payment(make_donation(fund, 50_00, email="SUZIE@post.example"), paid_at=NOON)
    booking.give_back(once, kind="refund", amount=5_00)
    make_payment(monthly, paid_at=NOON.replace(year=2025))
    make_payment(make_donation(fund, email="laura@post.example"), paid_at=NOON)

    assert issuing.issue_annual(2026) == (2, [])
    assert issuing.issue_annual(2026) == (0, [])

    amounts = set(Receipt.objects.filter(kind="annual").values_list("amount", flat=True))
    assert amounts == {75_00, 50_00}
    mail = DonationMail.objects.filter(kind="annual").earliest("pk")
    [message] = kinds.COMPOSERS["gift"]([mail.envelope]).values()
    assert "$75" in message.text


def test_official_receipts_are_a_choice_and_need_name_and_address():
    make_settings(**OFFICIAL)
    fund = make_fund()
    make_payment(make_donation(fund, address=ADDRESS), paid_at=NOON)
    make_payment(make_donation(fund, email="laura@post.example", given_name="Laura"), paid_at=NOON)
    issuing.issue_due()
    assert "not an official receipt" in text(Receipt.objects.first())

    assert issuing.issue_annual(2026) == (1, ["Laura Roy"])

    official = Receipt.objects.get(is_official=True)
    said = text(official)
    assert official.label.startswith("T-2026-")
    law = ("Eligible amount", "canada.ca/charities-giving", "Official receipt for income tax")
    for fact in (*list(OFFICIAL.values())[1:], *law, "1 River Street", "$50"):
        assert fact in said, fact


def test_gifts_in_other_currencies_stand_on_no_official_receipt():
    make_settings(**OFFICIAL)
    fund = make_fund()
    for currency in ("CAD", "EUR"):
        make_payment(make_donation(fund, address=ADDRESS, currency=currency), paid_at=NOON)

    assert issuing.issue_annual(2026) == (2, [])
    assert issuing.issue_annual(2026) == (0, [])

    told = Receipt.objects.values_list("currency", "is_official", "prefix")
    assert set(told) == {("CAD", True, "T"), ("EUR", False, "R")}


def test_an_official_receipt_bears_the_picture_of_its_signature():
    picture = get_image_model().objects.create(title="Anne", file=get_test_image_file())
    make_settings(**OFFICIAL, signature=picture)
    make_payment(make_donation(address=ADDRESS), paid_at=NOON)

    issuing.issue_annual(2026)

    [page] = PdfReader(io.BytesIO(bytes(Receipt.objects.get().pdf))).pages
    assert len(page.images) == 1
    assert "Signature: Anne Delisse, treasurer" in text(Receipt.objects.get())


def test_official_receipts_are_not_switched_on_before_all_they_say_is_known():
    settings = make_settings(**{**OFFICIAL, "signatory": ""})
    Organisation.objects.update(postal_address="")

    with pytest.raises(ValidationError) as faults:
        settings.full_clean()

    assert set(faults.value.message_dict) == {"signatory", "tax_receipts"}


def test_signs_that_no_font_has_keep_no_receipt_from_being_made():
    make_settings()
    make_payment(make_donation(given_name="𓀀", family_name='"\\#[x]'))

    assert issuing.issue_due() == 1

    assert '"\\#[x]' in text(Receipt.objects.get())


def test_a_payment_that_went_back_at_once_is_thanked_for_by_nobody():
    make_settings()
    booking.give_back(make_payment(), kind="void")

    assert issuing.issue_due() == 0
