"""The log of what the staff did: it is complete, says nothing of supporters, and cannot be changed
unnoticed."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from plaidoyer.staff.audit import verifying, writing
from plaidoyer.staff.audit.verifying import BrokenChainError
from plaidoyer.staff.models import AuditEntry, AuditSeal
from plaidoyer.testing import make_campaign, make_organiser, make_reader, typed

pytestmark = pytest.mark.django_db


def told():
    return [(e.name, e.verb, e.what, e.number) for e in AuditEntry.objects.order_by("pk")]


@pytest.fixture
def chain():
    """Five entries, chained."""
    ed = make_organiser()
    for number in range(5):
        writing.write(ed, "see", "acts:index", number=str(number))
    assert writing.seal() == 5
    return list(AuditEntry.objects.order_by("pk"))


def behind_our_back(sql, *parameters):
    """What somebody does who owns the database: no trigger and no key stops them."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, parameters)
        cursor.execute("SET session_replication_role = origin")


def test_an_untouched_chain_holds_and_says_what_to_remember(chain):
    head = verifying.verify()

    assert head.number == 5
    assert verifying.verify(str(head)) == head
    writing.write(None, "see")
    writing.seal()
    assert verifying.verify(str(head)).number == 6


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("UPDATE staff_auditentry SET name = 'mallory' WHERE number = '2'", "seal 3 does not fit"),
        ("UPDATE staff_auditentry SET at = at + interval '1 second' WHERE number = '2'", "seal 3"),
        ("DELETE FROM staff_auditentry WHERE number = '2'", "seal 3, or its entry, is missing"),
        ("DELETE FROM staff_auditseal WHERE number = 3", "seal 3, or its entry, is missing"),
        ("UPDATE staff_auditseal SET hash = '\\x00' WHERE number = 3", "seal 3 does not fit"),
    ],
)
def test_a_silent_edit_by_the_owner_of_the_database_is_found(chain, sql, told):
    behind_our_back(sql)

    with pytest.raises(BrokenChainError, match=told):
        verifying.verify()
    behind_our_back("DELETE FROM staff_auditseal")


def test_a_chain_that_was_cut_short_is_found_by_whoever_remembers(chain):
    head = str(verifying.verify())
    behind_our_back("DELETE FROM staff_auditseal WHERE number > 3")
    behind_our_back("DELETE FROM staff_auditentry WHERE number > '2'")

    assert verifying.verify().number == 3
    with pytest.raises(BrokenChainError, match="ends at 3; you remember 5"):
        verifying.verify(head)


def test_an_entry_slipped_in_has_no_seal(chain):
    behind_our_back(
        "INSERT INTO staff_auditentry (at, name, verb, what, number, note)"
        " VALUES (now() - interval '2 days', 'ed', 'see', '', '', '')"
    )

    with pytest.raises(BrokenChainError, match="has no seal"):
        verifying.verify()


@pytest.mark.parametrize("table", ["staff_auditentry", "staff_auditseal"])
@pytest.mark.parametrize("change", ["UPDATE {} SET number = number", "DELETE FROM {}"])
def test_the_database_refuses_to_change_the_log(chain, table, change):
    with (
        pytest.raises(IntegrityError, match="only grows"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change.format(table))


def test_a_look_at_persons_is_kept_before_it_happens_and_names_none_of_them(client):
    make_reader("suzie")
    ed = make_organiser()
    client.force_login(ed)

    client.get("/admin/supporters/?email=suzie@post.example")
    client.get("/admin/campaigns/")

    assert told() == [("ed", "see", "supporters:index", "")]
    assert not AuditSeal.objects.exists()
    client.get("/admin/supporters/?export=csv")
    assert AuditSeal.objects.count() == 2


def test_what_is_sent_is_kept_with_its_number_and_with_what_wagtail_says(client):
    campaign = make_campaign()
    client.force_login(make_organiser())

    client.post(reverse("campaigns:delete", args=[campaign.pk]))
    client.post(
        reverse("figures-by-name:add"),
        typed(name="x"),
    )

    kept = told()
    assert ("ed", "send", "campaigns:delete", str(campaign.pk)) in kept
    assert ("ed", "send", "figures-by-name:add", "") in kept


def test_wagtails_own_log_commits_with_the_deed(client):
    from wagtail.log_actions import log

    campaign, ed = make_campaign(), make_organiser()
    with transaction.atomic():
        log(campaign, "wagtail.edit", user=ed)
        transaction.set_rollback(True)
    assert told() == []

    log(campaign, "wagtail.edit", user=ed)

    assert told() == [("ed", "wagtail.edit", "campaigns.campaign", str(campaign.pk))]


def test_an_export_is_kept_as_one(client):
    client.force_login(make_organiser())

    client.get("/admin/supporters/?export=csv")

    [(name, verb, what, number)] = told()
    assert (name, verb, what) == ("ed", "export", "supporters:index")
    assert len(number) == 16


def test_sign_ins_and_refusals_are_kept_without_what_was_typed(client):
    make_organiser("ed", password="a river runs through it")
    login = reverse("account_login")

    client.post(login, {"login": "ed", "password": "wrong"})
    client.post(login, {"login": "a river runs through it", "password": "ed"})
    client.post(login, {"login": "ed", "password": "a river runs through it"})

    kept = [(e.name, e.verb) for e in AuditEntry.objects.order_by("pk")]
    assert kept == [("", "refuse"), ("", "refuse"), ("ed", "sign_in")]
    assert "river" not in str(told())


def test_administrators_and_data_officers_read_it_with_filters(client):
    writing.write(make_organiser("anne"), "export", "acts:index")
    client.force_login(make_organiser("ada", hats=("Administrator",)))

    assert "acts:index" in client.get("/admin/audit/?verb=export&name=anne").text
    assert "acts:index" not in client.get("/admin/audit/?verb=see").text

    client.force_login(make_organiser("mo", hats=("Moderator",)))
    assert client.get("/admin/audit/").status_code == 302


def test_what_committed_late_is_sealed_in_its_turn(chain):
    late = writing.write(None, "see")
    writing.write(None, "see")
    AuditSeal.objects.bulk_create([])
    writing.seal()

    assert AuditSeal.objects.get(entry=late).number == 6
    assert writing.seal(everything=True) == 0
