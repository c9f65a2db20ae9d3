"""An organiser makes a milestone of what a target replied."""

import pytest
from django.urls import reverse
from django.utils import timezone

from plaidoyer.civics.models import Membership, Person
from plaidoyer.delivery.models import Reply
from plaidoyer.delivery.replies import collecting
from plaidoyer.delivery.tests.test_replies import accepted_letter
from plaidoyer.lib.words import Words
from plaidoyer.outcomes import approvals, replies
from plaidoyer.outcomes.models import Milestone, Standing
from plaidoyer.outcomes.standings import standings
from plaidoyer.testing import make_organiser, typed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def ed(client):
    organiser = make_organiser("ed")
    client.force_login(organiser)
    return organiser


def reply_of(category="acknowledged", *, may_quote=False, text="We read it, Laura.") -> Reply:
    letter = accepted_letter()
    return collecting.tell(
        letter,
        category=category,
        text=text,
        may_quote=may_quote,
        language="en",
        replied_on=timezone.localdate(),
    )


def sheet(reply, **facts):
    said = {
        "demand": reply.letter.target.campaign.demands.get().pk,
        "standing": "acknowledged",
        "happened_on": timezone.localdate().isoformat(),
        "title": Words(fr="Une réponse", en="A reply"),
    }
    return typed(**{**said, **facts})


def test_a_reply_leads_to_a_standing_that_is_proposed(client, ed):
    reply = reply_of()

    desk = client.get(reverse("reply_sheet", args=[reply.pk])).content.decode()
    assert "Propose a standing" in desk
    form = client.get(reverse("reply_standing", args=[reply.pk])).context["form"]

    assert form.initial["standing"] == Standing.ACKNOWLEDGED
    assert form.initial["demand"]
    assert form.initial["title"]["en"] == "Ada Vale, Minister of Waters acknowledged a letter"
    assert not Milestone.objects.exists()


def test_a_stated_position_proposes_no_standing(client, ed):
    reply = reply_of("position")

    form = client.get(reverse("reply_standing", args=[reply.pk])).context["form"]

    assert form.initial["standing"] == ""


def test_an_automatic_reply_changes_nothing(client, ed):
    reply = reply_of("automatic")

    assert (
        "Say first what it is"
        in client.get(reverse("reply_sheet", args=[reply.pk])).content.decode()
    )
    client.post(reverse("reply_standing", args=[reply.pk]), sheet(reply))
    assert not Milestone.objects.exists()


def test_confirming_makes_a_milestone_with_the_reply_behind_it(client, ed):
    reply = reply_of("position")

    answer = client.post(
        reverse("reply_standing", args=[reply.pk]), sheet(reply, standing="promised")
    )

    milestone = Milestone.objects.get()
    assert answer["Location"] == reverse("milestones:inspect", args=[milestone.pk])
    campaign = reply.letter.target.campaign
    assert set(standings(campaign).values()) == {Standing.ASKED}
    approvals.approve(milestone, by=make_organiser("anne"))
    assert set(standings(campaign).values()) == {Standing.PROMISED}
    assert (milestone.kind, milestone.recorded_by) == ("response", ed)
    assert milestone.reply_bases.get().reply == reply
    assert client.get(answer["Location"]).status_code == 200
    desk = client.get(reverse("reply_sheet", args=[reply.pk])).content.decode()
    assert "A reply" in desk


@pytest.mark.parametrize("may_quote", [True, False])
def test_the_evidence_quotes_only_with_leave_and_never_names_the_writer(client, ed, may_quote):
    reply = reply_of("position", may_quote=may_quote)

    client.post(
        reverse("reply_standing", args=[reply.pk]), sheet(reply, quotation="We will keep it.")
    )

    evidence = Milestone.objects.get().evidence.get()
    note = evidence.file.read().decode()
    assert ("We will keep it." in note) == may_quote
    assert "Laura" not in note
    assert "Ada Vale" in note
    assert evidence.sha256


def test_what_cannot_be_is_told(client, ed):
    reply = reply_of()

    answer = client.post(
        reverse("reply_standing", args=[reply.pk]),
        sheet(reply, demand="0", standing="x", happened_on="2999-01-01", title=Words()),
    )

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"demand", "standing", "happened_on", "title"}


def test_who_replied_is_named_in_each_language_and_as_it_was_once_somebody_else_is_there():
    reply = reply_of("position")

    words = replies.proposed_title(reply)

    assert words["en"].startswith("Ada Vale, Minister of Waters stated a position")
    assert words["fr"].startswith("Ada Vale, Ministre des Eaux ")
    Membership.objects.update(person=Person.objects.create(given_name="Eve", family_name="Next"))
    assert replies.proposed_title(reply)["fr"].startswith("Ada Vale, Minister of Waters ")
