"""Official petitions: the parliament's own count, as it was seen."""

import datetime

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from plaidoyer.civics.models import Organization
from plaidoyer.lib.words import Words
from plaidoyer.parliament import ranks, tellings
from plaidoyer.parliament.models import (
    CompleteList,
    LegislativeSession,
    OfficialPetition,
    PetitionSnapshot,
    Scope,
)
from plaidoyer.parliament.petitions import figure_at
from plaidoyer.testing import make_organiser, typed

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 5, 4, 12, tzinfo=datetime.UTC)


@pytest.fixture
def petition() -> OfficialPetition:
    house = Organization.objects.create(name=Words(fr="Chambre", en="House"))
    return OfficialPetition.objects.create(
        legislature=house,
        identifier="e-4821",
        title=Words(fr="Eau claire", en="Clear water"),
        url=Words(fr="https://chambre.example/e-4821"),
    )


def see(petition: OfficialPetition, signatures: int, at: datetime.datetime) -> PetitionSnapshot:
    return PetitionSnapshot.objects.create(
        petition=petition, signatures=signatures, taken_at=at, source="https://chambre.example/"
    )


def test_the_figure_is_the_last_one_seen_until_that_moment(petition):
    assert figure_at(petition) is None
    first = see(petition, 81_000, NOON)
    second = see(petition, 82_317, NOON + datetime.timedelta(days=1))
    assert figure_at(petition, NOON - datetime.timedelta(seconds=1)) is None
    assert figure_at(petition, NOON) == first
    assert figure_at(petition, NOON + datetime.timedelta(hours=1)) == first
    assert figure_at(petition) == second


def test_a_count_that_went_down_is_told_as_it_is(petition):
    see(petition, 500, NOON)
    fewer = see(petition, 480, NOON + datetime.timedelta(hours=1))
    assert figure_at(petition) == fewer


def test_an_organiser_notes_a_count_and_never_one_of_the_future(client, petition):
    client.force_login(make_organiser())
    address = reverse("official-petitions:edit", args=[petition.pk])
    count = {"signatures": 82_317, "taken_at": "2026-05-04 12:00", "source": "https://c.example/"}

    def sheet(**changes):
        return typed(
            legislature=petition.legislature_id,
            identifier="e-4821",
            title=petition.title,
            url=petition.url,
            sponsor="",
            ranks=[],
            snapshots=[{**count, **changes}],
        )

    later = timezone.localtime() + datetime.timedelta(hours=2)
    for wrong, field in [
        ({"taken_at": f"{later:%Y-%m-%d %H:%M}"}, "taken_at"),
        ({"signatures": -1}, "signatures"),
        ({"signatures": 10**30}, "signatures"),
        ({"source": "javascript:alert(1)"}, "source"),
    ]:
        rows = client.post(address, sheet(**wrong)).context["form"].formsets["snapshots"]
        assert set(rows.errors[0]) == {field}
    assert client.post(address, sheet()).status_code == 302
    found = figure_at(petition)
    assert found is not None
    assert found.signatures == 82_317
    listed = client.get(reverse("official-petitions:index"), {"q": "eau CLAIRE"})
    assert "82,317" in listed.content.decode()


def make(house, number, signatures, **facts):
    made = OfficialPetition.objects.create(legislature=house, identifier=number, **facts)
    for days, count in enumerate(signatures):
        see(made, count, NOON + datetime.timedelta(days=days))
    return made


def test_places_are_taken_within_a_session_a_filter_and_a_moment():
    house = Organization.objects.create(name=Words(en="House"))
    one, two = (
        LegislativeSession.objects.create(legislature=house, identifier=name, parliament="44")
        for name in ("44-1", "44-2")
    )
    day = NOON.date()
    presented = {"certified_on": day, "presented_on": day}
    closed = {"closes_on": day}
    mine = make(house, "e-1", [50, 60, 40], session=one, **closed, **presented)
    make(house, "e-2", [55, 55], session=one, **closed, certified_on=day)
    make(house, "e-3", [90], session=two, **closed, **presented)
    make(house, "e-4", [10], session=two, **closed)
    CompleteList.objects.create(
        legislature=house,
        scope=Scope.ALL,
        as_of=day + datetime.timedelta(days=9),
        petitions=4,
        source="https://house.example/",
    )

    def place(**asked):
        on = asked.pop("on", day + datetime.timedelta(days=9))
        return {rank.scope: (rank.rank, rank.of) for rank in ranks.ranks(mine, on, **asked)}

    # 60 the day after it closed; 40 since some were struck.
    assert place(metric=ranks.Metric.AT_CLOSE)[Scope.ALL] == (2, 4)
    assert place(metric=ranks.Metric.CURRENT)[Scope.ALL] == (3, 4)
    assert place()[Scope.SESSION] == (2, 2)
    assert place()[Scope.PARLIAMENT] == (3, 4)
    assert place(among=ranks.Among.PRESENTED)[Scope.ALL] == (2, 2)
    assert place(among=ranks.Among.CERTIFIED)[Scope.ALL] == (3, 3)
    assert place(on=day)[Scope.ALL] == (3, 4)
    assert place(on=day - datetime.timedelta(days=1)) == {}
    # A month later the list may lack petitions, and too few are known to say "at least".
    assert place(on=day + datetime.timedelta(days=30)) == {}
    # But a session that was over by then gets no more of them.
    one.end_on = mine.session.end_on = day
    assert place(on=day + datetime.timedelta(days=30)) == {Scope.SESSION: (2, 2)}


def test_a_place_in_an_incomplete_list_says_how_many_have_more_at_least():
    house = Organization.objects.create(name=Words(en="House"))
    petitions = [make(house, f"e-{number}", [number * 10]) for number in range(12)]
    (rank,) = ranks.ranks(petitions[9], NOON.date(), scopes=[Scope.ALL])
    words = tellings.rank(rank)
    assert words.startswith("at least 2 petitions of all time have more signatures: 3rd at best")
    assert not rank.is_complete


def test_the_database_refuses_dates_that_cannot_be(petition):
    petition.opens_on, petition.closes_on = datetime.date(2026, 5, 2), datetime.date(2026, 5, 1)
    with pytest.raises(IntegrityError):
        petition.save()
