"""Ed chooses the recorded votes that count, for a campaign and for the organisation itself."""

import datetime

import pytest
from django.urls import reverse

from plaidoyer.campaigns.models import AskedVote
from plaidoyer.civics.models import Organization
from plaidoyer.lib.words import Words
from plaidoyer.parliament.models import GroupCount, LegislativeSession, Motion, VoteEvent
from plaidoyer.testing import make_campaign, make_organiser, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    house = Organization.objects.create(
        name=Words(en="Assembly", fr="Assemblée"), classification="legislature"
    )
    session = LegislativeSession.objects.create(legislature=house, identifier="44-1")
    motion = Motion.objects.create(
        legislature=house, session=session, identifier="12", title=Words(en="Clean boats")
    )
    return VoteEvent.objects.create(
        motion=motion,
        session=session,
        identifier="12",
        held_on=datetime.date(2024, 3, 18),
        result="amended",
        source="https://house.example/",
        yes_count=204,
        no_count=117,
    )


@pytest.fixture
def ed(client):
    client.force_login(make_organiser())
    return client


def sheet(campaign, **rows):
    [demand], [target] = campaign.demands.all(), campaign.targets.all()
    return typed(
        name=campaign.name,
        summary=Words(),
        demands=[{"id": demand.pk, "words": demand.words}],
        targets=[{"id": target.pk, "who": f"post-{target.post_id}"}],
        opened_on="2024-01-01",
        closed_on="",
        slug=campaign.slug,
        **rows,
    )


def row(event, option="yes", **facts):
    return {"vote": event.pk, "option": option, "reason": Words(en="Why", fr="Pourquoi"), **facts}


def test_a_campaign_says_which_votes_count_and_why(ed, event):
    campaign = make_campaign()
    url = reverse("campaigns:edit", args=[campaign.pk])

    answer = ed.post(url, sheet(campaign, asked_votes=[row(event)]))

    assert answer.status_code == 302, answer.context["form"].errors
    asked = campaign.asked_votes.get()
    assert (asked.event, asked.option, asked.reason["fr"]) == (event, "yes", "Pourquoi")


def test_a_vote_counts_once(ed, event):
    campaign = make_campaign()
    url = reverse("campaigns:edit", args=[campaign.pk])

    answer = ed.post(url, sheet(campaign, asked_votes=[row(event), row(event, "no")]))

    assert "This vote counts already." in answer.content.decode()
    assert not AskedVote.objects.exists()


def test_the_organisation_has_votes_of_its_own_each_once(ed, event):
    url = reverse("asked-votes:add")

    first = ed.post(url, typed(campaign="", **row(event)))
    again = ed.post(url, typed(campaign="", **row(event)))

    assert first.status_code == 302, first.context["form"].errors
    assert again.status_code == 200
    assert AskedVote.objects.get().campaign is None
    assert "our own" in ed.get(reverse("asked-votes:index")).content.decode()


def test_a_vote_known_by_totals_is_entered_by_hand_with_its_parties(ed, event):
    party = Organization.objects.create(name=Words(en="Shores"), classification="party")
    url = reverse("recorded-votes:edit", args=[event.pk])
    facts = {
        "motion": event.motion_id,
        "session": event.session_id,
        "identifier": "12",
        "held_on": "2024-03-18",
        "held_at": "",
        "result": "amended",
        "result_as_published": Words(en="Agreed to", fr="Agréée"),
        "yes_count": 204,
        "no_count": 117,
        "paired_count": 2,
        "abstain_count": "",
        "source": "https://house.example/",
    }
    counts = {"group": party.pk, "yes_count": 204, "paired_count": 0, "abstain_count": 0}

    many = ed.post(url, typed(**facts, group_counts=[{**counts, "no_count": 118}]))
    right = ed.post(url, typed(**facts, group_counts=[{**counts, "no_count": 3}]))

    assert "the parties have 118 together, the whole 117" in many.content.decode()
    assert right.status_code == 302, right.context["form"].errors
    assert GroupCount.objects.get().yes_count == 204


def test_a_number_needs_the_session_of_its_own_legislature(ed, event):
    other = Organization.objects.create(name=Words(en="Senate"), classification="legislature")
    session = LegislativeSession.objects.create(legislature=other, identifier="44-1")
    url = reverse("recorded-votes:edit", args=[event.pk])
    facts = {
        "motion": event.motion_id,
        "identifier": "12",
        "held_on": "2024-03-18",
        "result": "pass",
        "result_as_published": Words(),
        "source": "https://house.example/",
        "group_counts": [],
    }

    none = ed.post(url, typed(**facts, session=""))
    wrong = ed.post(url, typed(**facts, session=session.pk))

    assert "A number needs its session" in none.content.decode()
    assert "another legislature" in wrong.content.decode()


def test_the_list_shows_totals_and_where_they_differ_in_few_queries(
    ed, event, django_assert_max_num_queries
):
    url = reverse("recorded-votes:index")
    ed.get(url)

    with django_assert_max_num_queries(25):
        page = ed.get(url).content.decode()

    assert "204 · 117" in page
    assert ed.get(f"{url}?differs=true").status_code == 200
    assert ed.get(reverse("sessions:index")).status_code == 200
