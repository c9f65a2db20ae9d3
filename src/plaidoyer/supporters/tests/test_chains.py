"""The ledger of consents only grows, and whoever changes it behind our back is found out."""

import datetime

import pytest
from click.testing import CliRunner
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from plaidoyer.config import cli
from plaidoyer.staff import tasks as staff
from plaidoyer.supporters import chains, consents, privacy, retention
from plaidoyer.supporters.models import Consent, ConsentSeal
from plaidoyer.testing import make_reader, supporter

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def command(monkeypatch):
    """The program is there already."""
    monkeypatch.setattr("plaidoyer.config.cli.prepare", lambda: None)


@pytest.fixture
def ledger():
    """Three answers, chained."""
    for name in ("suzie", "laura"):
        make_reader(name)
    consents.withdraw(supporter("laura@post.example"), purpose="newsletter", page="/u/")
    assert chains.seal() == 3
    return list(Consent.objects.order_by("pk"))


def verified():
    """What the command says of both chains."""
    return CliRunner().invoke(cli.main, ["audit", "verify"])


def behind_our_back(sql, *parameters):
    """What somebody does who owns the database: no trigger and no key stops them."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, parameters)
        cursor.execute("SET session_replication_role = origin")


def test_an_untouched_ledger_holds_and_each_answer_is_chained_once(ledger):
    assert chains.seal() == 0
    assert chains.seal(everything=True) == 0

    answer = verified()

    assert answer.exit_code == 0
    assert f"consents 3:{chains.head().hash}" in answer.output


CHANGES = {
    "an answer turned round": "UPDATE supporters_consent SET answer = 'given' WHERE id = %s",
    "another page": "UPDATE supporters_consent SET page = '/elsewhere/' WHERE id = %s",
    "an earlier moment": "UPDATE supporters_consent SET answered_at = '2020-01-01Z' WHERE id = %s",
    "an answer taken out": "DELETE FROM supporters_consent WHERE id = %s",
    "a link taken out": "DELETE FROM supporters_consentseal WHERE consent_id = %s",
    "a link made up": r"UPDATE supporters_consentseal SET content = '\x' WHERE consent_id = %s",
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_silent_change_by_the_owner_of_the_database_is_found(ledger, change):
    make_reader("omar")
    chains.seal()
    assert verified().exit_code == 0

    behind_our_back(CHANGES[change], ledger[2].pk)

    assert verified().exit_code == 1


def test_other_words_under_an_answer_are_found(ledger):
    behind_our_back("UPDATE supporters_consentwording SET text = 'Yes to everything.'")

    assert f"does not fit consent {ledger[0].pk}" in verified().output


def test_a_ledger_that_was_cut_short_since_last_night_is_found(ledger):
    staff.tidy(0)
    assert verified().exit_code == 0
    behind_our_back("DELETE FROM supporters_consentseal WHERE number = 3")
    behind_our_back("DELETE FROM supporters_consent WHERE id = %s", ledger[2].pk)

    assert "the chain ends at 2; you remember 3" in verified().output


def test_an_erasure_leaves_the_chain_whole(ledger):
    privacy.erase(supporter("suzie@post.example"))
    chains.seal()

    assert verified().exit_code == 0
    assert Consent.objects.count() == ConsentSeal.objects.count() == 4


def test_what_goes_after_its_time_leaves_the_chain_whole(ledger):
    assert retention.apply("consents", timezone.now() + 1100 * DAY) == 2

    assert verified().exit_code == 0
    assert list(Consent.objects.all()) == ledger[:1]
    assert ConsentSeal.objects.count() == 5


@pytest.mark.parametrize("table", ["supporters_consent", "supporters_consentseal"])
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_the_database_refuses_to_change_it(ledger, table, change):
    column = "page" if table == "supporters_consent" else "number"
    with (
        pytest.raises(IntegrityError, match="only grows"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change.format(table, column, column))


def test_many_answers_are_chained_in_a_few_statements(ledger, django_assert_max_num_queries):
    suzie = supporter("suzie@post.example")
    Consent.objects.bulk_create(
        Consent(supporter=suzie, purpose="surveys", answer="given") for _number in range(400)
    )

    with django_assert_max_num_queries(14):
        assert chains.seal() == 400
    assert verified().exit_code == 0
