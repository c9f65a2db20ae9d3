"""Every kind of public page, in both languages, as a browser gets it."""

import datetime
import re
from collections import Counter
from itertools import pairwise

import html5lib
import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import PageViewRestriction

from plaidoyer import testing
from plaidoyer.actions.models import ActionPage
from plaidoyer.evidence.models import DeadLink
from plaidoyer.lib.words import Words
from plaidoyer.outcomes.models import Evidence, Lineage, Milestone
from plaidoyer.website.models import CampaignPage
from plaidoyer.website.tests.conftest import make_figures, make_milestone, make_shown

KINDS = ("home", "index", "campaign", "petition", "letter", "text")
LANGUAGES = ("fr", "en")
BUDGET = 30_000
LINK = re.compile(r'<(?:link|script|img|source|use)\b[^>]*?\b(?:href|src)="(https?://[^"]+)"')


def others(shown) -> list[str]:
    """Pages that are plain views: after an act, reports, and an address that leads nowhere."""
    addresses = []
    for language in LANGUAGES:
        with translation.override(language):
            addresses += [
                shown.thanks(),
                reverse("reports:index"),
                f"/{language}/nowhere/",
            ]
    return addresses


@pytest.fixture(scope="module")
def answers(django_db_setup, django_db_blocker):
    """Every public page, by its address; fetched once, for tests that only read."""
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    storages = override_settings(STORAGES={**settings.STORAGES, **plain})
    with storages, django_db_blocker.unblock(), transaction.atomic():
        shown, client = make_shown(), Client()
        answers = {address: client.get(address) for address in shown.addresses() + others(shown)}
        transaction.set_rollback(True)
    return answers


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_answers_in_its_language(client, shown, kind, language):
    answer = client.get(shown.pages[language][kind].get_url())

    assert answer.status_code == 200
    assert answer["Content-Language"] == language
    assert f'<html lang="{language}">' in answer.text


def test_pages_are_valid_html(answers):
    for address, answer in answers.items():
        parser = html5lib.HTMLParser(strict=True)
        try:
            parser.parse(answer.text)
        except html5lib.html5parser.ParseError as error:
            pytest.fail(f"{address}: {error} at {parser.errors}")


def test_no_id_stands_twice_on_a_page(answers):
    for address, answer in answers.items():
        ids = Counter(re.findall(r'\sid="([^"]+)"', answer.text))

        assert [name for name, times in ids.items() if times > 1] == [], address


def test_every_reference_to_an_id_finds_it(answers):
    for address, answer in answers.items():
        ids = set(re.findall(r'\sid="([^"]+)"', answer.text))
        named = re.findall(r'\s(?:for|aria-labelledby|aria-describedby)="([^"]+)"', answer.text)
        wanted = {name for names in named for name in names.split()}
        wanted |= set(re.findall(r'href="#([^"]+)"', answer.text))

        assert wanted <= ids, address


def test_a_page_has_one_first_heading_and_skips_no_level(answers):
    for address, answer in answers.items():
        levels = [int(level) for level in re.findall(r"<h([1-6])\b", answer.text)]

        assert levels.count(1) == 1, address
        assert levels[0] == 1, address
        assert all(b - a <= 1 for a, b in pairwise(levels)), address


def test_a_page_is_light(answers):
    heavy = {
        a: len(answer.content) for a, answer in answers.items() if len(answer.content) > BUDGET
    }

    assert heavy == {}


def test_a_page_fetches_nothing_from_elsewhere(answers):
    for address, answer in answers.items():
        fetched = [url for url in LINK.findall(answer.text) if 'rel="' not in url]
        foreign = [url for url in fetched if not url.startswith("http://localhost:8000/")]

        assert foreign == [], address


def test_pages_of_words_are_the_same_for_everybody(client, shown):
    organiser = testing.make_organiser()
    for address in shown.addresses():
        anonymous = client.get(address)
        client.force_login(organiser)
        signed_in = client.get(address)
        client.logout()

        assert anonymous.content == signed_in.content, address
        for answer in (anonymous, signed_in):
            assert answer["Cache-Control"].startswith("public, max-age=")
            assert not answer.cookies
            assert "Cookie" not in answer.get("Vary", "")


def test_a_page_that_did_not_change_is_not_sent_again(client, shown):
    address = shown.pages["fr"]["campaign"].get_url()
    tag = client.get(address)["ETag"]

    again = client.get(address, headers={"If-None-Match": tag})

    assert again.status_code == 304
    assert again.content == b""


def test_a_page_kept_for_some_is_kept_from_shared_caches(client, shown):
    page = shown.pages["fr"]["text"]
    PageViewRestriction.objects.create(page=page, restriction_type="password", password="eau")

    answer = client.get(page.get_url())

    assert 'type="password"' in answer.text
    assert "private" in answer["Cache-Control"]


def test_looking_changes_nothing(client, shown):
    for address in shown.addresses():
        assert client.head(address).status_code == 200
        assert client.post(address).status_code in {200, 403, 405}
        assert shown.petition.actions.count() == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_costs_the_same_however_much_it_shows(
    client, shown, kind, django_assert_max_num_queries
):
    """Queries do not grow with campaigns, forms and milestones."""
    address = shown.pages["fr"][kind].get_url()
    client.get(address)
    with django_assert_max_num_queries(60) as before:
        client.get(address)
    for number in range(3):
        grow(shown, number)
    with django_assert_max_num_queries(60) as after:
        client.get(address)

    assert len(after) <= len(before)


def grow(shown, number):
    """One more campaign, with a form and a page."""
    campaign = testing.make_campaign(slug=f"more-{number}", post=shown.campaign.targets.get().post)
    form = testing.make_form(campaign)
    index = shown.pages["fr"]["index"]
    index.refresh_from_db()
    page = index.add_child(
        instance=CampaignPage(title="Encore", slug=campaign.slug, campaign=campaign)
    )
    page.add_child(instance=ActionPage(title="Agir", slug="agir", form=form))
    make_milestone(campaign, day=shown.campaign.opened_on, standing="met")


def test_the_campaign_page_tells_what_is_asked_and_how_it_stands(client, shown):
    text = client.get(shown.pages["fr"]["campaign"].get_url()).text

    assert "Protéger le pré" in text
    assert "standing--promised" in text
    assert "La ministre a dit oui" in text
    assert 'href="https://ministry.example/1"' in text
    assert "1<sup>er</sup>" not in text
    assert "1er octobre 2026" in text
    assert "13\u202f046" in text


def test_an_official_count_stands_with_its_source_and_moment(client, shown):
    text = client.get(shown.pages["en"]["campaign"].get_url()).text

    assert '<p class="figure__value">82,317</p>' in text
    # The one before stands in the table of all counts.
    assert text.count("70,001") == 1
    assert "https://assembly.example/214" in text


def test_the_home_page_leads_to_acts_news_and_the_last_report(client, shown):
    text = client.get(shown.pages["en"]["home"].get_url()).text

    assert shown.pages["en"]["petition"].get_url() in text
    assert "The minister said yes" in text
    assert "/en/reports/2026-10/" in text


def test_a_closed_form_is_no_longer_offered_but_its_count_stays(client, shown):
    shown.petition.closes_at = timezone.now()
    shown.petition.save()

    home = client.get(shown.pages["en"]["home"].get_url()).text
    campaign = client.get(shown.pages["en"]["campaign"].get_url()).text

    assert shown.pages["en"]["petition"].get_url() not in home
    assert "13,046" in campaign


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_tells_its_figures_by_name_and_shows_how_its_campaign_goes_on(
    client, shown, language
):
    make_figures(shown.campaign, shown.petition)
    later = testing.make_campaign(slug="later", post=testing.make_minister(email=None))
    facts = {"earlier": shown.campaign, "since_on": "2026-10-01"}
    Lineage.objects.create(
        **facts, kind="followed_up", later=later, words=Words(en="More", fr="Plus")
    )
    Lineage.objects.create(**facts, kind="at_risk", words=Words(en="The cap ends", fr="Le plafond"))
    for kind in ("text", "petition", "campaign"):
        page = shown.pages[language][kind]
        page.body, page.lead = "<p>{figure:own} · {figure:nothing}</p>", "<i>{figure:own}"
        page.save()
        told = client.get(page.get_url()).content.decode()
        assert f'href="http://localhost:8000/{language}/figures/own/"' in told
        assert {"fr": "plus de 13\u202f000 signatures", "en": "more than 13,000 signatures"}[
            language
        ] in told
        assert "{figure:nothing}" in told
        assert "{figure:own}" not in told
        assert "<i>" not in told

    assert {"fr": "Menacée depuis le", "en": "At risk since"}[language] in told
    assert told.count("figure__value") >= 3


def test_a_link_that_no_longer_answers_is_marked_beside_its_evidence(client, shown):
    make_milestone(shown.campaign, day=datetime.date(2026, 10, 2), standing="met")
    address = shown.pages["en"]["campaign"].get_url()
    assert "has not answered" not in client.get(address).text
    first = datetime.datetime(2026, 10, 9, 12, tzinfo=datetime.UTC)
    DeadLink.objects.create(
        url=Evidence.objects.latest("pk").url,
        detail="404",
        first_at=first,
        last_at=first + datetime.timedelta(days=1),
    )

    assert "This link has not answered since October 9, 2026" in client.get(address).text


def test_a_correction_is_shown_where_the_milestone_was(client, shown):
    wrong = make_milestone(shown.campaign, day=datetime.date(2026, 10, 2), standing="met")
    right = make_milestone(shown.campaign, day=datetime.date(2026, 10, 2), standing="promised")
    Milestone.objects.filter(pk=wrong.pk).update(title=Words(en="It is law"))
    reason = Words(en="The vote was a first reading.")
    Milestone.objects.filter(pk=right.pk).update(corrects=wrong, correction_reason=reason)

    told = client.get(shown.pages["en"]["campaign"].get_url()).content.decode()

    assert "Before, this said: “It is law”. The vote was a first reading." in told
    assert told.count("It is law") == 1
