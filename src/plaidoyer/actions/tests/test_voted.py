"""After the vote: how a drive tells it, and how Laura reads how her own member voted."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from plaidoyer.actions import confirmations, messages
from plaidoyer.actions.kinds.letter import conditions, letters, rules
from plaidoyer.actions.kinds.vote_drive import board, voted
from plaidoyer.actions.models import Action
from plaidoyer.campaigns.models import AskedVote, Target
from plaidoyer.civics.models import Area, Membership, Organization, Person, Post
from plaidoyer.lib.words import Words
from plaidoyer.parliament.models import Motion, Vote, VoteEvent
from plaidoyer.testing import make_campaign, make_form

pytestmark = pytest.mark.django_db


@pytest.fixture
def motion():
    house = Organization.objects.create(name=Words(en="Assembly"), classification="legislature")
    for number, name in enumerate(["Ostrander", "Quill"]):
        area = Area.objects.create(identifier=f"ar/{number}", name=Words(en=f"Riding {number}"))
        post = Post.objects.create(organization=house, label=Words(en="Member"), area=area)
        person = Person.objects.create(given_name="Noé", family_name=name)
        Membership.objects.create(post=post, person=person)
    return Motion.objects.create(legislature=house, identifier="M-7", title=Words(en="Boats"))


def drive(motion, to="representative"):
    campaign = make_campaign()
    Target.objects.create(campaign=campaign, organization=motion.legislature)
    options = {"motion": motion.pk, "asked": "yes", "to": to, "subject": {}, "body": {}}
    return make_form(campaign, kind="vote_drive", options=options)


def hold(motion, result="amended", **counts):
    return VoteEvent.objects.create(
        motion=motion,
        held_on=timezone.localdate(),
        result=result,
        source="https://house.example/",
        **counts,
    )


def ask(form, post):
    action = Action.objects.create(
        form=form,
        email="laura@post.example",
        language="en",
        content={"subject": "S", "body": "B", "targets": [], "posts": [post.pk]},
    )
    confirmations.confirm(action)
    return action


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ("pass", "Adopted on"),
        ("amended", "Adopted as amended on"),
        ("fail", "Rejected on"),
        ("tie", "Tied on"),
    ],
)
def test_every_result_has_its_own_words_with_the_published_numbers(motion, result, words):
    event = hold(motion, result, yes_count=204, no_count=117)

    told = board.result(event, [])

    assert told.startswith(words)
    assert told.endswith(": 204 for, 117 against.")


def test_a_drives_page_leads_to_the_vote(client, motion):
    form, event = drive(motion), hold(motion)
    page = client.get(reverse("actions:vote_drive:members", args=[form.public_id])).content.decode()

    assert f"/en/votes/{event.public_id}/" in page
    assert "Adopted as amended on" in page


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("yes", "That is what you asked for."),
        ("no", "voted: <b>no</b>."),
        (None, "is not among the votes that we know of"),
    ],
)
def test_laura_reads_how_her_own_member_voted(client, motion, way, words):
    post = Post.objects.get(area__identifier="ar/1")
    action = ask(drive(motion), post)
    event = hold(motion)
    if way:
        Vote.objects.create(event=event, person=post.holder(), option=way)
    page = client.get(messages.confirmation_path(action)).content.decode()

    assert words in page
    assert ("That is what you asked for." in page) == (way == "yes")


def test_nothing_is_told_before_the_vote_nor_of_letters_to_everybody(motion):
    post = Post.objects.get(area__identifier="ar/1")
    early = ask(drive(motion), post)
    assert voted.of([early]) == {}

    hold(motion)
    form = early.form
    form.options["to"] = "all"
    form.save()
    early.refresh_from_db()
    assert voted.of([early]) == {}


def test_many_acts_take_the_same_few_queries(motion, django_assert_max_num_queries):
    posts = list(Post.objects.all())[-2:]
    form = drive(motion)
    hold(motion)
    acts = [
        Action(pk=number, form=form, facts={"posts": [posts[number % 2].pk]})
        for number in range(1, 50)
    ]

    with django_assert_max_num_queries(6):
        told = voted.of(acts)

    assert len(told) == 49


def test_a_rule_looks_at_the_votes_it_names_and_no_others(motion):
    post = Post.objects.get(area__identifier="ar/1")
    asked, other = hold(motion), hold(motion)
    for event in (asked, other):
        Vote.objects.create(event=event, person=post.holder(), option="yes")
    key = letters.Addressee(Target.objects.first() or drive(motion).campaign.targets.last(), post)
    rule = rules.Rule("vote", f"{asked.pk}.yes", rules.Effect.TEXT, Words(), Words())

    found = rules.facts([rule], [key], {key.key: letters.recipient(key)})

    assert found[key.key]["vote"] == frozenset({f"{asked.pk}.yes"})


def test_votes_that_campaigns_chose_stay_to_be_chosen_in_rules(motion, monkeypatch):
    form = drive(motion)
    old = hold(motion)
    VoteEvent.objects.filter(pk=old.pk).update(held_on=datetime.date(2020, 1, 1))
    hold(motion)
    monkeypatch.setattr(conditions, "LATEST", 1)
    assert f"{old.pk}.yes" not in dict(conditions.vote_choices(form.campaign))

    AskedVote.objects.create(campaign=form.campaign, event=old, option="yes")

    assert f"{old.pk}.yes" in dict(conditions.vote_choices(form.campaign))
