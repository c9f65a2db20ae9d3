"""Addresses that lead elsewhere, up, or to somebody else: followed nowhere."""

import re
import secrets
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core import signing
from django.test import Client

from plaidoyer.actions import intake
from plaidoyer.actions.messages import CONFIRM
from plaidoyer.lib import tokens
from plaidoyer.testing import make_form, make_pages

pytestmark = pytest.mark.django_db

ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "https://evil.example",
    "https:evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/%09/evil.example",
    "http://testserver@evil.example",
    "http://testserver.evil.example/",
    "//evil.example/%2f..",
    "javascript:alert(1)",
    "%0d%0aLocation: //evil.example",
    "/\r\nSet-Cookie: x=y",
    "\u3000//evil.example",
]
ASKING = ("next", "return_to", "back", "url", "redirect", "page", "to", "lang")


def leads_elsewhere(answer):
    location = answer.headers.get("Location", "")
    host = urlsplit(location.replace("\\", "/")).hostname
    return host not in {None, "testserver", "localhost"} or "\n" in location


@pytest.fixture
def form():
    form = make_form()
    make_pages(form)
    return form


@pytest.mark.parametrize("where", ELSEWHERE)
def test_no_link_of_ours_leads_to_another_site(admin_client, form, where):
    public = Client()
    asked = dict.fromkeys(ASKING, where)
    for address in ("/", "/en/", "/en/campagnes/meadow/agir/", "/en/me/", "/en/complaints/new/"):
        assert not leads_elsewhere(public.get(address, asked)), address
    act = {"given_name": "S", "family_name": "R", "email": "s@post.example", "page": where}
    assert not leads_elsewhere(public.post(f"/en/actions/{form.public_id}/", act | asked))
    login = {"username": "admin", "password": "password", "next": where}
    assert not leads_elsewhere(Client().post(f"/admin/login/?next={where}", login))
    for address in ("/admin/", "/admin/forms/", "/admin/mail/"):
        assert not leads_elsewhere(admin_client.get(address, asked)), address


def test_a_path_of_two_slashes_stays_here():
    for path in (
        "//evil.example/",
        "/%2f%2fevil.example",
        "/\\evil.example",
        "//evil.example/en/..",
    ):
        assert not leads_elsewhere(Client().get(path)), path


UP = [
    "../secret_key",
    "..%2fsecret_key",
    "%2e%2e/secret_key",
    "%2e%2e%2fsecret_key",
    "....//secret_key",
    "..\\secret_key",
    "%252e%252e%252fsecret_key",
    "/etc/passwd",
    "//etc/passwd",
    "secret_key%00.png",
    "link.png",
    "a/../../secret_key",
]


@pytest.mark.parametrize("path", UP)
def test_no_path_leads_out_of_the_folder(settings, tmp_path, path):
    folder = tmp_path / "media"
    folder.mkdir()
    settings.MEDIA_ROOT = folder
    (tmp_path / "secret_key").write_text("SECRET")
    (folder / "river.png").write_bytes(b"RIVER")
    for before in ("/media/", "/static/", "/documents/1/", "/en/"):
        answer = Client().get(before + path)
        content = b"".join(answer) if answer.streaming else answer.content
        assert answer.status_code in {301, 302, 400, 404}, before
        assert b"SECRET" not in content
        assert b"root:" not in content
    control = Client().get("/media/river.png")
    assert b"".join(control) == b"RIVER"


def test_a_million_guesses_open_nothing(form):
    """Of a token: its 256-bit proof is looked at before anything else, without the database."""
    act = intake.append(
        form, email="s@post.example", given_name="S", family_name="R", language="en", page="/"
    )
    right = tokens.make(CONFIRM, act.uid)
    start, _dot, proof = right.rpartition(".")
    read = 0
    for _guess in range(20_000):
        wrong = f"{start}.{secrets.token_urlsafe(32)}"
        try:
            tokens.read(CONFIRM, wrong)
            read += 1
        except tokens.BadTokenError:
            pass
    assert read == 0
    assert tokens.read(CONFIRM, right) == act.uid  # the control
    # 43 signs of base64 are 256 bits: a million guesses in a second for all time find none.
    assert len(proof) == 43
    assert len(signing.b64_decode(start.encode())) == uuid.UUID(int=0).bytes.__len__()


def test_no_address_counts_upwards():
    """Public addresses have random names; a number in one is a page of a list, or a picture's."""
    numbered = []
    for path in Path("src/plaidoyer").rglob("urls.py"):
        if {"demo", "ledger"} & set(path.parts):  # the demo's mails, a public log's pieces
            continue
        found = re.findall(r'path\(\s*"([^"]*<int:[^"]*)"', path.read_text())
        numbered += [f"{path}: {one}" for one in found]

    assert numbered == []


def test_any_links_answer_to_a_stranger_is_the_same(client, form):
    act = intake.append(
        form, email="s@post.example", given_name="S", family_name="R", language="en", page="/"
    )
    other = tokens.make(CONFIRM, uuid.uuid4())  # rightly signed, of nobody
    forged = other[:-4] + "AAAA"
    pages = {client.get(f"/en/confirmation/{token}/").content for token in (other, forged)}
    known = client.get(f"/en/confirmation/{tokens.make(CONFIRM, act.uid)}/")

    assert len({re.sub(rb"/confirmation/[^/]+/", b"", page) for page in pages}) == 1
    assert known.status_code in {200, 404}
