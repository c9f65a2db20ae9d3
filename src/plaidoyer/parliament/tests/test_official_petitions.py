"""Official petitions: the parliament's own count, as it was seen."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from plaidoyer.civics.models import Organization
from plaidoyer.lib.words import Words
from plaidoyer.parliament.models import OfficialPetition, PetitionSnapshot
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
