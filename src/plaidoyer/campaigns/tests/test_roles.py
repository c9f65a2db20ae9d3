"""Only somebody in a public role is asked, shown by an official page that was looked at lately."""

import datetime

import pytest
from django.db import IntegrityError
from django.utils import timezone

from plaidoyer.campaigns import roles
from plaidoyer.campaigns.models import Role, Target
from plaidoyer.civics.models import Organization, Person
from plaidoyer.lib.words import Words
from plaidoyer.testing import make_campaign, make_minister

pytestmark = pytest.mark.django_db


def target(**who):
    return Target(campaign=make_campaign(slug="rail"), **who)


def test_the_holder_of_an_office_is_asked_by_the_page_where_their_address_stands():
    asked = roles.make(target(post=make_minister()))

    assert (asked.role, asked.source) == (Role.OFFICE, "https://ministry.example/")
    assert asked.checked_on == timezone.localdate()
    assert roles.refusal(asked) == ""


def test_a_private_person_is_never_asked():
    neighbour = target(person=Person.objects.create(given_name="Max", family_name="Karp"))

    asked = roles.make(neighbour, source="https://karp.example/")

    assert "Only somebody in a public office" in roles.refusal(asked)


def test_nobody_is_asked_without_an_official_page():
    asked = roles.make(target(post=make_minister(email=None)))

    assert "official page" in roles.refusal(asked)
    assert roles.refusal(roles.make(asked, source="https://ministry.example/vale")) == ""


def test_what_was_shown_in_one_campaign_holds_in_the_next():
    minister, looked_on = make_minister(email=None), timezone.localdate() - datetime.timedelta(9)
    before = target(post=minister)
    before.source, before.checked_on = "https://ministry.example/vale", looked_on
    before.save()

    asked = roles.make(Target(campaign=make_campaign(slug="dam", post=minister), post=minister))

    assert (asked.source, asked.checked_on) == ("https://ministry.example/vale", looked_on)


def test_what_a_page_said_half_a_year_ago_is_looked_at_again():
    asked = roles.make(target(post=make_minister()))
    asked.checked_on = timezone.localdate() - datetime.timedelta(days=180)
    assert roles.refusal(asked) == ""

    asked.checked_on -= datetime.timedelta(days=1)

    assert "180 days" in roles.refusal(asked)


def test_a_body_is_asked_in_what_it_does():
    body = Organization.objects.create(name=Words(en="Dam Works"), url="https://dam.example/")

    asked = roles.make(target(organization=body), role=Role.ORGANISATION)

    assert roles.refusal(asked) == ""
    assert "public office" in roles.refusal(roles.make(asked, role=Role.OFFICE))


def test_the_database_knows_no_other_role():
    asked = Target(campaign=make_campaign(slug="rail"), post=make_minister(), role="neighbour")

    with pytest.raises(IntegrityError, match="target_in_a_role"):
        asked.save()
