"""The 44th Parliament of Canada, first session: 408 votes and 83,835 ballots, as published."""

import datetime
import time

import pytest
from django.db import connection, transaction

from plaidoyer.civics import imports
from plaidoyer.civics.models import ImportRun, Membership
from plaidoyer.civics.sources import get
from plaidoyer.parliament import results
from plaidoyer.parliament.models import LegislativeSession, Motion, Vote, VoteEvent

TODAY = datetime.date(2026, 11, 24)
BALLOTS = "ca/ballots_44-1_votes_1-261.csv"


def run(folder, source, name, on=TODAY, **options):
    data = (folder / name).read_bytes()
    reading = get(source).read(data, on, **options)
    return imports.carry_out(reading, source=source, address=name, content=data, on=on)


@pytest.fixture(scope="module")
def session(real_data, django_db_setup, django_db_blocker):
    """Everything imported once, for all tests of this file; how long the ballots took."""
    with django_db_blocker.unblock(), transaction.atomic():
        run(real_data, "ca-ridings", "ca/federal_districts_2013.csv")
        sat_on = datetime.date(2023, 2, 15)
        run(real_data, "ourcommons", "ca/members_commons_44.csv", on=sat_on)
        run(real_data, "votes-csv", "ca/votes_44-1.csv")
        started = time.monotonic()
        run(real_data, "votes-csv", BALLOTS, session="44-1")
        took = time.monotonic() - started
        # Checked once here, not again after every test.
        connection.check_constraints()
        yield took
        transaction.set_rollback(True)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("session")]


def test_every_vote_and_every_ballot_is_there_within_a_minute(session):
    assert VoteEvent.objects.filter(session__identifier="44-1").count() == 408
    assert Vote.objects.count() == 83_835
    assert session < 60, f"{session:.0f} s"


def test_yeas_and_nays_equal_the_published_ones_in_every_vote_and_paired_in_210():
    events = VoteEvent.objects.filter(votes__isnull=False).distinct()
    held = results.held(events)

    differing = {
        event.pk: {total.option for total in results.differences(event, held[event.pk])}
        for event in events
    }

    assert len(differing) == 261
    assert sum("yes" in ways or "no" in ways for ways in differing.values()) == 0
    assert sum("paired" not in ways for ways in differing.values()) == 210
    assert results.differing(VoteEvent.objects.all()).count() == 51


def test_the_import_says_where_its_sums_differ():
    warnings = ImportRun.objects.latest("id").warnings

    assert len(warnings) == 51
    assert all("paired" in reason for _line, reason in warnings)


def test_importing_again_changes_nothing(real_data):
    lists = get("votes-csv").read((real_data / "ca/votes_44-1.csv").read_bytes(), TODAY)
    # Where one session only is held, it need not be named.
    ballots = get("votes-csv").read((real_data / BALLOTS).read_bytes(), TODAY)

    assert imports.preview(lists, TODAY).is_empty
    assert imports.preview(ballots, TODAY).is_empty


def test_the_official_file_of_a_vote_agrees_with_the_list_and_names_ridings(real_data):
    data = (real_data / "samples/ourcommons_vote_44-1-89.reconstructed.xml").read_bytes()
    reading = get("ourcommons-votes").read(data, TODAY)

    draft = imports.preview(reading, TODAY)

    assert draft.conflicts == []
    assert Vote not in draft.added
    assert Motion not in draft.added


def test_ballots_keep_party_and_riding_and_touch_nobody():
    vote = Vote.objects.select_related("group", "area").filter(event__identifier="89")[0]

    assert vote.group.identifier.startswith("ca-commons/party:")
    assert vote.area.identifier.endswith("-2013")
    assert Membership.objects.filter(person=vote.person).count() == 1


def test_a_moment_is_the_legislatures_own():
    event = VoteEvent.objects.get(identifier="89")

    assert event.held_at.astimezone(datetime.UTC).isoformat() == "2022-05-12T19:55:00+00:00"
    assert event.held_on == datetime.date(2022, 5, 12)


def test_a_main_motion_as_amended_is_adopted_as_such():
    amended = VoteEvent.objects.filter(result="amended").values_list("identifier", flat=True)

    assert sorted(amended) == ["248", "85"]
    assert VoteEvent.objects.get(identifier="85").result_as_published == {"en": "Agreed To"}


def test_who_did_not_vote_is_computed_and_never_kept(django_assert_max_num_queries):
    event = VoteEvent.objects.select_related("motion__legislature").get(identifier="89")

    with django_assert_max_num_queries(2):
        rows = results.rows(event)

    assert len(rows) == 338
    assert sum(row.is_computed for row in rows) == 17
    assert not Vote.objects.filter(option="absent").exists()


def test_both_languages_of_the_list_become_one_row(real_data):
    english = (real_data / "samples/ourcommons_votes_44-1.reconstructed.xml").read_bytes()
    french = (
        english.replace(b"Agreed To", "Agréée à".encode())
        .replace(b"Negatived", "Rejetée".encode())
        .replace(b"Motion for closure", "Motion portant clôture".encode())
    )
    both = b"<Files>" + b"".join(
        one.replace(b'<?xml version="1.0" encoding="utf-8"?>', b"") for one in (english, french)
    )
    reading = get("ourcommons-votes").read(both + b"</Files>", TODAY)

    imports.carry_out(reading, source="ourcommons-votes", address="x", content=both, on=TODAY)

    event = VoteEvent.objects.select_related("motion").get(identifier="1")
    assert event.motion.title == {"en": "Motion for closure", "fr": "Motion portant clôture"}
    assert event.result_as_published == {"en": "Agreed To", "fr": "Agréée à"}
    assert LegislativeSession.objects.count() == 1
