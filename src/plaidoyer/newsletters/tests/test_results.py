"""What came of a mailing: acts, clicks, departures, and which subject was the better."""

import re
from datetime import timedelta
from fractions import Fraction
from html import unescape
from math import comb

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Site

from plaidoyer.lib import tokens
from plaidoyer.mail.models import Envelope
from plaidoyer.newsletters import mailings, schedules, unsubscriptions
from plaidoyer.newsletters.mailings import PARKED
from plaidoyer.newsletters.models import Click, Copy, Link, Mailing, NewsletterSettings
from plaidoyer.newsletters.results import clicks, figures, variants
from plaidoyer.newsletters.results.figures import Brought
from plaidoyer.newsletters.results.variants import Side
from plaidoyer.supporters.models import Supporter
from plaidoyer.testing import make_form, make_organiser, make_reader

from .test_copies import letters, make_news, part
from .test_writing import make_letter

pytestmark = pytest.mark.django_db
PERSON = {"user-agent": "Mozilla/5.0 Firefox/150", "accept-language": "fr"}


def accepted(mailing, **which):
    """The relay took those copies."""
    copies = Copy.objects.filter(mailing=mailing, **which)
    keys = list(copies.values_list("envelope", flat=True))
    Envelope.objects.filter(pk__in=keys).update(state="leased", sender=1)
    Envelope.objects.filter(pk__in=keys).update(
        state="accepted", sender=None, ended_at=timezone.now()
    )


def count_clicks():
    site = Site.objects.get(is_default_site=True)
    NewsletterSettings.objects.create(site=site, counts_clicks=True)


@pytest.fixture
def counted():
    """A mailing with a link whose clicks are counted."""
    count_clicks()
    make_reader("suzie")
    mailing = Mailing.objects.create(name="Counted")
    link = "<p><a href='https://dam.example/?a=1&amp;b=2'>Dam</a></p>"
    make_letter("en", [("text", link)], mailing=mailing)
    mailings.freeze(mailing)
    mailing.refresh_from_db()
    return mailing


def test_a_click_of_a_person_is_counted_and_nothing_of_them_is_kept(client, counted):
    [link] = Link.objects.all()
    path = clicks.path(link).removeprefix(settings.BASE_URL)

    answer = client.get(path, headers=PERSON)
    client.head(path, headers=PERSON)
    client.get(path, headers={"user-agent": "Mimecast link scanner"})

    assert (answer.status_code, answer["Location"]) == (302, "https://dam.example/?a=1&b=2")
    assert not answer.cookies
    assert clicks.followed(counted) == [("https://dam.example/?a=1&b=2", 1, 1)]
    assert {field.name for field in Click._meta.fields} == {
        "id",
        "link",
        "clicked_at",
        "is_program",
    }


@pytest.mark.parametrize("token", ["x", "é", "https:%2F%2Fevil.example"])
def test_no_other_address_can_be_opened_through_us(client, counted, token):
    assert client.get(f"/k/{token}/", follow=True).status_code == 404


def test_acts_that_came_by_a_mailing_are_told_by_form(client):
    form = make_form()
    suzie = make_reader("suzie", family_name="Roy")
    mailing = make_news(form=form)
    mailings.freeze(mailing)
    [raw] = letters(mailing).values()
    link = re.search(r'href="(http://localhost:8000/[^"]*via=letter[^"]*)"', part(raw, "html"))[1]
    accepted(mailing)

    page = client.get(unescape(link).removeprefix(settings.BASE_URL))
    via = re.search(r'name="via" value="([^"]*)"', page.content.decode())[1]
    person = {"person": tokens.make("personal", suzie.uid), "step": "send", "via": via}
    client.post(f"/en/actions/{form.public_id}/", person)

    assert via == f"letter.{mailing.public_id}"
    assert page.status_code == 200
    assert [(row.name, row.count) for row in figures.acts(mailing)] == [("For the meadow", 1)]


def test_whoever_leaves_leaves_after_the_last_mailing_they_were_sent():
    suzie = make_reader("suzie")
    first, second = make_news(), Mailing.objects.create(name="Second")
    make_letter("en", [("heading", "x")], mailing=second)
    for mailing in (first, second):
        mailings.freeze(mailing)
        accepted(mailing)

    unsubscriptions.unsubscribe(suzie)

    assert figures.of(second, make_organiser()).departures == 1
    assert figures.of(first, make_organiser("anne")).departures == 0


def test_another_room_tells_what_it_got(monkeypatch):
    monkeypatch.setattr(figures, "SOURCES", [])
    figures.register(
        lambda mailing: [Brought("Acts", f"3 by {mailing.name}")], "mail.view_envelope"
    )
    figures.register(lambda mailing: [Brought("Gifts", "3")], "donations.view_donation")

    assert figures.of(Mailing.objects.create(name="News"), make_organiser()).brought == [
        Brought("Acts", "3 by News")
    ]


def test_the_screen_tells_all_of_it(client):
    client.force_login(make_organiser())
    count_clicks()
    for n in range(12):
        make_reader(f"reader{n}")
    mailing = make_news(trial_percent=40)
    mailings.freeze(mailing)
    accepted(mailing)

    shown = client.get(reverse("writing:results", args=[mailing.pk])).content.decode()

    assert "Accepted by the server" in shown
    assert "https://dam.example/?a=1&amp;b=2" in shown
    assert "Not decided yet" in shown
    assert "in 100 of 100 tries" in shown


def test_the_uncertainty_is_that_of_exact_fractions():
    ways = [Fraction(comb(100, k) * comb(100, 15 - k), comb(200, 15)) for k in range(16)]
    lots = [Fraction(comb(15, k), 2**15) for k in range(16)]

    for told, exact in ((variants.fisher, ways), (variants.by_lot, lots)):
        as_rare = float(sum(one for one in exact if one <= exact[12]))
        assert told(Side(100, 12), Side(100, 3)) == pytest.approx(as_rare)
    assert variants.fisher(Side(0, 0), Side(0, 0)) == 1.0
    assert variants.fisher(Side(50, 5), Side(50, 5)) == 1.0


def test_the_better_subject_goes_to_the_rest_once_its_hours_have_passed():
    for n in range(120):
        make_reader(f"reader{n}")
    mailing = make_news(trial_percent=30, winner_rule="departures", trial_hours=2)
    mailings.freeze(mailing)
    rest = Envelope.objects.filter(copy__mailing=mailing, copy__variant="")
    assert set(rest.values_list("due_at", flat=True)) == {PARKED}
    accepted(mailing, variant="a")
    leaving = Copy.objects.filter(mailing=mailing, variant="a").values_list("supporter")
    for reader in Supporter.objects.filter(pk__in=leaving)[:15]:
        unsubscriptions.unsubscribe(reader)
    now = timezone.now()

    schedules.tick(now + timedelta(hours=3))  # B is still on its way
    mailing.refresh_from_db()
    assert not mailing.winner
    accepted(mailing, variant="b")
    schedules.tick(now + timedelta(hours=1))
    mailing.refresh_from_db()
    assert not mailing.winner
    schedules.tick(now + timedelta(hours=3))
    schedules.tick(now + timedelta(hours=4))

    mailing.refresh_from_db()
    assert (mailing.winner, mailing.verdict["because"]) == ("b", "rule")
    assert mailing.verdict["a"]["scored"] == 15
    assert mailing.verdict["chance"] < 0.001
    assert set(rest.values_list("due_at", flat=True)) == {now + timedelta(hours=3)}


def test_too_few_decide_nothing_and_the_first_goes_on():
    for n in range(40):
        make_reader(f"reader{n}")
    mailing = make_news(trial_percent=30)
    mailings.freeze(mailing)
    accepted(mailing, variant="a")
    accepted(mailing, variant="b")

    schedules.tick(timezone.now() + timedelta(hours=5))

    mailing.refresh_from_db()
    assert (mailing.winner, mailing.verdict["because"]) == ("a", "few")
    assert figures.trial(mailing).is_decided
