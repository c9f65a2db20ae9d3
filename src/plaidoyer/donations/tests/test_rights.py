"""Who sees, records and changes gifts: three rights, asked for at every door."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from wagtail.users.forms import GroupForm

from plaidoyer.donations import wagtail_hooks
from plaidoyer.donations.models import BankImport, Batch, Receipt
from plaidoyer.donations.receipts import issuing
from plaidoyer.donations.tests.giving import make_donation, make_fund, make_payment, make_settings
from plaidoyer.testing import make_organiser

pytestmark = pytest.mark.django_db

SEE = {"gifts_overview", "gift", "receipt_pdf", "gifts_books", "gifts_export", "gifts:index",
       "receipts:index"}  # fmt: skip
RECORD = {"gifts_record"}
CHANGE = {
    *("gifts_bank", "gifts_bank_lines", "gifts_bank_format", "gifts_bank_preview"),
    *("gifts_bank_done", "gifts_batches", "gifts_batch", "receipts_annual"),
}


def addresses():
    """Every screen of the room's own, by name; each with a row it is about."""
    payment = make_payment(make_donation(make_fund()))
    issuing.issue_due()
    raw = b"Date;Nom;Message;Montant\n2026-09-14;Suzie;don;10,00\n"
    upload = BankImport.objects.create(name="x", raw=raw)
    rows = {
        "gift": payment.donation_id,
        "receipt_pdf": Receipt.objects.get().pk,
        "gifts_batch": Batch.objects.create().pk,
        **dict.fromkeys(("gifts_bank_format", "gifts_bank_preview", "gifts_bank_done"), upload.pk),
    }
    names = [route.name for route in wagtail_hooks.screens()] + ["gifts:index", "receipts:index"]
    paths = {name: reverse(name, args=[rows[name]] if name in rows else []) for name in names}
    paths["gifts_export"] += "?month=2026"
    return paths


def test_each_screen_asks_for_its_own_right_and_no_other_opens_it(client):
    make_settings()
    paths = addresses()
    assert set(paths) == SEE | RECORD | CHANGE

    opened = {right: opened_by(client, right, paths) for right in ("", "view", "add", "change")}

    assert opened[""] == set()
    assert opened["view"] == SEE
    # Wagtail lists what somebody may change.
    assert opened["add"] - {"gifts:index", "receipts:index"} == RECORD
    assert opened["change"] - {"gifts:index", "receipts:index"} == CHANGE


def opened_by(client, right, paths):
    """What somebody with that right alone gets to see; a redirect to another screen counts."""
    person = make_organiser(f"p{right}")
    if right:
        person.user_permissions.add(Permission.objects.get(codename=f"{right}_donation"))
    client.force_login(person)
    answers = {name: client.get(path) for name, path in paths.items()}
    return {
        name
        for name, answer in answers.items()
        if answer.status_code == 200 or "/giving/" in answer.get("Location", "")
    }


def test_an_administrator_gives_these_rights_by_name():
    offered = GroupForm().registered_permissions.filter(content_type__app_label="donations")

    assert set(offered.values_list("codename", flat=True)) == {
        *("view_donation", "add_donation", "change_donation"),
        *("add_fund", "change_fund", "delete_fund", "change_givingsettings"),
    }
