"""The machine's clock jumps: nothing that was kept is lost, opens anew or counts twice."""

import datetime

import pytest
from django.utils import timezone

from plaidoyer.actions import confirmations, counting, intake
from plaidoyer.actions.messages import confirmation_path
from plaidoyer.actions.models import Action, Confirmation
from plaidoyer.testing import make_form, make_pages

pytestmark = pytest.mark.django_db
JUMPS = [
    datetime.timedelta(days=400),
    datetime.timedelta(days=-1),
    datetime.timedelta(seconds=60),
    datetime.timedelta(seconds=-60),
]


@pytest.fixture
def clock(monkeypatch):
    """A clock that can be set wrong."""
    right, off = timezone.now, [datetime.timedelta()]
    monkeypatch.setattr(timezone, "now", lambda: right() + off[0])
    return off


def sign(form, name):
    return intake.append(
        form, email=f"{name}@post.example", given_name="S", family_name="R", language="en", page="/"
    )


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_an_act_and_its_link_outlive_a_jump_of_the_clock(client, clock, jump):
    form = make_form(opens_at=timezone.now() - datetime.timedelta(days=30))
    make_pages(form)
    act = sign(form, "suzie")

    clock[0] = jump
    link = confirmation_path(act)
    assert client.get(link).status_code == 200
    client.post(link)
    client.post(link)
    later = sign(form, "laura")
    clock[0] = datetime.timedelta()
    confirmations.confirm(later)

    assert Action.objects.count() == 2
    assert Confirmation.objects.counted().count() == 2
    assert later.pk > act.pk


@pytest.mark.parametrize("day", ["2028-02-29", "2026-03-08", "2026-11-01", "2026-12-31"])
def test_an_act_of_an_odd_day_counts_on_that_day_once(clock, day):
    """A leap day, both changes of the hour, the end of a year."""
    form = make_form(opens_at=timezone.now() - datetime.timedelta(days=4000))
    noon = datetime.datetime.fromisoformat(f"{day}T12:00:00+00:00")
    clock[0] = noon - (timezone.now() - clock[0])

    confirmations.confirm_many([sign(form, "suzie")], at=lambda _act: noon)
    counting.advance(since=noon.date(), wait=True)

    tallies = list(form.tallies.filter(confirmed__gt=0).values_list("counted_on", "confirmed"))
    assert tallies == [(noon.date(), 1)]
