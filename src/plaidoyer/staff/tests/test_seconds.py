"""What takes two persons: large files, and where supporters' letters go. And being asked again."""

import time

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from plaidoyer.campaigns.models import Target
from plaidoyer.civics.models import ContactDetail, Organization
from plaidoyer.lib.words import Words
from plaidoyer.staff.models import Countersigning
from plaidoyer.staff.seconds import countersigning
from plaidoyer.testing import make_campaign, make_form, make_minister, make_organiser, make_reader

pytestmark = pytest.mark.django_db
EXPORT = "/admin/supporters/?export=csv"


def as_(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def ed():
    return make_organiser("ed")


@pytest.fixture
def anne():
    return make_organiser("anne")


@pytest.fixture
def many(settings):
    """More readers than one person takes out alone."""
    settings.EXPORT_ALONE = 2
    return [make_reader(name) for name in ("suzie", "laura", "omar")]


def decide(user, asked, step="allow"):
    return as_(user).post(reverse("second_person_decide", args=[asked.pk]), {"step": step})


def do(user, asked):
    return as_(user).post(reverse("second_person_do", args=[asked.pk]))


def lines(answer):
    return b"".join(answer.streaming_content).decode().splitlines()


def test_a_small_file_is_ones_own_affair(ed, many, settings):
    settings.EXPORT_ALONE = 3

    assert len(lines(as_(ed).get(EXPORT))) == 4
    assert not Countersigning.objects.exists()


def test_a_large_file_leaves_once_a_second_person_allowed_it(ed, anne, many):
    assert as_(ed).get(EXPORT).url == reverse("second_person")
    asked = Countersigning.objects.get()
    assert "more than 2 rows" in asked.words

    assert "Allow" in as_(anne).get(reverse("second_person")).text
    decide(anne, asked)
    assert "suzie@post.example" in str(lines(do(ed, asked)))

    assert do(ed, asked).url == reverse("second_person")
    assert as_(ed).get(EXPORT).url == reverse("second_person")


def test_nobody_allows_what_they_asked_for(ed, many):
    as_(ed).get(EXPORT)
    asked = Countersigning.objects.get()

    decide(ed, asked)

    assert Countersigning.objects.get().decided_at is None
    assert do(ed, asked).url == reverse("second_person")
    with pytest.raises(IntegrityError, match="two_persons"), transaction.atomic():
        Countersigning.objects.update(decided_by=ed, decided_at=timezone.now(), is_allowed=True)


def test_somebody_without_the_right_allows_nothing(ed, many):
    as_(ed).get(EXPORT)

    decide(make_organiser("mo", hats=("Moderator",)), Countersigning.objects.get())

    assert Countersigning.objects.get().decided_at is None


def test_somebody_else_does_not_do_it_for_one(ed, anne, many):
    as_(ed).get(EXPORT)
    asked = Countersigning.objects.get()
    decide(anne, asked)

    assert do(anne, asked).url == reverse("second_person")
    assert Countersigning.objects.get().done_at is None


def test_what_was_not_allowed_or_is_too_old_is_not_done(ed, anne, many):
    as_(ed).get(EXPORT)
    asked = Countersigning.objects.get()
    decide(anne, asked, "refuse")
    assert do(ed, asked).url == reverse("second_person")

    as_(ed).get(EXPORT)
    again = Countersigning.objects.latest("pk")
    decide(anne, again)
    Countersigning.objects.update(expires_at=timezone.now())
    assert do(ed, again).url == reverse("second_person")


def test_without_the_right_no_file_leaves(many):
    see_only = make_organiser("mo", hats=("Moderator",))

    assert as_(see_only).get("/admin/acts/").status_code == 200
    assert as_(see_only).get("/admin/acts/?export=csv").url == "/admin/"
    assert "export=csv" not in as_(see_only).get("/admin/acts/").text


@pytest.fixture
def asked_for():
    """A campaign whose open form writes letters to a minister."""
    return make_form(make_campaign(), kind="letter", options={"to": "targets"}).campaign


def contact_rows(post, value):
    detail = ContactDetail.objects.get(post=post)
    row = {"id": detail.pk, "type": "email", "value": value, "source": detail.source}
    return row | {"verified_at": detail.verified_at.date()}


def test_a_new_address_of_somebody_who_gets_letters_takes_a_second_person(ed, anne, asked_for):
    post = asked_for.targets.get().post
    sent = office(post, "mallory@evil.example")
    address = reverse("offices:edit", args=[post.pk])

    assert as_(ed).post(address, sent).url == reverse("second_person")
    assert ContactDetail.objects.get(post=post).value == "vale@ministry.example"
    asked = Countersigning.objects.get()
    assert "vale@ministry.example → mallory@evil.example" in asked.words

    decide(anne, asked)
    assert do(ed, asked).status_code == 302
    assert ContactDetail.objects.get(post=post).value == "mallory@evil.example"
    assert Countersigning.objects.get().done_at


def test_without_an_open_form_an_address_is_ones_own_affair(ed):
    post = make_minister()

    as_(ed).post(reverse("offices:edit", args=[post.pk]), office(post, "new@ministry.example"))

    assert ContactDetail.objects.get(post=post).value == "new@ministry.example"


def office(post, value):
    """The sheet of an office, as a browser sends it."""
    from plaidoyer.testing import typed

    return typed(
        organization=post.organization_id,
        label=post.label,
        area="",
        contact_details=[contact_rows(post, value)],
        memberships=[
            {"id": one.pk, "person": one.person_id, "start_on": "", "end_on": ""}
            for one in post.memberships.all()
        ],
    )


def test_another_target_of_a_campaign_under_way_takes_a_second_person(ed, asked_for):
    target = asked_for.targets.get()
    other = Organization.objects.create(name=Words(en="Evil"), classification="company")
    sent = {"campaign": asked_for.pk, "who": f"organization-{other.pk}"}

    answer = as_(ed).post(reverse("targets:edit", args=[target.pk]), sent)

    assert answer.url == reverse("second_person")
    assert Target.objects.get(pk=target.pk).organization_id is None


# Being asked again


def an_hour_later(client):
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "at": time.time() - 3600}]
    session.save()


@pytest.mark.parametrize(
    "path",
    [
        EXPORT,
        "/admin/users/new/",
        "/admin/groups/new/",
        "/admin/targets/new/",
        "/admin/settings/donations/givingsettings/",
    ],
)
def test_what_touches_much_is_asked_for_again_after_a_while(path):
    from plaidoyer.staff import roles

    client = as_(make_organiser("ada", hats=tuple(roles.ROLES)))
    assert reverse("mfa_reauthenticate") not in client.get(path).get("Location", "")

    an_hour_later(client)

    assert client.get(path).url.startswith(reverse("mfa_reauthenticate"))
    assert client.get("/admin/campaigns/").status_code == 200


def test_what_was_typed_is_taken_up_again():
    ada = make_organiser("ada", hats=("Administrator",), password="a river runs through it")
    client = as_(ada)
    an_hour_later(client)
    sent = {"username": "new", "email": "new@river.example", "first_name": "N", "last_name": "E"}

    way = client.post("/admin/users/new/", sent).url
    assert way.startswith(reverse("mfa_reauthenticate"))
    way = client.get(way).url
    assert way.startswith(reverse("account_reauthenticate"))
    answer = client.post(way, {"password": "a river runs through it"})

    assert answer.status_code == 302
    assert type(ada).objects.filter(username="new").exists()


def test_a_password_asked_for_by_mail_is_no_proof():
    client = as_(make_organiser("ada", hats=("Administrator",)))
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "mfa", "at": time.time() - 3600},
        {"method": "password_reset", "at": time.time()},
    ]
    session.save()

    assert client.get("/admin/users/new/").url.startswith(reverse("mfa_reauthenticate"))


def test_what_was_sent_is_forgotten_in_the_end(ed, many):
    as_(ed).post("/admin/supporters/?export=csv", {"x": "y"})
    as_(ed).get(EXPORT)
    Countersigning.objects.update(body="who=1", expires_at=timezone.now())

    assert countersigning.forget() == 1
    assert Countersigning.objects.get().body == ""
