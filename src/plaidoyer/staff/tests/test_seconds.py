"""What takes two persons: large files of personal things (F54). And being asked again."""

import time

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from plaidoyer.staff import roles
from plaidoyer.staff.models import Countersigning
from plaidoyer.testing import make_organiser, make_reader

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
    """Follows the link of an allowed deed."""
    return as_(user).get(asked.path)


def lines(answer):
    return b"".join(answer.streaming_content).decode().splitlines()


def test_a_small_file_is_ones_own_affair(ed, many, settings):
    settings.EXPORT_ALONE = 3

    # Their names, three rows, and the one that is nobody's.
    assert len(lines(as_(ed).get(EXPORT))) == 5
    assert not Countersigning.objects.exists()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(
    "name", ["supporters", "acts", "letters", "gifts", "organisation_signatures"]
)
def test_each_list_of_persons_gives_its_file_to_those_who_have_the_right(name, kind):
    path = f"/admin/{name}/?export={kind}"

    assert as_(make_organiser("ada", hats=tuple(roles.ROLES))).get(path).status_code == 200
    assert as_(make_organiser("ed", hats=("Campaigner", "Moderator"))).get(path).url == "/admin/"


def test_no_cell_of_a_file_runs_in_a_spreadsheet(ed):
    make_reader("omar", given_name="=HYPERLINK(1)")

    # The row that is nobody's stands anywhere.
    assert ",'=HYPERLINK(1)," in "\n".join(lines(as_(ed).get(EXPORT)))


def test_a_large_file_leaves_once_a_second_person_allowed_it(ed, anne, many):
    assert as_(ed).get(EXPORT).url == reverse("second_person")
    asked = Countersigning.objects.get()
    assert "more than 2 rows" in asked.words

    assert "Allow" in as_(anne).get(reverse("second_person")).text
    decide(anne, asked)
    assert asked.path in as_(ed).get(reverse("second_person")).text
    assert "suzie@post.example" in str(lines(do(ed, asked)))

    assert do(ed, asked).url == reverse("second_person")
    assert Countersigning.objects.open().count() == 1


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


def test_nobody_else_does_it_and_nothing_else_is_done(ed, anne, many):
    as_(ed).get(EXPORT)
    asked = Countersigning.objects.get()
    decide(anne, asked)

    assert do(anne, asked).url == reverse("second_person")
    assert as_(ed).get(f"{EXPORT}&language=en").url == reverse("second_person")
    assert not Countersigning.objects.exclude(done_at=None).exists()


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
