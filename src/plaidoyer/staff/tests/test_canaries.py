"""Each exported list of supporters bears an address of its own: mail to it tells which it was."""

import csv
import io

import pytest
from openpyxl import load_workbook

from plaidoyer.lib.desk import Streamed
from plaidoyer.mail.inbound import doors
from plaidoyer.mail.models import Envelope
from plaidoyer.mail.tests.coming import comes
from plaidoyer.staff import notices
from plaidoyer.staff.models import AuditEntry, Notice
from plaidoyer.supporters import canaries
from plaidoyer.supporters.models import Supporter
from plaidoyer.testing import mails, make_organiser, make_reader

pytestmark = pytest.mark.django_db

LIST = "/admin/supporters/?export="
MAIL = b"From: spam@shop.example\r\nTo: %b\r\nSubject: Offer\r\n\r\nBuy.\r\n"


@pytest.fixture
def ed(client):
    for name in ("suzie", "laura", "omar"):
        make_reader(name)
    client.force_login(make_organiser("ed", hats=("Data officer",)))
    return client


def exported(client, asked=""):
    """The rows of a file, without what the reader cannot tell from the others."""
    page = client.get(f"{LIST}csv{asked}")
    return list(csv.DictReader(io.StringIO(page.getvalue().decode())))


def canary(rows):
    """The address of the row that is nobody's."""
    [address] = {row["Email"] for row in rows if "@post.example" not in row["Email"]}
    return address


def test_every_file_bears_one_row_more_with_an_address_of_its_own_in_the_audit_log(ed):
    first, second = exported(ed), exported(ed)

    assert len(first) == len(second) == 4
    assert canary(first) != canary(second)
    noted = AuditEntry.objects.filter(verb="export").order_by("pk").values_list("note", flat=True)
    assert list(noted) == [canary(first), canary(second)]
    [row] = [row for row in first if row["Email"] == canary(first)]
    assert all(row[name] for name in ("Given name", "Family name", "Language", "Since"))


def test_spreadsheets_and_filtered_and_empty_lists_bear_one_too(ed):
    page = ed.get(f"{LIST}xlsx")
    sheet = load_workbook(io.BytesIO(page.getvalue())).active

    addresses = [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert len([one for one in addresses if not one.endswith("@post.example")]) == 1
    assert canary(exported(ed, "&language=fr"))


def test_mail_to_it_tells_administrators_and_data_officers_which_export_it_was(ed):
    make_organiser("ada", hats=("Administrator",))
    make_organiser("mo", hats=("Moderator",))
    exported(ed)
    address = canary(exported(ed))

    assert doors.is_ours(address.upper())
    row = comes(MAIL % address.encode(), None, to=address, sender="spam@shop.example")

    assert row.words == "somebody wrote to an exported list of supporters"
    told = [("staff_notice", "ada@river.example"), ("staff_notice", "ed@river.example")]
    assert sorted(mails(kind="staff_notice")) == told
    for message in notices.compose(list(Envelope.objects.all())).values():
        for part in (message.text, message.html):
            assert address in part
            assert "ed took out on" in part
    assert Notice.objects.first().entry == AuditEntry.objects.filter(verb="export").last()


def test_they_are_told_once_for_each_export(ed):
    address = canary(exported(ed))
    for _time in range(2):
        comes(MAIL % address.encode(), None, to=address)
    assert Notice.objects.count() == 1

    other = canary(exported(ed))
    comes(MAIL % other.encode(), None, to=other)

    assert Notice.objects.count() == 2


@pytest.mark.parametrize("change", [lambda a: f"x{a}", lambda a: a.replace(".", ".x", 1)])
def test_an_address_that_somebody_made_up_is_none_of_ours(ed, change):
    address = canary(exported(ed))

    assert doors.is_ours(address)
    assert not doors.is_ours(change(address))
    assert not doors.is_ours(address.partition("@")[0] + "@elsewhere.example")


def test_who_may_not_take_the_list_out_gets_none(client):
    make_reader()
    client.force_login(make_organiser("cy", hats=("Campaigner",)))

    assert client.get(f"{LIST}csv").status_code == 302


def test_no_list_is_held_as_a_whole_while_it_is_written(ed):
    """So that a million take no more memory than a few."""
    rows = Supporter.objects.order_by("pk")

    assert len(list(Streamed(canaries.Watermarked(rows, "7")))) == 4
    assert rows._result_cache is None
