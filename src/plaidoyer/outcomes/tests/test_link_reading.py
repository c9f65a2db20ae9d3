"""A milestone begins with a link, and is there in under a minute."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from plaidoyer.evidence.models import Reading
from plaidoyer.evidence.tests.conftest import site  # noqa: F401  (a fixture)
from plaidoyer.lib.words import Words
from plaidoyer.outcomes.models import Milestone
from plaidoyer.testing import make_campaign, make_organiser, typed

pytestmark = pytest.mark.django_db
PAGE = """<html lang="en"><title>The decree is signed</title>
<meta property="og:site_name" content="The Gazette"><meta name="date" content="2026-05-04">"""
EMPTY = {"url": "", "title": "", "publisher": "", "published_on": "", "language": "fr"}


@pytest.fixture
def ed(client):
    organiser = make_organiser("ed")
    client.force_login(organiser)
    return organiser


def sheet(**changes):
    fields = {
        "title": Words(),
        "happened_on": timezone.localdate().isoformat(),
        "kind": "",
        "movements": [{"pair": "", "standing": ""}],
        "evidence": [EMPTY],
        "story": Words(),
        "claim": "unknown",
        "claim_words": Words(),
        "campaigns": [],
    }
    return typed(**{**fields, **changes})


def test_a_pasted_link_fills_in_the_rest_and_two_choices_make_the_milestone(client, ed, site):  # noqa: F811
    meadow = make_campaign()
    url = site.says("/decree", PAGE)
    add = reverse("milestones:add")

    filled = client.post(add, {**sheet(evidence=[{**EMPTY, "url": url}]), "read": "evidence-0-url"})

    form = filled.context["form"]
    assert not form.errors
    assert not Milestone.objects.exists()
    shown = filled.content.decode()
    for text in ("The decree is signed", "The Gazette", "2026-05-04"):
        assert text in shown
    [begin] = BeautifulSoup(shown, "html.parser").select("[autofocus]")
    assert begin["name"] == "title_fr"
    data = {name: value for name, value in form.data.items() if name != "read"}
    pair = f"{meadow.demands.get().pk}-{meadow.targets.get().pk}"
    data |= {"kind": "decision", "movements-0-pair": pair, "movements-0-standing": "met"}

    saved = client.post(add, data)

    assert saved.status_code == 302, saved.context["form"].errors
    milestone = Milestone.objects.get()
    assert str(milestone.happened_on) == "2026-05-04"
    assert milestone.title == Words(en="The decree is signed")
    proof = milestone.evidence.get()
    assert proof.reading == Reading.objects.get()
    assert (proof.hash, proof.language) == (proof.reading.sha256, "en")


def test_what_was_typed_is_kept(client, ed, site):  # noqa: F811
    url = site.says("/decree", PAGE)
    evidence = [{**EMPTY, "url": url, "publisher": "My own words"}]
    sent = sheet(title=Words(fr="Le décret"), evidence=evidence, story=Words(en="A story"))

    form = client.post(reverse("milestones:add"), {**sent, "read": "1"}).context["form"]

    assert form.data["title_fr"] == "Le décret"
    assert form.data["title_en"] == ""
    assert form.data["evidence-0-publisher"] == "My own words"
    assert form.data["story_en"] == "A story"


def test_a_link_that_cannot_be_read_is_filled_in_by_hand(client, ed):
    evidence = [{**EMPTY, "url": "https://10.0.0.1/secret"}]

    answer = client.post(
        reverse("milestones:add"), {**sheet(evidence=evidence), "read": "1"}, follow=True
    )

    shown = answer.content.decode()
    assert "could not be read" in shown
    assert "https://10.0.0.1/secret" in shown
    assert not Reading.objects.exists()


def test_the_page_of_a_hostile_site_is_shown_as_text(client, ed, site):  # noqa: F811
    url = site.says("/x", "<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>")

    answer = client.post(
        reverse("milestones:add"), {**sheet(evidence=[{**EMPTY, "url": url}]), "read": "1"}
    )

    assert "<script>alert(1)" not in answer.content.decode()
