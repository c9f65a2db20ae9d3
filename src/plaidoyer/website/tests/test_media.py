"""Uploaded files leave as downloads; only pictures are shown."""

import pytest


@pytest.fixture
def uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "evidence").mkdir()
    return tmp_path


@pytest.mark.parametrize("name", ["answer.html", "map.svg", "answer.pdf", "note.txt", "x.xhtml"])
def test_a_file_given_as_evidence_is_downloaded_and_never_run(client, uploads, name):
    (uploads / "evidence" / name).write_text("<script>alert(1)</script>")
    response = client.get(f"/media/evidence/{name}")
    assert response.status_code == 200
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_picture_is_shown(client, uploads):
    (uploads / "river.png").write_bytes(b"\x89PNG")
    response = client.get("/media/river.png")
    assert response["Content-Type"] == "image/png"
    assert not response["Content-Disposition"].startswith("attachment")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["nothing.pdf", "../secret_key", "%2e%2e/secret_key", "%00", "a" * 5000], ids=range(5)
)
def test_what_is_not_there_is_not_found(client, uploads, path):
    (uploads.parent / "secret_key").write_text("secret")
    assert client.get(f"/media/{path}").status_code in {302, 400, 404}
