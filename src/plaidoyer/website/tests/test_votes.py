"""A recorded vote and scorecards as visitors see them: both languages, cached, no cookie."""

import csv
import datetime
import io
import re

import pytest

from plaidoyer.campaigns import scorecards
from plaidoyer.campaigns.models import AskedVote
from plaidoyer.civics.models import Area, Membership, Organization, Person, Post, PostalPrefix
from plaidoyer.lib.words import Words
from plaidoyer.parliament.models import GroupCount, Motion, Vote, VoteEvent
from plaidoyer.testing import make_campaign, make_form, make_pages

pytestmark = pytest.mark.django_db
DAY = datetime.date(2024, 3, 18)
HOUSE = [
    ("Maëlle", "Ostrander", "Shores", "North", "yes"),
    ("Noé", "Quill", "Shores", "North", "yes"),
    ("Ada", "Roy", "Hills", "South", "no"),
    ("Bea", "=Roy", "Hills", "South", "paired"),
    ("Caro", "Silent", "Hills", "South", None),
]


@pytest.fixture
def house():
    return Organization.objects.create(
        name=Words(fr="Assemblée", en="Assembly"), classification="legislature"
    )


def party(house, name):
    known = Organization.objects.filter(name__en=name, parent=house).first()
    return known or Organization.objects.create(
        name=Words(en=name, fr=f"Parti {name}"), classification="party", parent=house
    )


@pytest.fixture
def event(house):
    """Five members, of whom four voted."""
    motion = Motion.objects.create(
        legislature=house, identifier="M-7", title=Words(en="Clean boats", fr="Bateaux propres")
    )
    event = VoteEvent.objects.create(
        motion=motion,
        held_on=DAY,
        result="amended",
        result_as_published=Words(en="Agreed To"),
        source="https://house.example/votes/7",
        yes_count=2,
        no_count=1,
        paired_count=2,
    )
    for number, (given, family, name, region, way) in enumerate(HOUSE):
        province, _new = Area.objects.get_or_create(
            identifier=f"ar/{region}", defaults={"name": Words(en=region, fr=f"{region}-fr")}
        )
        area = Area.objects.create(
            identifier=f"ar/{number}", name=Words(en=f"Riding {number}"), parent=province
        )
        PostalPrefix.objects.create(country="AR", prefix=f"A{number}", area=area)
        post = Post.objects.create(organization=house, label=Words(en="Member"), area=area)
        person = Person.objects.create(given_name=given, family_name=family)
        group = party(house, name)
        Membership.objects.create(person=person, post=post, on_behalf_of=group)
        if way:
            Vote.objects.create(event=event, person=person, option=way, group=group, area=area)
    return event


def address(event, language="en"):
    return f"/{language}/votes/{event.public_id}/"


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_recorded_vote_says_what_was_published_and_is_drawn(client, event):
    answer = client.get(address(event))

    page = text(answer)
    assert "Adopted as amended on March 18, 2024: 2 for, 1 against." in page
    assert "as published: “Agreed To”" in page
    assert "paired : 1 members held here, 2 published" in page.replace("paired:", "paired :")
    assert "did not vote" in page
    assert "Computed here" in page
    assert '<svg class="house"' in answer.content.decode()
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert "Cookie" not in answer.get("Vary", "")
    assert not answer.cookies


def test_it_is_told_in_french_too(client, event):
    assert "Bateaux propres" in text(client.get(address(event, "fr")))


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("party=hills", {"Roy", "=Roy", "Silent"}),
        ("province=north", {"Ostrander", "Quill"}),
        ("way=no", {"Roy"}),
        ("way=none", {"Silent"}),
        ("party=shores&way=no", set()),
        ("way=%00%ff", {"Ostrander", "Quill", "Roy", "=Roy", "Silent"}),
    ],
)
def test_members_are_filtered_by_plain_links(client, event, query, names):
    answer = client.get(f"{address(event)}?{query}")
    assert {row.person.family_name for row in answer.context["rows"]} == names


def test_a_house_of_any_size_takes_the_same_few_queries(
    client, event, house, django_assert_max_num_queries
):
    for number in range(5, 60):
        area = Area.objects.create(identifier=f"ar/{number}", name=Words(en=f"Riding {number}"))
        post = Post.objects.create(organization=house, label=Words(en="Member"), area=area)
        person = Person.objects.create(given_name="A", family_name=f"B{number}")
        Membership.objects.create(person=person, post=post)
        Vote.objects.create(event=event, person=person, option="yes", area=area)

    with django_assert_max_num_queries(9):
        client.get(address(event))


def test_an_unknown_vote_is_not_found(client):
    assert client.get("/en/votes/nothinghere/").status_code == 404
    assert client.get("/en/scorecards/nothing/").status_code == 404
    assert client.get("/en/scorecards/").status_code == 404


def test_totals_alone_are_shown_as_such_with_the_split_by_party(client, house):
    motion = Motion.objects.create(legislature=house, identifier="X", title=Words(en="Peace"))
    event = VoteEvent.objects.create(
        motion=motion,
        held_on=DAY,
        result="amended",
        source="https://house.example/",
        yes_count=204,
        no_count=117,
        paired_count=2,
    )
    GroupCount.objects.create(event=event, group=party(house, "Shores"), yes_count=204)
    GroupCount.objects.create(event=event, group=party(house, "Hills"), no_count=117)

    answer = client.get(address(event))

    page = text(answer)
    assert "204 for, 117 against" in page
    assert "How each member voted is not known here" in page
    assert "did not vote" not in page
    assert "Member by member" not in page
    marks = sum(ring.marks.count("M") for ring in answer.context["rings"])
    assert marks == 321


def test_ones_own_member_is_found_by_a_code_that_stands_in_no_address(client, event):
    answer = client.post(address(event) + "mine/", {"postal_code": "a2 1b"})

    assert answer.status_code == 200
    assert "Ada Roy" in text(answer)
    assert "no-store" in answer.headers["Cache-Control"]
    assert not answer.cookies
    assert client.get(address(event) + "mine/").status_code == 303


@pytest.mark.parametrize("code", ["", "ZZ9", "\x00\u202e", "A" * 500])
def test_a_code_that_leads_nowhere_says_so(client, event, code):
    answer = client.post(address(event) + "mine/", {"postal_code": code})
    assert answer.status_code in (200, 422)
    assert "did your member vote" in text(answer)


def test_own_member_and_what_was_asked(client, event):
    AskedVote.objects.create(
        campaign=make_campaign(), event=event, option="yes", reason=Words(en="It is right.")
    )
    kept = text(client.post(address(event) + "mine/", {"postal_code": "A0"}))
    missed = text(client.post(address(event) + "mine/", {"postal_code": "A2"}))
    paired = text(client.post(address(event) + "mine/", {"postal_code": "A3"}))

    assert "This is what the campaign “Save the river meadow” asked for." in kept
    assert "This is not what the campaign “Save the river meadow” asked for." in missed
    assert "asked for" not in paired


@pytest.fixture
def campaign(event):
    campaign = make_campaign()
    AskedVote.objects.create(
        campaign=campaign, event=event, option="yes", reason=Words(en="Because.", fr="Car.")
    )
    second = VoteEvent.objects.create(
        motion=event.motion, held_on=DAY, result="fail", source="https://house.example/"
    )
    for vote in event.votes.all():
        Vote.objects.create(
            event=second, person=vote.person, option="no", group=vote.group, area=vote.area
        )
    AskedVote.objects.create(campaign=campaign, event=second, option="yes", position=1)
    return campaign


def test_a_scorecard_counts_neither_absent_nor_paired_against_anybody(campaign):
    card = scorecards.scorecard(campaign)

    scores = {
        line.person.family_name: (dict(line.score.counts), line.score.percent)
        for line in card.lines
    }
    assert scores["Ostrander"] == ({"with": 1, "against": 1}, 50)
    assert scores["Roy"] == ({"against": 2}, 0)
    assert scores["=Roy"] == ({"neither": 1, "against": 1}, 0)
    assert scores["Silent"] == ({"neither": 2}, None)
    assert [(one.name, one.score.percent, one.score.votes) for one in card.parties] == [
        ("Shores", 50, 4),
        ("Hills", 0, 3),
    ]
    assert {one.key for one in card.provinces} == {"north", "south"}


def test_the_scorecard_shows_votes_reasons_method_and_sorts(client, campaign):
    address = f"/en/scorecards/{campaign.slug}/"

    answer = client.get(address)

    page = text(answer)
    assert "Because." in page
    assert "never held against anybody" in page
    assert f'rel="canonical" href="http://localhost:8000{address}"' in answer.content.decode() or (
        f'{address}">' in answer.content.decode()
    )
    assert "max-age=60" in answer.headers["Cache-Control"]
    by_share = client.get(f"{address}?sort=share").context["lines"]
    assert [line.person.family_name for line in by_share][:2] == ["Ostrander", "Quill"]
    assert by_share[-1].person.family_name == "Silent"
    assert client.get(f"{address}?sort=%3Cscript%3E").context["sort"] == "name"


def test_the_table_runs_no_formula(client, campaign):
    answer = client.get(f"/fr/scorecards/{campaign.slug}/scorecard.csv")

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 6
    assert "'=Roy" in {row[1] for row in rows}
    assert all(len(row) == len(rows[0]) for row in rows)


def test_the_organisations_own_scorecard_has_its_own_address(client, event):
    AskedVote.objects.create(event=event, option="no", reason=Words(en="Ours."))

    answer = client.get("/en/scorecards/")

    assert "Ours." in text(answer)
    assert "We asked members to vote against it." in text(client.get(address(event)))


def test_a_scorecard_takes_few_queries_whatever_the_house(
    client, campaign, django_assert_max_num_queries
):
    with django_assert_max_num_queries(10):
        client.get(f"/en/scorecards/{campaign.slug}/")


def test_the_campaigns_page_leads_to_the_votes(client, event):
    form = make_form()
    AskedVote.objects.create(campaign=form.campaign, event=event, option="yes")
    pages = make_pages(form)

    page = client.get(pages["en"].get_parent().get_url()).content.decode()

    assert address(event) in page
    assert f"/en/scorecards/{form.campaign.slug}/" in page
