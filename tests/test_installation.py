"""What an installation is from its first day: no account, no open folder, TLS, slow hashes."""

import ast
import json
import os
import re
import string
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as config
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

import plaidoyer
from plaidoyer.actions.kinds.open_letter import logos
from plaidoyer.lib import drawings

PACKAGE = Path(plaidoyer.__file__).parent
ROOT = Path(__file__).parents[1]
ENCRYPTED = {"BASE_URL": "https://act.river.example", "ALLOWED_HOSTS": "act.river.example"}


def behind_tls(*names):
    """Settings of an installation whose address is https."""
    told = "import json; from plaidoyer.config import settings as s; "
    told += f"print(json.dumps([getattr(s, name) for name in {names!r}]))"
    environment = {**os.environ, **ENCRYPTED}
    said = subprocess.check_output([sys.executable, "-c", told], env=environment, text=True)
    return json.loads(said)


def test_an_installation_behind_tls_names_its_cookies_for_this_host_alone():
    names = "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"

    session, csrf, *secure = behind_tls(*names)

    assert session.startswith("__Host-")
    assert csrf.startswith("__Host-")
    assert secure == [True, True]
    assert not hasattr(config, "SESSION_COOKIE_DOMAIN") or config.SESSION_COOKIE_DOMAIN is None


@pytest.mark.django_db
def test_what_comes_without_tls_is_led_to_it(settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

    plain = Client().get("/en/")
    encrypted = Client(headers={"x-forwarded-proto": "https"}).get("/en/")

    assert plain.headers["Location"] == "https://testserver/en/"
    assert encrypted.status_code == 200
    assert Client().get("/healthz").status_code == 200


@pytest.mark.django_db
def test_a_new_installation_has_no_account():
    assert User.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("folder", ["/media/", "/media/images/", "/static/", "/static/website/"])
def test_no_folder_is_listed(settings, tmp_path, folder):
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "river.png").write_bytes(b"x")

    answer = Client().get(folder, follow=True)

    assert answer.status_code == 404
    assert "river.png" not in answer.text


def test_no_broken_hash_or_cipher_is_called():
    """MD5 and SHA-1 sign nothing, and nothing is encrypted by a mode that shows patterns."""
    # The database keeps long addresses apart by an MD5 of its own, which protects nothing.
    broken = re.compile(r"hashlib\.(?:md5|sha1)|hashes\.(?:MD5|SHA1)|modes\.ECB|TripleDES|ARC4")
    modules = [path for path in PACKAGE.rglob("*.py") if "tests" not in path.parts]

    found = [str(path) for path in modules if broken.search(path.read_text())]

    assert found == []
    assert broken.search("hashlib.md5(")  # the control


def test_passwords_are_kept_by_a_slow_hash():
    kept = make_password("river-meadow-river")

    assert kept.startswith(("pbkdf2_sha256$", "argon2", "scrypt"))
    if kept.startswith("pbkdf2"):
        assert int(kept.split("$")[1]) >= 600_000  # OWASP's number for PBKDF2-HMAC-SHA256


@pytest.mark.django_db
def test_the_key_of_a_session_has_more_than_128_bits():
    keys = {new_key() for _number in range(50)}

    assert len(keys) == 50
    assert {len(key) for key in keys} == {32}
    assert set("".join(keys)) <= set(string.ascii_lowercase + string.digits)  # 32 × 5.17 bits


def new_key():
    store = SessionStore()
    store.create()
    return store.session_key


def test_what_is_uploaded_is_told_in_the_documentation():
    page = (ROOT / "docs" / "reference" / "security.md").read_text()

    for name in ("PNG", "JPEG", "WebP", "GIF", "AVIF"):
        assert name in page
        assert name.upper() in drawings.FORMATS
    assert f"{config.WAGTAILIMAGES_MAX_IMAGE_PIXELS // 1_000_000} million points" in page
    assert f"{logos.MOST_POINTS // 1_000_000} million points" in page


@pytest.mark.django_db
def test_an_account_that_is_closed_has_no_session_any_more():
    ed = User.objects.create_superuser("ed", "ed@river.example", "river-meadow-river")
    client = Client()
    client.force_login(ed)

    ed.is_active = False
    ed.save()

    assert client.get("/admin/").status_code == 302


def test_no_secret_stands_in_the_source():
    """A long text given to something called a key, a secret or a password."""
    found = []
    for path in PACKAGE.rglob("*.py"):
        if {"tests", "demo", "migrations"} & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                names = [one.id.lower() for one in node.targets if isinstance(one, ast.Name)]
                is_secret = any(re.search(r"secret|password|api_key|token$", one) for one in names)
                if is_secret and isinstance(node.value.value, str) and len(node.value.value) > 20:
                    found.append(f"{path}:{node.lineno}")

    assert found == []
