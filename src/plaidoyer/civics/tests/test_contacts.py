import datetime

import pytest

from plaidoyer.civics.contacts import mailbox
from plaidoyer.civics.models import ContactDetail
from plaidoyer.testing import make_minister

pytestmark = pytest.mark.django_db
SOURCE = "https://ministry.example/"


def test_an_office_is_reached_at_its_own_address_first():
    post = make_minister(email="minister@ministry.example")
    holder = post.holder()
    ContactDetail.objects.create(person=holder, value="vale@ministry.example", source=SOURCE)
    ContactDetail.objects.create(
        organization=post.organization, value="info@ministry.example", source=SOURCE
    )

    found = []
    for owner in (post, holder, post.organization):
        found.append(str(mailbox(post)))
        owner.contact_details.all().delete()

    assert found == ["minister@ministry.example", "vale@ministry.example", "info@ministry.example"]
    assert mailbox(post) is None


def test_the_holder_is_the_one_of_that_day():
    post = make_minister(email=None)
    ContactDetail.objects.create(person=post.holder(), value="vale@m.example", source=SOURCE)
    post.memberships.update(end_on=datetime.date(2026, 6, 30))

    assert str(mailbox(post, on=datetime.date(2026, 6, 30))) == "vale@m.example"
    assert mailbox(post, on=datetime.date(2026, 7, 1)) is None


def test_only_mail_addresses_count_and_the_last_checked_wins():
    post = make_minister(email=None)
    for day, type_, value in [
        (3, "voice", "555-0100"),
        (2, "email", "new@m.example"),
        (1, "email", "old@m.example"),
    ]:
        moment = datetime.datetime(2026, 1, day, tzinfo=datetime.UTC)
        ContactDetail.objects.create(
            post=post, type=type_, value=value, source=SOURCE, verified_at=moment
        )

    assert str(mailbox(post)) == "new@m.example"
