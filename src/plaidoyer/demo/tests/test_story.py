"""The story, told once in small for all of these tests."""

from collections import Counter

import click
import pytest
from django.contrib.auth.models import User
from django.test import Client
from PIL import Image
from wagtail.models import Page
from wagtail_localize.models import Translation

from plaidoyer.actions import counting, matching
from plaidoyer.actions.models import Action, ActionForm, Confirmation, ConfirmationRequest
from plaidoyer.campaigns.models import Campaign
from plaidoyer.civics import places
from plaidoyer.civics.models import Organization
from plaidoyer.demo import book, pictures, story
from plaidoyer.demo.crowd import Crowd
from plaidoyer.donations.ledgers import booking
from plaidoyer.donations.models import BankLine, Fund, Method, Payment
from plaidoyer.newsletters.models import Copy
from plaidoyer.outcomes.models import Milestone
from plaidoyer.reports import headings
from plaidoyer.reports.models import Edition
from plaidoyer.supporters.models import Consent, Supporter
from plaidoyer.testing import make_campaign
from plaidoyer.website.models import CampaignPage

# Before the tests with real transactions, which leave an empty database behind.
pytestmark = pytest.mark.django_db


def test_the_story_is_told_into_an_empty_database_only():
    make_campaign()
    with pytest.raises(click.ClickException, match="not empty"):
        story.tell("small")


def edition(slug):
    return Edition.objects.get(slug=slug)


@pytest.mark.parametrize("slug", ["2026-04", "2026-10"])
def test_the_facts_give_the_headings_that_the_words_speak_of(told, slug):
    told_in = edition(slug)
    for entry in book.campaigns():
        if slug in entry["items"]:
            campaign = Campaign.objects.get(slug=entry["slug"])
            found = headings.derive(campaign, told_in.starts_on, told_in.ends_on)
            assert found == entry["items"][slug]["heading"], entry["slug"]
    assert told_in.items.count() == sum(slug in entry["items"] for entry in book.campaigns())


def test_both_reports_are_published_in_both_languages_by_two_people(told):
    for slug in ("2026-04", "2026-10"):
        found = edition(slug)
        assert found.published_at
        assert {document.language for document in found.documents.all()} == {"fr", "en"}
        assert all("{acts}" not in str(document.content) for document in found.documents.all())
        for item in found.items.all():
            assert item.edited_by.username == "ed"
            assert item.approvals.get().approved_by.username == "anne"


def test_only_those_who_asked_for_news_get_the_second_report(told):
    assert Copy.objects.filter(mailing=edition("2026-04").mailing).count() == 0
    readers = Copy.objects.filter(mailing=edition("2026-10").mailing).count()
    assert 0.25 < readers / Supporter.objects.count() < 0.6


def test_acts_come_to_every_end_there_is(told):
    acts, confirmed = Action.objects.count(), Confirmation.objects.count()
    counted = Confirmation.objects.filter(withdrawal=None).count()
    acted_on = ActionForm.objects.exclude(kind="share")
    assert acts > confirmed > counted > 0.85 * acts
    assert sum(one.value for one in counting.confirmed(acted_on).values()) == counted
    assert Consent.objects.exists()
    assert Supporter.objects.count() < acts
    french = Action.objects.filter(language="fr").count()
    assert 0.5 < french / acts < 0.7


def test_nothing_is_left_that_would_write_to_the_supporters(told):
    assert matching.match_pending() == 0
    assert not ConfirmationRequest.objects.exists()


def test_acts_are_confirmed_after_they_came_and_within_their_form_s_time(told):
    for confirmation in Confirmation.objects.select_related("action__form"):
        action = confirmation.action
        assert action.form.opens_at <= action.submitted_at <= confirmation.confirmed_at
        assert not action.form.closes_at or action.submitted_at <= action.form.closes_at


def test_a_visitor_can_sign_and_write_now(told):
    open_forms = [form for form in ActionForm.objects.all() if form.is_open]
    assert {"petition", "letter"} <= {form.kind for form in open_forms}
    assert any(form.goal for form in open_forms)


def test_one_vote_moves_two_campaigns(told):
    vote = Milestone.objects.get(happened_on="2026-06-23")
    assert {campaign.slug for campaign in vote.campaigns.all()} == {"living-water", "wells"}
    moved = Counter(move.demand.campaign.slug for move in vote.movements.all())
    assert moved == {"living-water": 2, "wells": 1}


def test_every_page_is_there_in_both_languages_side_by_side(told):
    by_language = Counter(
        Page.objects.filter(depth__gte=2).values_list("locale__language_code", flat=True)
    )
    assert by_language["fr"] == by_language["en"] > 40
    for translation in Translation.objects.all():
        total, done = translation.get_progress()
        assert total == done > 0
    assert Translation.objects.count() == by_language["en"]


def test_every_public_page_answers_in_its_language(told):
    client = Client()
    for page in Page.objects.filter(depth__gte=2, live=True).select_related("locale"):
        answer = client.get(page.get_url())
        assert answer.status_code == 200, page.get_url()
        assert f'<html lang="{page.locale.language_code}"' in answer.content.decode()


def test_pictures_are_small_and_described_in_both_languages(told):
    for page in CampaignPage.objects.all():
        other = page.get_translations().get().specific
        assert page.picture == other.picture
        assert page.picture_alt
        assert page.picture_alt != other.picture_alt
        with page.picture.file.open() as file:
            assert file.size < 40_000
            assert Image.open(file).size == (pictures.WIDTH, pictures.HEIGHT)


def test_organisers_sign_in_each_in_their_language(told):
    for name, language in (("ed", "en"), ("anne", "fr")):
        user = User.objects.get(username=name)
        assert user.check_password("riviere")
        assert user.wagtail_userprofile.preferred_language == language
        assert user.groups.filter(name="Campaigner").exists()
        assert not user.is_superuser


def test_gifts_came_by_every_way_and_anne_alone_sees_who_gave(told):
    assert set(Payment.objects.values_list("method", flat=True)) == set(Method.values)
    assert all(booking.given(fund) > 0 for fund in Fund.objects.all())
    assert BankLine.objects.filter(payment=None).count() == 3
    sees = {
        user.username
        for user in User.objects.filter(is_superuser=False)
        if user.has_perm("donations.view_donation")
    }
    assert sees == {"anne"}


def test_the_crowd_is_ever_the_same():
    assert Crowd(100).supporters == Crowd(100).supporters


def test_an_unknown_light_is_refused():
    with pytest.raises(KeyError):
        pictures.draw("river", "neon", [])


def test_a_postal_code_leads_to_a_member_to_two_areas_or_nowhere(told):
    assembly = Organization.objects.get(classification="legislature")

    [member] = places.representatives(places.areas("AR4 5DQ"), assembly)
    assert str(member.holder()).endswith("Rosamund Fairleigh")
    assert len(places.areas("AR7 1AB")) == 2
    assert places.areas("AR0 1AB") == []
    [vacant] = places.representatives(places.areas("AR8 1AB"), assembly)
    assert vacant.holder() is None
