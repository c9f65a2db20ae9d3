"""A bank's files: three banks, a thousand lines with slips, nothing booked wrongly."""

import csv
import datetime
import io
import random

import pytest
from django.test import Client

from plaidoyer.donations import codes
from plaidoyer.donations.bank import formats, imports, matching
from plaidoyer.donations.ledgers import booking
from plaidoyer.donations.models import BankFormat, BankImport, BankLine, Donation, Payment
from plaidoyer.donations.tests.giving import make_donation, make_fund, make_settings
from plaidoyer.lib.typed import harmless
from plaidoyer.testing import make_organiser

pytestmark = pytest.mark.django_db

DAY = datetime.date(2026, 9, 14)
GIVEN = ("Suzie", "Laura", "Charlie", "Anne", "Édouard", "Maëlle", "Octave", "Inès", "Zoé", "Hugo")
FAMILY = (
    *("Roy", "Ng", "Tremblay", "O’Connor", "Lévesque", "Bouchard", "Merrow", "Delisse", "Vale"),
    *("Dubois", "Schmidt", "García", "Haddad", "Nguyen", "Côté", "Fortin", "Pelletier", "Orvelle"),
)


def royal(rows):
    """Comma, month first, a column each for the two currencies, debits below zero."""
    header = ["Account Type", "Account Number", "Transaction Date", "Cheque Number",
              "Description 1", "Description 2", "CAD$", "USD$"]  # fmt: skip
    lines = [
        ["Chequing", "01234-5678901", f"{day.month}/{day.day}/{day.year}", "",
         f"e-Transfer received {name.upper()}", words, f"{cents / 100:.2f}", ""]
        for day, name, words, cents in rows
    ]  # fmt: skip
    return written([header, *lines], ",").encode()


def desjardins(rows):
    """Semicolon, year first, money in and out apart, decimal comma, Windows-1252."""
    header = ["Date", "Description", "Mémo", "Retrait", "Dépôt", "Solde"]
    lines = [
        [day.isoformat(), f"Virement Interac de /{name}/", words, *inout(cents), "1 234,56"]
        for day, name, words, cents in rows
    ]
    return written([header, *lines], ";").encode("cp1252", "replace")


def sparkasse(rows):
    """Semicolon, day first with two digits of the year, decimal comma, UTF-8 with its mark."""
    header = ["Auftragskonto", "Buchungstag", "Valutadatum", "Buchungstext", "Verwendungszweck",
              "Beguenstigter/Zahlungspflichtiger", "Kontonummer", "Betrag", "Waehrung"]  # fmt: skip
    lines = [
        ["DE00", day.strftime("%d.%m.%y"), day.strftime("%d.%m.%y"), "GUTSCHRIFT",
         f"SVWZ+{words}", name, "DE12", f"{cents / 100:.2f}".replace(".", ","), "EUR"]
        for day, name, words, cents in rows
    ]  # fmt: skip
    return ("\ufeff" + written([header, *lines], ";")).encode()


def inout(cents):
    text = f"{abs(cents) / 100:.2f}".replace(".", ",")
    return ["", text] if cents > 0 else [text, ""]


def written(rows, sign):
    out = io.StringIO()
    csv.writer(out, delimiter=sign, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


BANKS = {"royal": (royal, "CAD", 400), "desjardins": (desjardins, "CAD", 350),
         "sparkasse": (sparkasse, "EUR", 250)}  # fmt: skip


def slip(code, dice):
    """One slip of the finger, or none seven times of ten."""
    if dice.random() < 0.7:
        return dice.choice([code, codes.shown(code), code.lower(), f"don {code} merci"])
    place = dice.randrange(7)
    return dice.choice(
        [
            code[:place] + dice.choice(codes.SIGNS) + code[place + 1 :],
            code[:place] + code[place + 1] + code[place] + code[place + 2 :],
            code[:place] + code[place + 1 :],
            code[:place] + code[place] + code[place:],
            code.replace("1", "I").replace("0", "O"),
        ]
    )


def told_name(gift, dice):
    name = dice.choice([gift.full_name, f"{gift.family_name} {gift.given_name}"])
    if dice.random() < 0.15:
        place = dice.randrange(len(name) - 1)
        name = name[:place] + name[place + 1 :]
    return name


def make_story(fund, currency, number, dice):
    """Gifts, and the lines that a bank tells of: who gave each, or None."""
    amounts = [10_00, 20_00, 25_00, 50_00, 100_00]
    gifts = Donation.objects.bulk_create(
        Donation(
            fund=fund, amount=dice.choice(amounts), currency=currency, frequency="once",
            method="interac" if currency == "CAD" else "transfer", language="fr",
            given_name=dice.choice(GIVEN), family_name=dice.choice(FAMILY),
            email=f"a{n}@post.example",
        )
        for n in range(number)
    )  # fmt: skip
    Donation.objects.update(promised_at=datetime.datetime(2026, 9, 1, tzinfo=datetime.UTC))
    rows, truth = [], []
    for gift in gifts[: number * 9 // 10]:
        words = slip(gift.code, dice) if dice.random() < 0.93 else "don"
        rows.append((DAY, told_name(gift, dice), words, gift.amount))
        truth.append(gift)
    for n in range(number // 10):
        name = dice.choice(["Loyer", "REMBOURSEMENT", "=HYPERLINK(1)", "Ann Elsewhere"])
        rows.append((DAY, name, f"facture {n}", dice.choice([amounts[n % 5], -55_00])))
        truth.append(None)
    order = list(range(len(rows)))
    dice.shuffle(order)
    return [rows[n] for n in order], [truth[n] for n in order]


def read_in(raw, currency):
    upload = imports.upload(raw, name="bank.csv", by=None)
    if upload.format is None:
        mapping = formats.guess(formats.rows(raw))
        imports.remember(upload, name="Bank", mapping=mapping, currency=currency)
    return upload, *imports.keep_lines(upload)


def test_a_thousand_lines_of_three_banks_are_matched_and_none_wrongly():
    dice, fund = random.Random(7), make_fund()
    right = due = lines_read = 0
    for write, currency, number in BANKS.values():
        rows, truth = make_story(fund, currency, number, dice)
        upload, lines, faulty = read_in(write(rows), currency)
        assert faulty == []
        came = [(row, gift) for row, gift in zip(rows, truth, strict=True) if row[3] > 0]
        assert [line.amount for line in lines] == [row[3] for row, _gift in came]
        lines_read += len(rows)
        found = matching.propose(lines)
        for line, (row, gift) in zip(lines, came, strict=True):
            match = found.get(line.pk)
            assert match is None or match.donation == gift, (row, gift and gift.code, match)
            due += gift is not None
            right += match is not None
        sure = {key: one.donation for key, one in found.items()}
        assert imports.book_all(upload, sure, by=None) == len(sure)
    assert lines_read >= 990
    assert right >= 0.95 * due, (right, due)
    assert sum(Payment.objects.values_list("amount", flat=True)) == sum(
        booking.given(fund, currency) for currency in ("CAD", "EUR")
    )


@pytest.mark.parametrize("bank", BANKS)
def test_the_columns_of_each_bank_are_guessed_and_remembered(bank):
    write, currency, _number = BANKS[bank]
    rows = [(datetime.date(2026, 9, n), "Suzie Roy", "ABC", n * 100) for n in (3, 14, 25)]

    upload, lines, _faulty = read_in(write(rows), currency)

    assert [(line.booked_on, line.amount, line.currency) for line in lines] == [
        (row[0], row[3], currency) for row in rows
    ]
    assert "Suzie" in lines[0].name.title()
    again = imports.upload(write(rows), name="next.csv", by=None)
    assert again.format == upload.format == BankFormat.objects.get()
    assert imports.keep_lines(again)[0] == lines
    assert BankLine.objects.count() == 3


def test_two_equal_lines_of_one_file_are_two_and_stay_two():
    rows = [(DAY, "Suzie Roy", "don", 10_00)] * 2

    for _time in range(2):
        read_in(desjardins(rows), "CAD")

    assert BankLine.objects.count() == 2


def test_booking_is_undone_as_a_whole_and_can_be_done_again():
    fund, gift = make_fund(), None
    gift = make_donation(fund, 25_00)
    upload, [line], _faulty = read_in(royal([(DAY, "SUZIE ROY", gift.reference, 25_00)]), "CAD")
    imports.book(line, gift, by=None)
    with pytest.raises(imports.DoneError):
        imports.book(line, gift, by=None)
    assert booking.given(fund) == 25_00

    assert imports.undo(upload, by=None) == 1
    assert booking.given(fund) == 0
    assert imports.undo(upload, by=None) == 0
    line.refresh_from_db()
    imports.book(line, gift, by=None)
    assert booking.given(fund) == 25_00
    assert Payment.objects.count() == 2


def test_cells_that_spreadsheets_run_are_texts_to_us():
    rows = [(DAY, "=cmd|' /C calc'!A0", "@SUM(1)", 10_00), (DAY, "+1", "-2", 5_00)]

    _upload, lines, _faulty = read_in(desjardins(rows), "CAD")

    assert "=cmd" in lines[0].name
    assert harmless("=cmd|' /C calc'!A0").startswith("'")


@pytest.mark.parametrize(
    "raw", [b"", b"\x89PNG\r\n\x1a\n\0\0", b"a", b"a,b\n1,2", b"\xff\xfe\0\0", b",,,,\n" * 3]
)
def test_what_is_no_table_of_a_bank_is_refused(raw):
    with pytest.raises(formats.UnreadableError):
        imports.upload(raw, name="x", by=None)


def test_a_line_that_cannot_be_read_is_told_by_its_number():
    raw = b"Date;Nom;Message;Montant\n2026-09-14;Suzie;don;10,00\n2026-13-99;Ann;don;x1\n"

    _upload, lines, faulty = read_in(raw, "CAD")

    assert len(lines) == 1
    assert [(line.number, line.fault) for line in faulty] == [(3, "amount")]


def test_a_treasurer_walks_from_the_file_to_the_ledger_and_back(client):
    make_settings()
    anne = make_organiser("anne", "Treasurer", password="secret")
    client.force_login(anne)
    fund = make_fund()
    sure = make_donation(fund, 25_00)
    unsure = make_donation(
        fund, 40_00, family_name="Marchand", code="7K3MQ2" + codes.checks("7K3MQ2")
    )
    wrong = unsure.code[1] + unsure.code[0] + unsure.code[2:]
    rows = [(DAY, "SUZIE ROY", sure.reference, 25_00), (DAY, "X", wrong, 40_00),
            (DAY, "Rent", "", 9_00)]  # fmt: skip
    file = io.BytesIO(royal(rows))
    file.name = "september.csv"

    response = client.post("/admin/giving/bank/", {"file": file})
    upload = BankImport.objects.get()
    assert response["Location"].endswith(f"/{upload.pk}/columns/")
    page = client.get(response["Location"])
    said = {
        name: page.context["form"].initial.get(name, "") for name in page.context["form"].fields
    }
    response = client.post(response["Location"], said | {"name": "Royal"})
    preview = client.get(response["Location"]).content.decode()
    assert f'value="{sure.code}" checked' in preview
    assert f'value="{unsure.code}">' in preview

    lines = {line.words: line for line in BankLine.objects.all()}
    ticked = {
        f"line-{line.pk}": sure.code for line in lines.values() if sure.reference in line.words
    }
    response = client.post(response["Location"], {"step": "book", **ticked})
    assert booking.given(fund) == 25_00
    assert "Undo" in client.get(response["Location"]).content.decode()
    open_lines = client.get("/admin/giving/bank/lines/").content.decode()
    assert unsure.reference in open_lines

    other = next(line for line in lines.values() if wrong in line.words)
    client.post("/admin/giving/bank/lines/", {"line": other.pk, "code": unsure.reference.lower()})
    assert booking.given(fund) == 65_00
    client.post(response["Location"])
    assert booking.given(fund) == 0
    assert not BankImport.objects.exclude(sealed=b"").exists()


def test_who_may_not_see_gifts_sees_no_bank_either(client):
    client.force_login(make_organiser("ed"))

    for path in ("", "bank/", "bank/lines/", "record/", "envelopes/", "ledger.csv?month=2026"):
        assert client.get(f"/admin/giving/{path}").status_code in {302, 404}
    assert client.get("/admin/gifts/").status_code == 302
    assert client.get("/admin/funds/").status_code == 200
    assert Client().get("/admin/giving/").status_code == 302
