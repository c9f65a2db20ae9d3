"""The back office's screens of a newsletter: write, look, check, try."""

import json

import pytest
from django.urls import reverse

from plaidoyer.mail.models import Envelope
from plaidoyer.newsletters import checks, trials
from plaidoyer.newsletters.models import Mailing
from plaidoyer.testing import make_organiser

pytestmark = pytest.mark.django_db


@pytest.fixture
def ed(client):
    ed = make_organiser("ed")
    client.force_login(ed)
    return ed


def rich(text):
    """Rich text as the back office's editor sends it."""
    block = {"key": "a", "text": text, "type": "unstyled", "depth": 0}
    block |= {"inlineStyleRanges": [], "entityRanges": []}
    return json.dumps({"blocks": [block], "entityMap": {}})


def sheet(name="Spring", **versions):
    """What a browser sends for the screen on which a newsletter is written."""
    sent = {"name": name, "on_web": "on"}
    for language in ("fr", "en"):
        said = versions.get(language, {})
        for field in ("subject", "subject_b", "preheader", "seen"):
            sent[f"{language}-{field}"] = said.get(field, "")
        blocks = said.get("blocks", [])
        sent[f"{language}-body-count"] = len(blocks)
        for number, (kind, value) in enumerate(blocks):
            at = f"{language}-body-{number}"
            sent |= {f"{at}-type": kind, f"{at}-order": number, f"{at}-deleted": "", f"{at}-id": ""}
            values = value if isinstance(value, dict) else {"": value}
            sent |= {f"{at}-value{key and '-'}{key}": one for key, one in values.items()}
    return sent


def seen(client, pk):
    """The digests that the screen carries, by language."""
    page = client.get(reverse("writing:write", args=[pk]))
    return {column["code"]: column["form"].stored for column in page.context["columns"]}


def write(client, mailing, do="save", **versions):
    stamps = seen(client, mailing.pk)
    told = {code: {"seen": stamps[code], **said} for code, said in versions.items()}
    for code in stamps:
        told.setdefault(code, {"seen": stamps[code]})
    path = reverse("writing:write", args=[mailing.pk])
    return client.post(path, {**sheet(**told), "do": do})


ENGLISH = {"subject": "Beavers!", "blocks": [("heading", "They are back"), ("text", rich("Hi."))]}
FRENCH = {"subject": "Les castors !", "blocks": [("heading", "Les voilà"), ("text", rich("Oui."))]}


def test_a_newsletter_is_begun_written_looked_at_and_checked(client, ed):
    begun = client.post(reverse("writing:new"), {"name": "Spring", "on_web": "on"})
    mailing = Mailing.objects.get()
    assert begun.url == reverse("writing:write", args=[mailing.pk])

    saved = write(client, mailing, en=ENGLISH, fr=FRENCH)

    assert saved.status_code == 302, saved.context["columns"][0]["form"].errors
    versions = {version.language: version for version in mailing.versions.all()}
    assert versions["en"].subject == "Beavers!"
    assert "They are back" in versions["en"].html
    assert "Les voilà" in versions["fr"].text
    for name in ("writing:look", "writing:check", "mailings:inspect", "writing:write"):
        assert client.get(reverse(name, args=[mailing.pk])).status_code == 200


def test_the_parts_of_a_preview_run_nothing_and_ask_nobody(client, ed):
    mailing = Mailing.objects.create(name="Spring")
    write(client, mailing, en=ENGLISH)

    for shape in ("phone", "desktop", "dark", "text"):
        page = client.get(reverse("writing:part", args=[mailing.pk, "en", shape]))
        assert page.status_code == 200
        assert "sandbox; default-src 'none'" in page["Content-Security-Policy"]
        assert page["X-Frame-Options"] == "SAMEORIGIN"
        assert "Hello Suzie," in page.content.decode()


def test_an_error_keeps_everything_that_was_typed(client, ed):
    mailing = Mailing.objects.create(name="Spring")
    button = {"label": "Look", "page": "", "url": ""}
    both = {"subject": "Beavers!", "blocks": [("heading", "Kept words"), ("button", button)]}

    page = write(client, mailing, en=both, fr=FRENCH)

    assert page.status_code == 200
    assert not mailing.versions.exists()
    body = page.content.decode()
    assert "Kept words" in body
    assert "Les castors !" in body
    assert "Choose one: a page of this site or an address." in body


def test_who_saves_over_somebody_elses_words_is_told_first(client, ed):
    mailing = Mailing.objects.create(name="Spring")
    early = seen(client, mailing.pk)
    write(client, mailing, en=ENGLISH)
    path = reverse("writing:write", args=[mailing.pk])
    mine = sheet(en={**ENGLISH, "subject": "Otters!", "seen": early["en"]})

    first = client.post(path, mine)

    assert first.status_code == 200
    assert "Otters!" in first.content.decode()
    assert mailing.versions.get().subject == "Beavers!"
    mine |= {f"{code}-seen": one for code, one in seen(client, mailing.pk).items()}
    assert client.post(path, mine).status_code == 302
    assert mailing.versions.get().subject == "Otters!"


def test_blocks_are_copied_to_an_empty_version_and_never_over_words(client, ed):
    mailing = Mailing.objects.create(name="Spring")

    write(client, mailing, do="copy-fr", en=ENGLISH)

    french = mailing.versions.get(language="fr")
    assert [block.block_type for block in french.body] == ["heading", "text"]
    blocks = [("heading", "Les voilà")]
    write(client, mailing, do="copy-fr", en=ENGLISH, fr={"subject": "Oui", "blocks": blocks})
    assert [b.value for b in mailing.versions.get(language="fr").body] == ["Les voilà"]


def test_a_version_that_was_emptied_is_gone(client, ed):
    mailing = Mailing.objects.create(name="Spring")
    write(client, mailing, en=ENGLISH, fr=FRENCH)

    write(client, mailing, en=ENGLISH)

    assert [version.language for version in mailing.versions.all()] == ["en"]


def test_characters_that_only_machines_read_are_dropped(client, ed):
    mailing = Mailing.objects.create(name="Spring")
    hostile = "Hi\r\nBcc: all@river.example\x00\u202e"

    write(client, mailing, en={"subject": hostile, "blocks": [("heading", f"A{hostile}")]})

    version = mailing.versions.get()
    assert version.subject == "Hi Bcc: all@river.example"
    assert "\x00" not in version.html


def test_what_is_no_draft_any_more_keeps_its_words(client, ed):
    mailing = Mailing.objects.create(name="Spring")
    write(client, mailing, en=ENGLISH)
    Mailing.objects.update(state="sent")

    page = client.get(reverse("writing:write", args=[mailing.pk]))

    assert page.url == reverse("mailings:inspect", args=[mailing.pk])


def test_a_warning_is_accepted_with_who_and_when(client, ed):
    mailing = Mailing.objects.create(name="Spring")
    write(client, mailing, en=ENGLISH)
    [warning] = [one for one in checks.run(mailing) if one.level == checks.WARNING]
    assert checks.in_the_way(mailing) == [warning.words]

    client.post(reverse("writing:check", args=[mailing.pk]), {"accept": [warning.key]})

    assert checks.in_the_way(mailing) == []
    assert checks.accepted(mailing)[warning.key].by == ed
    assert (
        "Accepted by ed" in client.get(reverse("writing:check", args=[mailing.pk])).content.decode()
    )


def test_a_trial_goes_to_the_staff_and_to_nobody_else(client, ed):
    mailing = Mailing.objects.create(name="Spring")
    write(client, mailing, en=ENGLISH, fr=FRENCH)
    suzie = make_organiser("suzie")
    suzie.groups.clear()
    path = reverse("writing:trial", args=[mailing.pk])

    client.post(path, {"person": [ed.pk, suzie.pk, "x", 10**30]})

    sent = Envelope.objects.filter(kind="trial")
    assert {envelope.to_address for envelope in sent} == {ed.email}
    messages = trials.compose(list(sent)).values()
    assert {message.subject for message in messages} == {
        "[Test] Beavers!",
        "[Test] Les castors !",
    }
    assert all("Suzie" in message.text for message in messages)


@pytest.mark.parametrize("name", ["write", "look", "check", "trial"])
def test_only_the_staff_see_the_screens(client, name):
    mailing = Mailing.objects.create(name="Spring")

    assert client.post(reverse(f"writing:{name}", args=[mailing.pk])).status_code == 302
    assert client.get(reverse("writing:new")).status_code == 302
