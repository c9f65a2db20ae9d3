"""The form to print, a day's envelopes, gifts told by telephone."""

import io

import pytest
from django.test import Client
from pypdf import PdfReader, PdfWriter

from plaidoyer.donations.ledgers import booking
from plaidoyer.donations.models import Batch, Donation, DonationMail, Payment
from plaidoyer.donations.paper import batches
from plaidoyer.donations.tests.giving import make_donation, make_fund, make_settings
from plaidoyer.testing import make_organiser

pytestmark = pytest.mark.django_db


@pytest.fixture
def anne(client):
    make_settings()
    anne = make_organiser("anne", "Treasurer")
    client.force_login(anne)
    return anne


@pytest.mark.parametrize(("language", "words"), [("fr", "Oui, je donne"), ("en", "Yes, I give")])
def test_the_form_can_be_filled_in_and_heard(language, words):
    make_settings()
    fund = make_fund()

    response = Client().get(f"/{language}/give/watch/form.pdf")

    reader = PdfReader(io.BytesIO(response.content))
    said = reader.pages[0].extract_text()
    assert words in said
    assert f"{fund.code[:4]}-{fund.code[4:]}" in said
    fields = reader.get_fields()
    assert {"given_name", "family_name", "once_0", "once_other", "monthly_0"} <= set(fields)
    assert all(field["/TU"] for field in fields.values())
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith(language)
    assert len(reader.pages) == 1
    assert forms_in(root["/StructTreeRoot"]) == len(fields)
    widgets = [one.get_object() for one in reader.pages[0]["/Annots"]]
    widgets = [one for one in widgets if one["/Subtype"] == "/Widget"]
    assert all("/StructParent" in one and "/AP" in one for one in widgets)
    writer = PdfWriter(clone_from=reader)
    writer.update_page_form_field_values(writer.pages[0], {"given_name": "Suzie"})
    filled = io.BytesIO()
    writer.write(filled)
    assert PdfReader(filled).get_form_text_fields()["given_name"] == "Suzie"


def forms_in(element):
    """How many elements of the tree are fields."""
    element = element.get_object()
    if isinstance(element, int):
        return 0
    if isinstance(element, list):
        return sum(forms_in(one) for one in element)
    own = element.get("/S") == "/Form"
    return own + (forms_in(element["/K"]) if "/K" in element and not own else 0)


def test_a_days_envelopes_run_to_a_total_that_has_to_come_out(client, anne):
    fund, gift = make_fund(), make_donation(amount=30_00, method="cheque", fund=make_fund("other"))
    opened = {"method": "cheque", "currency": "CAD", "received_on": "2026-09-14", "expected": "80"}
    path = client.post("/admin/giving/envelopes/", opened)["Location"]

    assert client.post(path, {"amount": "30", "code": gift.reference.lower()}).status_code == 302
    form = {"amount": "40,00", "code": fund.code, "family_name": "Ng"}
    assert client.post(path, form).status_code == 302
    page = client.get(path).content.decode()
    assert "$70" in page
    assert "Missing: $10." in page
    client.post(path, {"step": "close"})
    assert Batch.objects.get().closed_at is None

    extra = {"amount": "10", "fund": fund.pk, "family_name": "Roy"}
    client.post(path, extra)
    client.post(path, extra)
    client.post(path, {"step": "void", "payment": Payment.objects.latest("pk").pk})
    client.post(path, {"step": "close"})

    assert Batch.objects.get().closed_at
    assert batches.totals(Batch.objects.get()) == {"number": 3, "sum": 80_00}
    assert gift.payments.get().amount == 30_00
    assert booking.given(fund) == 50_00
    with pytest.raises(batches.ClosedError):
        batches.enter(Batch.objects.get(), amount=1, by=anne, donation=gift)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"amount": "x"}, "Write an amount, such as"),
        ({"code": "7K3MQ2X9"}, "Look for a slip"),
        ({"fund": ""}, "Choose the fund"),
        ({"family_name": ""}, "Write whose it is"),
    ],
)
def test_what_is_wrong_with_an_envelope_is_told(client, anne, wrong, told):
    fund = make_fund()
    batch = Batch.objects.create(opened_by=anne)
    sent = {"amount": "10", "fund": fund.pk, "family_name": "Roy", "code": ""} | wrong

    response = client.post(f"/admin/giving/envelopes/{batch.pk}/", sent)

    assert response.status_code == 422
    assert told in response.content.decode()
    assert not Payment.objects.exists()


def test_a_gift_told_by_telephone_takes_few_fields_and_the_rest_stays_chosen(client, anne):
    fund = make_fund()
    told = {
        "amount": "40", "currency": "CAD", "frequency": "once", "fund": fund.pk,
        "channel": "phone", "method": "interac", "family_name": "Roy", "language": "fr",
        "email": "suzie@post.example",
    }  # fmt: skip

    response = client.post("/admin/giving/record/", told)

    pledge = Donation.objects.get()
    assert (pledge.amount, pledge.channel, pledge.promised_by) == (40_00, "phone", anne)
    assert DonationMail.objects.get().kind == "instructions"
    assert booking.given(fund) == 0
    page = client.get(response["Location"])
    assert page.context["form"].initial["method"] == "interac"
    assert pledge.reference in page.content.decode()

    client.post("/admin/giving/record/", told | {"is_here": "on", "method": "cash"})
    assert booking.given(fund) == 40_00


def test_a_gift_is_given_back_from_its_screen_and_no_more_than_came(client, anne):
    payment = booking.receive(
        make_donation(), amount=50_00, paid_at=batches.moment(Batch().received_on)
    )
    path = f"/admin/giving/gifts/{payment.donation_id}/"
    said = {"payment": payment.pk, "kind": "refund", "reason": "She asked"}

    assert client.post(path, said | {"amount": "50.01"}).status_code == 422
    assert client.post(path, said | {"amount": "20"}).status_code == 302
    assert booking.left(payment) == 30_00
    page = client.get(path).content.decode()
    assert "She asked" in page
    assert "refunded" in page
