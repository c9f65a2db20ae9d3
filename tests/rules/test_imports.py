"""Whatever lists come one after the other, history holds; whatever a file holds, it is told."""

import contextlib
import csv
import datetime
import io
import json

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plaidoyer.civics import imports, sources
from plaidoyer.civics.models import ContactDetail, Membership, Person, Post
from plaidoyer.civics.sources import SourceError
from plaidoyer.civics.tests.river_house import house, member

FEW = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ON = datetime.date(2026, 1, 1)
# A list: by seat, who holds it and for which party; nobody holds two.
LISTS = st.dictionaries(
    st.integers(1, 3),
    st.tuples(st.sampled_from(["Ada Vale", "Noé Quill", "Eve Roy", "Ida Ng"]), st.booleans()),
    min_size=1,
).filter(lambda seats: len({name for name, _party in seats.values()}) == len(seats))


def reading(seats, numbered):
    parties = {True: "Shores", False: "Hills"}
    return house(
        *(
            member(seat, name, party=parties[party], number=name[0] if numbered else "")
            for seat, (name, party) in seats.items()
        )
    )


@pytest.mark.django_db
@FEW
@given(
    lists=st.lists(LISTS, min_size=1, max_size=4), numbered=st.booleans(), days=st.integers(1, 40)
)
def test_after_every_list_exactly_those_it_names_sit_and_all_can_be_undone(lists, numbered, days):
    with transaction.atomic():
        runs = []
        for number, seats in enumerate(lists):
            day = ON + datetime.timedelta(days=number * days)
            said = reading(seats, numbered)
            runs.append(imports.carry_out(said, source="t", address="f", content=b"", on=day))

            sitting = {
                int(post.area.identifier.split(":")[-1].split("-")[0]): str(post.holder(day))
                for post in Post.objects.select_related("area").prefetch_related(
                    "memberships__person"
                )
                if any(term.holds(day) and term.end_on != day for term in post.memberships.all())
            }
            assert sitting == {seat: name for seat, (name, _party) in seats.items()}
            assert imports.preview(reading(seats, numbered), day).is_empty
        for run in reversed(runs):
            imports.undo(run)
        assert not Membership.objects.exists()
        assert not Person.objects.exists()
        transaction.set_rollback(True)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("p1"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "name", "identifiers", "contact_details", "type", "person_id"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
POPOLO = st.fixed_dictionaries(
    {"persons": st.lists(JSON, max_size=3)},
    optional={
        name: JSON | st.lists(JSON, max_size=3)
        for name in ("organizations", "areas", "posts", "memberships", "events")
    },
)


@pytest.mark.django_db
@settings(FEW, max_examples=60)
@given(said=POPOLO)
def test_a_document_of_whatever_shape_is_read_or_refused(said):
    with transaction.atomic():
        with contextlib.suppress(SourceError):
            found = sources.read(sources.get("popolo"), json.dumps(said).encode(), ON)
            imports.carry_out(found, source="popolo", address="f", content=b"", on=ON)
        transaction.set_rollback(True)


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)


@pytest.mark.django_db
@settings(FEW, max_examples=60)
@given(rows=st.lists(st.lists(CELLS, min_size=5, max_size=5), min_size=1, max_size=4))
def test_a_table_of_whatever_cells_is_read_or_refused(rows):

    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["ocd_id", "riding", "given_name", "family_name", "email"])
    writer.writerows([[f"ocd-division/x:{row[0]}", *row[1:]] for row in rows])
    with transaction.atomic():
        with contextlib.suppress(SourceError):
            found = sources.read(
                sources.get("csv"),
                text.getvalue().encode(),
                ON,
                legislature="xr-house",
                name_en="House",
                page="https://house.example/",
            )
            imports.carry_out(found, source="csv", address="f", content=b"", on=ON)
        assert not ContactDetail.objects.exclude(value__contains="@").exists()
        transaction.set_rollback(True)
