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
