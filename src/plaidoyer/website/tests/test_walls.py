"""What browsers are told, and what is taken from whom."""

import base64
import hashlib
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import wagtail_localize
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from plaidoyer.actions.models import Action
from plaidoyer.config import browsers
from plaidoyer.lib import drawings
from plaidoyer.testing import make_form, make_pages
from plaidoyer.website import middleware

GOOD = {"given_name": "Suzie", "family_name": "Roy", "email": "suzie@post.example", "page": "/"}
ENCRYPTED = {
    "BASE_URL": "https://act.river.example",
    "ALLOWED_HOSTS": "act.river.example",
    "SECRET_KEY": "a long key of an installation that is asked for by a check only, 0123456789",
}


@pytest.fixture
def form(db):
    form = make_form()
    make_pages(form)
    return form


def act(client, form, **headers):
    return client.post(f"/en/actions/{form.public_id}/", GOOD, headers=headers)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/en/", "/fr/nowhere/", "/healthz", "/admin/login/", "/media/x"]
)
def test_every_answer_says_what_nothing_here_uses(client, address):
    said = client.get(address).headers

    assert said["X-Content-Type-Options"] == "nosniff"
    assert said["Cross-Origin-Opener-Policy"] == "same-origin"
    assert said["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in said["Permissions-Policy"]
    assert said["Referrer-Policy"] in {"strict-origin-when-cross-origin", "no-referrer"}
    assert "default-src 'none'" in said["Content-Security-Policy"]
    assert "object-src 'none'" in said["Content-Security-Policy"]


@pytest.mark.django_db
def test_public_pages_let_nothing_inline_run(client, form):
    policy = client.get("/en/campagnes/meadow/agir/").headers["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "nonce" not in policy  # caches keep the page: a nonce would be everybody's
    assert "require-trusted-types-for 'script'" in policy


@pytest.mark.django_db
def test_a_page_of_somebody_else_sends_no_act(client, form):
    answer = act(client, form, sec_fetch_site="cross-site", origin="https://mallory.example")

    assert answer.status_code == 403
    assert "This came from another site" in answer.text
    assert 'name="email" value="suzie@post.example"' in answer.text
    assert not Action.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "anything"},
        {"origin": "https://mallory.example"},
        {"origin": "http://[broken"},
        {"origin": "https://testserver.mallory.example"},
    ],
)
def test_nor_does_one_that_an_old_browser_shows(client, form, headers):
    assert act(client, form, **headers).status_code == 403
    assert not Action.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "same-origin", "origin": "null"},  # our pages that name no origin
        {"sec_fetch_site": "none"},
        {"origin": "http://testserver"},
        {"origin": "null"},
        {},  # a program
    ],
)
def test_our_own_pages_do(client, form, headers):
    assert act(client, form, **headers).status_code == 303
    assert Action.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "DEBUG", "PROPFIND", "GET "])
@pytest.mark.parametrize("address", ["/en/", "/admin/", "/healthz", "/static/website/share.js"])
def test_a_method_that_nobody_knows_is_refused(client, method, address):
    answer = client.generic(method, address)

    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_what_an_address_does_not_do_is_told_with_what_it_does(client, form, method):
    for address in (f"/en/actions/{form.public_id}/", "/en/campagnes/meadow/agir/", "/healthz"):
        answer = client.generic(method, address)

        assert answer.status_code == 405
        assert "GET" in answer.headers["Allow"]


def in_production(*words):
    """Runs the program with the settings of an installation behind TLS; what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "django", *words],
        env={
            **os.environ,
            **ENCRYPTED,
            "DJANGO_SETTINGS_MODULE": "plaidoyer.config.settings",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_an_installation_behind_tls_leaves_nothing_to_warn_of():
    code, said = in_production("check", "--deploy", "--fail-level", "WARNING")

    assert code == 0, said


def test_without_tls_the_same_check_warns(monkeypatch):
    monkeypatch.setitem(ENCRYPTED, "BASE_URL", "http://act.river.example")

    code, said = in_production("check", "--deploy", "--fail-level", "WARNING")

    assert code == 1
    assert "security.W004" in said


@pytest.mark.django_db
def test_cookies_of_the_back_office_are_nobody_elses(client, settings):
    answer = client.get("/en/staff/login/")

    cookie = answer.cookies[settings.CSRF_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_host_behind_tls_is_known_for_a_year():
    assert browsers.headers(31536000, False)["Strict-Transport-Security"] == "max-age=31536000"
    assert "preload" in browsers.headers(31536000, True)["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in browsers.headers(0, True)


FIELD = (
    '<script>initDateTimeChooser("id_x\\u002D1", {"format": "Y-m-d", "weeks": [1, 2]});</script>'
)


@pytest.mark.parametrize(
    "script",
    [
        FIELD,
        '<script>new ImageChooser("id_picture", {"modalUrl": "/admin/images/chooser/"});</script>',
        "<script>\n(function() {\n var panel = new InlinePanel("
        'JSON.parse("{\\u0022a\\u0022: 1}"));\n})();\n</script>',
    ],
)
def test_the_beginning_of_a_field_is_known(script):
    assert middleware.BEGINNINGS.search(script)


def test_the_script_of_the_translator_is_the_one_that_the_policy_names():
    """Another version of it would not run: the policy then names that one."""
    page = Path(wagtail_localize.__file__).parent / "templates/wagtail_localize/admin"
    [script] = re.findall(
        r'<script type="text/javascript">(.*?)</script>',
        (page / "submit_translation.html").read_text(),
        re.DOTALL,
    )

    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()

    assert f"'sha256-{digest}'" == browsers.CHOOSES_ALL


def test_a_screen_says_how_long_it_is_once_its_scripts_have_their_nonce(admin_client):
    response = admin_client.get("/admin/milestones/new/")

    assert b'<script nonce="' in response.content
    assert int(response["Content-Length"]) == len(response.content)


@pytest.mark.parametrize(
    "script",
    [
        "<script>alert(1)</script>",
        FIELD.replace("2]}", "2], x: alert(1)}"),
        FIELD.replace(");<", ");alert(1)<"),
        FIELD.replace("Y-m-d", 'Y"+alert(1)+"'),
        FIELD.replace("initDateTimeChooser", "eval"),
        FIELD.replace("<script>", "<script src=//mallory.example>"),
        FIELD.replace("Y-m-d", "</script><script>alert(1)"),
    ],
)
def test_any_other_script_inside_a_page_gets_no_nonce(script):
    assert not re.match(middleware.BEGINNINGS, script)


def picture(format_="JPEG", size=(40, 20), **more):
    drawn = io.BytesIO()
    Image.new("RGB", size, "#0b6e6e").save(drawn, format_, **more)
    return drawn.getvalue()


def located():
    """A photograph that says where it was taken, with a page behind its end."""
    exif = Image.Exif()
    exif[0x010E] = "At Suzie's house"
    exif[0x0112] = 6  # turned
    exif.get_ifd(0x8825)[2] = (45.0, 30.0, 0.0)
    return picture(exif=exif, comment=b"SUZIE-WAS-HERE") + b"<script>alert(1)</script>"


def test_a_picture_is_kept_without_where_it_was_taken():
    drawn = drawings.redrawn(io.BytesIO(located()), most_points=10_000, most_side=200)

    kept = Image.open(io.BytesIO(drawn))
    assert (kept.format, kept.size, dict(kept.getexif())) == ("JPEG", (20, 40), {})
    assert b"Suzie" not in drawn
    assert b"SUZIE" not in drawn
    assert b"script" not in drawn


@pytest.mark.parametrize("format_", ["PNG", "WEBP", "GIF", "AVIF"])
def test_every_format_comes_out_as_it_was(format_):
    drawn = drawings.redrawn(io.BytesIO(picture(format_)), most_points=10_000, most_side=200)

    assert Image.open(io.BytesIO(drawn)).format == format_


def bomb():
    """A PNG that says it has 50,000 × 50,000 points."""
    small = picture("PNG")
    return small[:16] + (50_000).to_bytes(4) * 2 + small[24:]


@pytest.mark.parametrize(
    "sent",
    [
        bomb(),
        b"",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        picture()[:-200],
        b"%PDF-1.7",
    ],
    ids=["bomb", "empty", "cut", "svg", "half", "pdf"],
)
def test_what_is_no_picture_is_refused(sent):
    with pytest.raises(drawings.BadPictureError):
        drawings.redrawn(io.BytesIO(sent), most_points=10_000, most_side=200)


@pytest.mark.django_db
def test_an_organiser_s_photograph_is_drawn_anew(admin_client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    file = SimpleUploadedFile("meadow.jpg", located(), "image/jpeg")

    answer = admin_client.post("/admin/images/add/", {"title": "Meadow", "file": file})

    assert answer.status_code == 302, answer.context["form"].errors
    [kept] = tmp_path.rglob("*.jpg")
    assert b"SUZIE" not in kept.read_bytes()
    assert b"Suzie" in located()  # the control


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["meadow.svg", "meadow.png"])
def test_a_drawing_that_can_run_is_refused(admin_client, settings, tmp_path, name):
    settings.MEDIA_ROOT = tmp_path
    file = SimpleUploadedFile(name, b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml")

    answer = admin_client.post("/admin/images/add/", {"title": "Meadow", "file": file})

    assert answer.status_code == 200
    assert "file" in answer.context["form"].errors


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["page.html", "a.svg", "a.pdf", "a.js"])
def test_a_document_is_downloaded_and_can_do_nothing(
    client, admin_client, settings, tmp_path, name
):
    settings.MEDIA_ROOT = tmp_path
    file = SimpleUploadedFile(name, b"<script>alert(1)</script>")
    admin_client.post("/admin/documents/add/", {"title": "Answer", "file": file})
    from wagtail.documents.models import Document

    answer = client.get(Document.objects.get().url)

    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
def test_an_uploaded_file_can_do_nothing_wherever_it_is_opened(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "river.png").write_bytes(picture("PNG"))

    said = client.get("/media/river.png").headers

    assert "sandbox" in said["Content-Security-Policy"]
    assert said["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "host", ["mallory.example", "testserver.mallory.example", "a b", "", "x" * 300]
)
def test_another_host_is_refused(form, settings, host):
    settings.ALLOWED_HOSTS = ["testserver"]

    assert Client(headers={"host": host}).get("/en/").status_code == 400
