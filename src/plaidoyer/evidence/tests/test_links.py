"""Links are read once when they are given, and asked every night whether they still answer."""

import datetime
import hashlib
import time

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Site as WagtailSite

from plaidoyer.evidence import links, notices, readings
from plaidoyer.evidence.models import DeadLink, EvidenceSettings, Reading
from plaidoyer.mail.models import Envelope
from plaidoyer.outcomes.models import Evidence, Milestone
from plaidoyer.testing import make_organiser

pytestmark = pytest.mark.django_db
PAGE = '<html lang="fr"><title>Décret 12</title><meta name="date" content="2026-05-04">'


@pytest.fixture
def ed():
    return make_organiser("ed")


def keep_copies():
    here = WagtailSite.objects.get(is_default_site=True)
    EvidenceSettings.objects.create(site=here, keeps_copies=True)


def prove(url: str) -> Evidence:
    milestone = Milestone.objects.create(happened_on="2026-05-04", kind="decision")
    facts = {"title": "Decree", "publisher": "The Gazette", "language": "en"}
    return Evidence.objects.create(milestone=milestone, url=url, published_on="2026-05-04", **facts)


def nights(*urls: str) -> None:
    """Two nights, a day apart."""
    links.check(urls)
    DeadLink.objects.update(first_at=timezone.now() - datetime.timedelta(days=1))
    links.check(urls)


def test_a_link_is_read_with_its_hash_and_without_a_copy(site, ed):
    reading = readings.read(site.says("/decree", PAGE), by=ed)

    assert (reading.title, reading.language) == ("Décret 12", "fr")
    assert reading.published_on == datetime.date(2026, 5, 4)
    assert reading.sha256 == hashlib.sha256(PAGE.encode()).hexdigest()
    assert bytes(reading.content) == b""


def test_a_copy_is_kept_where_the_organisation_chooses_and_never_runs_here(site, ed, client):
    keep_copies()
    reading = readings.read(site.says("/decree", PAGE), by=ed)
    address = reverse("evidence_copy", args=[reading.uid])

    assert client.get(address).status_code == 302
    client.force_login(ed)
    answer = client.get(address)

    assert answer.content == PAGE.encode()
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_redirection_is_followed_and_told(site, ed):
    site.says("/new", PAGE)
    reading = readings.read(site.says("/old", status=301, Location="/new"), by=ed)

    assert reading.found_at.endswith("/new")
    assert readings.of(reading.address) == reading


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1/",
        "https://10.0.0.1/a",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://localhost:5432/",
        "http://192.168.1.1/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "nonsense",
    ],
)
def test_nothing_is_read_from_our_own_network(address, ed):
    with pytest.raises(readings.UnreadableError):
        readings.read(address, by=ed)

    assert not Reading.objects.exists()


def test_a_redirection_into_our_own_network_is_not_followed(site, ed):
    address = site.says("/out", status=302, Location="http://169.254.169.254/latest/")

    with pytest.raises(readings.UnreadableError):
        readings.read(address, by=ed)


def test_what_never_ends_is_given_up_in_time(site, ed, monkeypatch):
    monkeypatch.setattr(readings, "SECONDS", 1)
    site.pages["/drip"] = 200, {"drip": "100"}, b""
    began = time.monotonic()

    with pytest.raises(readings.UnreadableError, match=r"too slowly|does not answer"):
        readings.read(f"{site.url}/drip", by=ed)

    assert time.monotonic() - began < 4


def test_what_is_too_large_is_not_kept(site, ed, monkeypatch):
    monkeypatch.setattr(readings, "MEGABYTES", 0.001)

    with pytest.raises(readings.UnreadableError):
        readings.read(site.says("/big", "x" * 5000), by=ed)


def test_a_page_that_is_not_there_says_so(site, ed):
    with pytest.raises(readings.UnreadableError, match="404"):
        readings.read(f"{site.url}/gone", by=ed)


def test_readings_that_nobody_used_are_forgotten(site, ed):
    used = readings.read(site.says("/a", PAGE), by=ed)
    readings.read(site.says("/b", PAGE), by=ed)
    Evidence.objects.filter(pk=prove(used.address).pk).update(reading=used)
    Reading.objects.update(read_at=timezone.now() - datetime.timedelta(days=8))

    assert readings.forget_unused() == 1
    assert Reading.objects.get() == used


def test_a_link_is_dead_after_two_nights_and_lives_again(site):
    url = f"{site.url}/gone"
    links.check([url])
    assert links.dead() == {}

    nights(url)
    assert links.dead()[url].detail == "answers with an error (404)"

    site.says("/gone", PAGE)
    links.check([url])
    assert links.dead() == {}
    assert DeadLink.objects.get().ended_at


@pytest.mark.parametrize("status", [401, 403, 429, 503])
def test_a_site_that_wants_no_programs_is_not_called_dead(site, status):
    url = site.says("/shy", status=status)

    nights(url)

    assert (url in links.dead()) == (status == 503)


def test_a_night_on_which_most_fail_says_nothing(site):
    urls = [f"{site.url}/gone-{number}" for number in range(links.ENOUGH)]

    nights(*urls)

    assert links.dead() == {}


def test_robots_are_respected_and_nothing_is_said_then(site):
    site.says("/robots.txt", "User-agent: *\nDisallow: /", kind="text/plain")
    url = site.says("/a", PAGE)

    nights(url)

    assert "/a" not in site.asked
    assert links.dead() == {}


def test_the_links_of_all_evidence_are_asked(site):
    url = prove(f"{site.url}/decree").url

    assert links.given() == [url]
    assert links.turn(links.given()) == [url]


def test_more_than_a_night_can_hold_are_spread_over_nights(monkeypatch):
    monkeypatch.setattr(links, "A_NIGHT", 2)
    urls = [f"https://a.example/{number}" for number in range(5)]

    assert len(links.turn(urls)) in {1, 2}


def test_organisers_are_told_of_a_dead_link_once_and_in_their_language(site, ed, client):
    url = prove(f"{site.url}/gone").url
    nights(url)

    assert notices.tell() == 1
    assert notices.tell() == 0

    envelope = Envelope.objects.get()
    message = notices.compose([envelope])[envelope.pk]
    assert url in message.text
    assert url in message.html
    client.force_login(ed)
    assert url in client.get(reverse("evidence_dead")).content.decode()
    DeadLink.objects.update(ended_at=timezone.now())
    assert notices.compose([envelope]) == {}
