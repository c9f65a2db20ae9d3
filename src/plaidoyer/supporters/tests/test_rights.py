"""An implied yes ends in time; every yes can be proved; who was erased stays erased."""

import csv
import datetime
import json

import pytest
from click.testing import CliRunner
from django.db import IntegrityError
from django.utils import timezone

from plaidoyer.config import cli
from plaidoyer.supporters import consents, erasures, privacy
from plaidoyer.supporters.models import Consent, Erasure, Supporter
from plaidoyer.testing import make_reader, supporter
from plaidoyer.vault import marks

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
NOW = timezone.now()
TWO_YEARS = NOW + 730 * DAY


@pytest.fixture
def anne():
    """Anne, who gave: a charity in Canada may write to her for two years."""
    return Supporter.objects.create(
        mark=marks.address("anne@post.example"), email="anne@post.example", language="en"
    )


def imply(anne, until=TWO_YEARS, **facts):
    return consents.imply(anne, purpose="newsletter", until=until, page="a gift", **facts)


def is_subscribed(anne):
    return anne.subscriptions.filter(ended_at=None).exists()


def test_an_implied_yes_opens_a_subscription_that_ends_in_time(anne):
    imply(anne)
    assert is_subscribed(anne)

    assert consents.expire(TWO_YEARS - DAY) == 0
    assert consents.expire(TWO_YEARS + DAY) == 1
    assert consents.expire(TWO_YEARS + DAY) == 0

    assert not is_subscribed(anne)
    assert [c.answer for c in anne.consents.order_by("id")] == ["given", "expired"]


@pytest.mark.parametrize("how", ["says yes", "gives again"])
def test_it_goes_on_where_something_newer_holds(anne, how):
    imply(anne)
    if how == "says yes":
        wording = consents.wording("newsletter", "en", "Yes, write to me.")
        consents.give(anne, purpose="newsletter", wording=wording, page="/")
    else:
        imply(anne, TWO_YEARS + 30 * DAY)

    assert consents.expire(TWO_YEARS + DAY) == 0
    assert is_subscribed(anne)


def test_a_no_is_not_undone_by_what_somebody_did(anne):
    imply(anne)
    consents.withdraw(anne, purpose="newsletter", page="/")

    assert imply(anne) is None
    assert not is_subscribed(anne)


def test_an_implied_yes_without_an_end_is_refused_by_the_database(anne):
    with pytest.raises(IntegrityError):
        Consent.objects.create(
            supporter=anne, purpose="newsletter", answer="given", basis="implied"
        )


def test_every_yes_and_no_is_proved_with_its_wording(anne, monkeypatch):
    monkeypatch.setattr("plaidoyer.config.rights.load", lambda: None)
    make_reader("suzie")
    imply(anne)

    whole = CliRunner().invoke(cli.main, ["consents", "export"]).output
    [first, second] = csv.DictReader(whole.splitlines())
    of_anne = CliRunner().invoke(
        cli.main, ["consents", "export", "--format", "json", "--email", "Anne@Post.example"]
    )

    assert (first["email"], first["basis"]) == ("suzie@post.example", "express")
    assert (first["wording"], first["wording_language"]) == ("Yes, write to me.", "en")
    assert (second["basis"], second["expires_at"][:4]) == ("implied", str(TWO_YEARS.year))
    assert json.loads(of_anne.output)["email"] == "anne@post.example"


def test_who_was_erased_is_erased_again_after_an_old_copy_is_put_back(
    anne, settings, tmp_path, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr("plaidoyer.config.rights.load", lambda: None)
    settings.ERASURES_FILE = tmp_path / "erasures"
    make_reader("suzie")
    before = anne.mark
    with django_capture_on_commit_callbacks(execute=True):
        privacy.erase(anne)
    assert "anne" not in settings.ERASURES_FILE.read_text()
    assert settings.ERASURES_FILE.read_text() == erasures.listed()
    assert settings.ERASURES_FILE.stat().st_mode & 0o777 == 0o600

    Erasure.objects.all().delete()
    there = Supporter.objects.get(pk=anne.pk)
    there.mark, there.email = before, "anne@post.example"
    there.save()
    answer = CliRunner().invoke(cli.main, ["erasures", "reapply", str(settings.ERASURES_FILE)])

    assert answer.output == "1 erased again, of 1 in the list.\n"
    assert not Supporter.objects.filter(mark=before).exists()
    assert supporter("suzie@post.example").email


def test_a_file_that_is_no_list_of_erasures_says_where(tmp_path, monkeypatch):
    monkeypatch.setattr("plaidoyer.config.rights.load", lambda: None)
    path = tmp_path / "x"
    path.write_text("2026-01-01T00:00:00 no-number\n")

    answer = CliRunner().invoke(cli.main, ["erasures", "reapply", str(path)])

    assert answer.exit_code == 1
    assert "line 1" in answer.output
