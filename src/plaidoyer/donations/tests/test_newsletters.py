"""Gifts in newsletters: told to those who may see gifts, and to nobody else."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from plaidoyer.donations.ledgers import booking
from plaidoyer.donations.statistics import figures
from plaidoyer.donations.tests.giving import make_donation, make_fund, make_payment
from plaidoyer.newsletters.models import Mailing, Segment
from plaidoyer.newsletters.results.channels import channel
from plaidoyer.newsletters.segments import readers
from plaidoyer.organisation.staff import treasurers
from plaidoyer.testing import make_organiser, make_reader

pytestmark = pytest.mark.django_db


def segment(what="once", since="", negated=False):
    rule = {"code": "gift", "values": {"what": what, "since": since}, "negated": negated}
    tree = {"join": "all", "groups": [{"join": "all", "negated": False, "rules": [rule]}]}
    return Segment.objects.create(name=f"{what} {since} {negated}", tree=tree)


def names(found):
    return {one.given_name for one in readers.members(found)}


@pytest.fixture
def people():
    """Suzie gave once last year, Laura each month, Charlie got all of it back, Ng never gave."""
    fund, now = make_fund(), timezone.now()
    suzie, laura, charlie, _ng = (
        make_reader(name, given_name=name.title()) for name in ("suzie", "laura", "charlie", "ng")
    )
    make_payment(make_donation(fund, supporter=suzie), paid_at=now - datetime.timedelta(days=400))
    monthly = make_donation(fund, 10_00, supporter=laura, frequency="monthly", method="transfer")
    for days in (70, 40, 10):
        make_payment(monthly, paid_at=now - datetime.timedelta(days=days))
    booking.give_back(make_payment(make_donation(fund, supporter=charlie)), kind="refund")
    make_donation(fund, supporter=_ng)


def test_a_segment_finds_who_gave_and_who_did_not(people):
    lately = (timezone.localdate() - datetime.timedelta(days=100)).isoformat()

    assert names(segment()) == {"Suzie", "Laura"}
    assert names(segment(negated=True)) == {"Charlie", "Ng"}
    assert names(segment("monthly")) == {"Laura"}
    assert names(segment(since=lately)) == {"Laura"}


def test_without_the_right_nobody_learns_who_gave(client, people):
    ed, gave = make_organiser("ed"), segment()
    mailing = Mailing.objects.create(name="Thanks", segment=gave)
    other = Mailing.objects.create(name="News")
    typed = {"groups": "1", "g0-rules": "1", "g0-r0-code": "gift", "g0-r0-what": "once"}
    plan = reverse("writing:send", args=[other.pk])
    asked = [
        lambda: client.get(reverse("segments:edit", args=[gave.pk])),
        lambda: client.post(reverse("segments:add"), typed | {"do": "count"}),
        lambda: client.post(reverse("segments:count"), typed),
        lambda: client.post(reverse("segments:tag", args=[gave.pk]), {"tag": "x"}),
        lambda: client.get(reverse("writing:send", args=[mailing.pk])),
    ]
    client.force_login(ed)

    assert {ask().status_code for ask in asked} == {302}
    assert "Gave money" not in client.get(reverse("segments:add")).content.decode()
    assert f'value="{gave.pk}"' not in client.get(plan).content.decode()

    ed.groups.add(treasurers())
    client.force_login(ed)
    assert {ask().status_code for ask in asked} == {200, 302}
    assert "Gave money" in client.get(reverse("segments:add")).content.decode()
    assert f'value="{gave.pk}"' in client.get(plan).content.decode()


def test_sources_bear_the_names_of_mailings_and_of_channels():
    fund, mailing = make_fund(), Mailing.objects.create(name="Appeal")
    for via in (channel(mailing), "whatsapp", "whatsapp.k3v9p2m7qd", "poster", ""):
        make_payment(make_donation(fund, 10_00, via=via))
    until = timezone.now() + datetime.timedelta(minutes=1)

    rows = figures.by_source(figures.gifts(figures.since_month(), until, "CAD"))

    assert {row.label: (row.amount, row.number) for row in rows} == {
        "WhatsApp": (20_00, 2), "Our own mail: Appeal": (10_00, 1), "poster": (10_00, 1),
        "—": (10_00, 1),
    }  # fmt: skip


def test_what_a_mailing_brought_in_stands_beside_its_acts(client, people):
    ed, mailing = make_organiser("ed"), Mailing.objects.create(name="Appeal")
    fund = make_fund("page")
    for amount in (40_00, 60_00):
        payment = make_payment(make_donation(fund, amount, via=channel(mailing)))
    booking.give_back(payment, kind="refund", amount=10_00)
    results = reverse("writing:results", args=[mailing.pk])
    client.force_login(ed)

    assert "$90" not in client.get(results).content.decode()

    ed.groups.add(treasurers())
    client.force_login(ed)
    assert "$90 in 2 payments" in client.get(results).content.decode()
