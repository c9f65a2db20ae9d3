"""Anybody reports a page without an account; it is decided in time, with words, and counted."""

import datetime

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils import timezone

from plaidoyer.complaints import filings, reporting, rulings
from plaidoyer.complaints.models import Complaint, Ruling
from plaidoyer.testing import make_form, make_pages

pytestmark = pytest.mark.django_db

PAGE = "/en/campagnes/meadow/agir/"
GOOD = {"page": PAGE, "reason": "threat", "text": "It says to go to her house."}


@pytest.fixture
def form():
    form = make_form()
    make_pages(form)
    return form


def complain(**said):
    return filings.file(**{**GOOD, "language": "en", **said})


def ruler(name="anne"):
    return User.objects.create_superuser(name, f"{name}@river.example", "river-meadow-river")


def test_anybody_reports_a_page_and_sees_at_once_by_when_it_is_decided(client, form):
    page = client.get(PAGE).text
    assert f"/en/complaints/new/?page={PAGE}" in page
    assert PAGE in client.get("/en/complaints/new/", {"page": PAGE}).text

    answer = client.post("/en/complaints/new/", GOOD)

    complaint = Complaint.objects.get()
    assert complaint.form == form
    assert complaint.due_at - complaint.filed_at == datetime.timedelta(hours=24)
    followed = client.get(answer.headers["Location"])
    assert "We have your report" in followed.text
    assert followed.headers["Cache-Control"] == "private, no-store"
    assert not answer.cookies


def test_what_harms_nobody_has_three_days():
    assert complain(reason="false").due_at - timezone.now() > datetime.timedelta(hours=71)


@pytest.mark.parametrize(
    "typed",
    [{}, {"reason": "opinion"}, {"page": ""}, {"page": "javascript:x"}, {"text": "x" * 3_001}],
)
def test_what_cannot_be_is_told_and_what_was_typed_stays(client, typed):
    answer = client.post("/en/complaints/new/", (GOOD | typed) if typed else {})

    assert answer.status_code == 422
    assert not Complaint.objects.exists()
    assert not typed or "It says to go to her house." in answer.text or "text" in typed


@pytest.mark.parametrize(
    "page", [f"http://localhost:8000{PAGE}?a=1#b", PAGE, "/nowhere/", "/\x00/é"]
)
def test_any_address_of_ours_will_do(client, form, page):
    assert client.post("/en/complaints/new/", GOOD | {"page": page}).status_code == 303


def test_a_decision_is_read_by_its_link_and_asked_for_once_more_of_somebody_else(client):
    complaint, anne, ed = complain(), ruler(), ruler("ed")
    rulings.rule(complaint, outcome="kept", words="It names an office.", by=anne)
    address = f"/en/complaints/{filings.token(complaint)}/"
    assert "It names an office." in client.get(address).text

    client.post(address, {"text": "Look at the second line."})
    client.post(address, {"text": "Again."})

    second = Complaint.objects.get(appeals=complaint)
    with pytest.raises(ValidationError, match="Somebody else"):
        rulings.rule(second, outcome="kept", words="Still.", by=anne)
    rulings.rule(second, outcome="removed", words="You are right.", by=ed)
    assert "You are right." in client.get(address).text


def test_a_complaint_is_decided_once():
    complaint, anne = complain(), ruler()
    rulings.rule(complaint, outcome="kept", words="No.", by=anne)

    with pytest.raises(ValidationError, match="already"):
        rulings.rule(complaint, outcome="removed", words="Yes.", by=ruler("ed"))


def test_everybody_sees_how_many_and_what_became_of_them(client):
    anne = ruler()
    for outcome in ("removed", "kept", "removed"):
        rulings.rule(complain(), outcome=outcome, words="So.", by=anne)
    late = complain()
    Complaint.objects.filter(pk=late.pk).update(due_at=timezone.now() - datetime.timedelta(1))
    rulings.rule(late, outcome="kept", words="Late.", by=anne)

    [row] = reporting.summary()["rows"]

    assert (row["filed"], row["removed"], row["kept"], row["in_time"]) == (4, 2, 2, 3)
    page = client.get("/en/complaints/").text
    assert "3 / 4" in page
    assert Ruling.objects.last().chain in page
    assert "It says to go to her house" not in page


def test_a_decision_that_is_taken_out_or_changed_is_noticed():
    anne = ruler()
    made = [rulings.rule(complain(), outcome="kept", words="So.", by=anne) for _number in range(3)]
    assert rulings.broken() is None

    made[1].delete()

    assert rulings.broken() == made[2]


def test_many_reports_of_one_page_are_enough(client, monkeypatch):
    monkeypatch.setattr(filings, "MOST_OF_A_PAGE", 2)
    complain()
    complain()

    answer = client.post("/en/complaints/new/", GOOD)

    assert answer.status_code == 429
    assert "Others have told us already" in answer.text
    assert client.post("/en/complaints/new/", GOOD | {"page": "/en/"}).status_code == 303


def test_texts_are_forgotten_a_year_after_the_decision():
    complaint = complain()
    rulings.rule(complaint, outcome="kept", words="So.", by=ruler())
    assert rulings.forget() == 0

    Ruling.objects.update(ruled_at=timezone.now() - datetime.timedelta(days=366))

    assert rulings.forget() == 1
    complaint.refresh_from_db()
    assert complaint.text == ""


def test_an_organiser_reads_freezes_and_decides(admin_client, form):
    complaint = complain()
    sheet = f"/admin/complaints-desk/{complaint.pk}/"
    assert "waits" in admin_client.get("/admin/complaints-desk/").text
    page = admin_client.get(sheet).text
    assert f"/admin/letters/freezes/?what=form-{form.pk}" in page

    assert admin_client.post(sheet, {"outcome": "removed"}).status_code == 422
    admin_client.post(sheet, {"outcome": "removed", "words": "It is gone."})

    assert Ruling.objects.get().words == "It is gone."
    assert "taken down" in admin_client.get("/admin/complaints-desk/").text


def test_a_strange_link_leads_nowhere_and_strangers_decide_nothing(client):
    complaint = complain()

    assert client.get("/en/complaints/nothing/").status_code == 404
    assert (
        client.post(f"/admin/complaints-desk/{complaint.pk}/", {"outcome": "kept"}).status_code
        == 302
    )
    assert not Ruling.objects.exists()
