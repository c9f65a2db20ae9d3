"""What is kept of somebody is theirs to see, and goes when they say so."""

import pytest

from plaidoyer.supporters import privacy
from plaidoyer.supporters.models import Consent, Erasure, Supporter
from plaidoyer.testing import make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def suzie():
    return make_reader("suzie", family_name="Désy", postal_code="H2X 1Y4")


@pytest.fixture
def room(monkeypatch):
    """A room that keeps something: what it was asked, in order."""
    asked = []
    monkeypatch.setattr(privacy, "ROOMS", {})
    privacy.register(
        "attic",
        export=lambda supporter: [{"box": supporter.given_name}],
        erase=lambda supporter: asked.append(supporter.email),
    )
    return asked


def test_an_export_tells_what_every_room_keeps(suzie, room):
    export = privacy.export(suzie)

    assert export["supporter"]["email"] == "suzie@post.example"
    assert export["consents"][0]["wording__text"] == "Yes, write to me."
    assert export["attic"] == [{"box": "Suzie"}]


def test_an_erasure_empties_the_supporter_and_keeps_the_proof_of_consent(suzie, room):
    privacy.erase(suzie)

    kept = Supporter.objects.get(pk=suzie.pk)
    assert kept.mark == f"erased:{kept.uid}"
    assert {kept.email, kept.given_name, kept.family_name, kept.postal_code} == {""}
    assert [c.answer for c in Consent.objects.order_by("id")] == ["given", "withdrawn"]
    assert not kept.subscriptions.filter(ended_at=None).exists()
    assert kept.erasure.erased_at


def test_rooms_erase_while_they_can_still_know_whose_it_is(suzie, room):
    privacy.erase(suzie)

    assert room == ["suzie@post.example"]


def test_erased_once_is_erased(suzie, room):
    assert privacy.erase(suzie)
    assert privacy.erase(suzie) is None

    assert Erasure.objects.count() == 1
    assert len(room) == 1


def test_one_room_that_fails_leaves_everything_as_it_was(suzie, room):
    def fail(supporter):
        raise RuntimeError("the attic is on fire")

    privacy.register("attic", export=list, erase=fail)

    with pytest.raises(RuntimeError):
        privacy.erase(suzie)

    suzie.refresh_from_db()
    assert suzie.given_name == "Suzie"
    assert not Erasure.objects.exists()


def test_whoever_comes_back_is_somebody_new(suzie, room):
    privacy.erase(suzie)

    assert make_reader("suzie").pk != suzie.pk
