"""Imports in the back office, as an organiser meets them."""

import datetime

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from plaidoyer.civics.models import ContactDetail, ImportRun, Membership, Person, Upload
from plaidoyer.testing import make_minister, make_organiser, typed

pytestmark = pytest.mark.django_db

MEMBERS = """ocd_id,riding_en,riding_fr,given_name,family_name,party,email
ocd-division/country:xr/ed:1-2023,Meadow,Le Pré,Ada,Vale,Shores,vale@house.example
ocd-division/country:xr/ed:2-2023,Ridge,La Crête,Noé,Quill,Hills,
"""
OPTIONS = {
    "option_legislature": "xr-house",
    "option_name_en": "River House",
    "option_page": "https://house.example/members",
}


@pytest.fixture
def desk(client):
    """Ed's browser."""
    client.force_login(make_organiser("ed"))
    return client


def bring(desk, content=MEMBERS, **fields):
    """Brings a table to the source `csv`; the answer."""
    data = {"way": "file", **OPTIONS, **fields}
    if data["way"] == "file" and content is not None:
        raw = content if isinstance(content, bytes) else content.encode()
        data["file"] = SimpleUploadedFile("members.csv", raw)
    return desk.post(f"{reverse('imports:new')}?source=csv", data)


def test_the_sources_are_shown_with_their_licences(desk):
    page = desk.get(reverse("imports:new")).content.decode()

    assert "any legislature" in page
    assert "?source=csv" in page


def test_a_file_is_seen_kept_and_undone(desk):
    seen = bring(desk)
    preview = desk.get(seen.url).content.decode()

    assert "Ada Vale" in preview
    assert not Person.objects.exists()

    kept = desk.post(seen.url, {"step": "keep"}, follow=True).content.decode()
    run = ImportRun.objects.get()

    assert "The file is imported" in kept
    assert Membership.objects.count() == 2
    assert (run.address, run.imported_by.username) == ("members.csv", "ed")
    assert run.sha256[:32] in kept
    assert not Upload.objects.exists()
    assert "River House" not in desk.get(reverse("imports:index")).content.decode()
    assert "members.csv" in desk.get(reverse("imports:index")).content.decode()

    undone = desk.post(reverse("imports:undo", args=[run.pk]), follow=True).content.decode()

    assert "The import is undone" in undone
    assert not Person.objects.exists()


def test_a_pasted_table_is_as_good_as_a_file(desk):
    seen = bring(desk, None, way="text", text=MEMBERS)

    assert "Ada Vale" in desk.get(seen.url).content.decode()


def test_an_undo_that_would_lose_something_says_what_stands_in_its_way(desk):
    desk.post(bring(desk).url, {"step": "keep"})
    run = ImportRun.objects.get()
    Person.objects.filter(family_name="Vale").update(given_name="Adela")

    answer = desk.post(reverse("imports:undo", args=[run.pk]))

    assert answer.status_code == 409
    assert "Adela Vale was changed since" in answer.content.decode()
    assert Person.objects.count() == 2


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "The submitted file is empty"),
        (MEMBERS.replace("Quill", "=1+1"), "line 3: a cell begins like a formula"),
        (MEMBERS.encode("utf-8")[:-9] + b"\xff", "line 3: this is no UTF-8"),
        (b"\0" * 5000, "line 1: a control character"),
        (None, "Choose a file"),
    ],
)
def test_a_broken_file_is_told_beside_its_field_and_nothing_is_kept(desk, content, told):
    page = bring(desk, content)

    assert page.status_code == 200
    assert told in page.content.decode()
    assert "River House" in page.content.decode()
    assert not Upload.objects.exists()


def test_a_file_too_large_is_refused_before_it_is_read(desk):
    answer = desk.generic(
        "POST",
        f"{reverse('imports:new')}?source=csv",
        b"x",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(1024**3),
    )

    assert answer.status_code == 302
    assert "larger than 64 MiB" in desk.get(answer.url).content.decode()


def test_a_day_to_come_is_refused(desk):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)

    page = bring(desk, as_of=str(tomorrow)).content.decode()

    assert "This day has not come yet" in page


def test_a_form_without_its_token_is_refused(desk):
    desk.handler.enforce_csrf_checks = True

    assert bring(desk).status_code == 403


def test_nobody_else_sees_a_file_before_it_is_imported(desk, client):
    seen = bring(desk)
    client.force_login(make_organiser("anne"))

    assert client.get(seen.url).status_code == 302
    assert client.post(seen.url, {"step": "keep"}).status_code == 302
    assert not Person.objects.exists()


def test_who_is_no_organiser_imports_nothing(client):
    client.force_login(User.objects.create_user("mallory"))

    for address in (reverse("imports:new"), reverse("imports:index"), reverse("to-check:index")):
        assert client.get(address).status_code == 302
    assert client.post(reverse("imports:undo", args=[1])).status_code == 302


def test_looking_changes_nothing(desk):
    seen = bring(desk)

    desk.get(seen.url)
    desk.get(reverse("imports:undo", args=[1]))

    assert not ImportRun.objects.exists()


def long_ago(days=91):
    return timezone.now() - datetime.timedelta(days=days)


def test_addresses_that_bounced_or_were_not_checked_for_long_are_listed(desk):
    stale = ContactDetail.objects.get(post=make_minister(email="stale@ministry.example"))
    ContactDetail.objects.update(verified_at=long_ago())
    bounced = ContactDetail.objects.create(
        organization=stale.post.organization,
        value="gone@ministry.example",
        source="https://ministry.example/",
        bounced_at=timezone.now(),
    )
    ContactDetail.objects.create(
        organization=stale.post.organization,
        value="fresh@ministry.example",
        source="https://ministry.example/",
    )

    page = desk.get(reverse("to-check:index")).content.decode()

    assert page.index(bounced.value) < page.index(stale.value)
    assert "fresh@ministry.example" not in page


def test_one_click_says_that_an_address_was_checked_today(desk):
    make_minister()
    ContactDetail.objects.update(verified_at=long_ago(), bounced_at=timezone.now())
    detail = ContactDetail.objects.get()

    desk.get(reverse("to-check:checked", args=[detail.pk]))
    detail.refresh_from_db()
    assert detail.bounced_at

    page = desk.post(reverse("to-check:checked", args=[detail.pk]), follow=True).content.decode()

    detail.refresh_from_db()
    assert "is checked" in page
    assert detail.bounced_at is None
    assert timezone.now() - detail.verified_at < datetime.timedelta(minutes=1)


def test_the_lists_cost_as_many_queries_for_many_rows(desk, django_assert_max_num_queries):
    post = make_minister()
    for number in range(30):
        ContactDetail.objects.create(
            post=post,
            value=f"{number}@ministry.example",
            source="https://ministry.example/",
            verified_at=long_ago(),
        )
    desk.get(reverse("to-check:index"))

    with django_assert_max_num_queries(20):
        desk.get(reverse("to-check:index"))


def test_an_address_that_is_corrected_in_its_form_is_written_to_again(desk):
    post = make_minister()
    ContactDetail.objects.update(verified_at=long_ago(), bounced_at=timezone.now())
    detail = ContactDetail.objects.get()
    row = {
        "id": detail.pk,
        "type": "email",
        "value": "new@ministry.example",
        "source": detail.source,
        "verified_at": timezone.localtime(detail.verified_at).strftime("%Y-%m-%d %H:%M"),
    }
    sent = typed(
        label=post.label, organization=post.organization_id, memberships=[], contact_details=[row]
    )

    answer = desk.post(reverse("offices:edit", args=[post.pk]), sent)

    detail.refresh_from_db()
    assert answer.status_code == 302
    assert (detail.value, detail.bounced_at) == ("new@ministry.example", None)
    assert timezone.now() - detail.verified_at < datetime.timedelta(minutes=1)
