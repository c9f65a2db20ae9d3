"""The picture of a form on a network: its title, its count, and nobody's data."""

import io

import pytest
from PIL import Image

from plaidoyer.actions import confirmations, counting, intake
from plaidoyer.lib.words import Words
from plaidoyer.testing import make_form, make_pages
from plaidoyer.website import pictures

pytestmark = pytest.mark.django_db


@pytest.fixture
def form():
    form = make_form(goal=10)
    make_pages(form)
    return form


def picture(client, form, language="en", **headers):
    return client.get(f"/picture/{form.public_id}-{language}.png", headers=headers)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_page_names_its_picture(client, form, language):
    page = client.get(f"/{language}/campagnes/meadow/agir/").content.decode()

    assert f'/picture/{form.public_id}-{language}.png">' in page
    assert 'property="og:image:alt"' in page
    assert "summary_large_image" in page
    answer = picture(client, form, language)
    assert answer.headers["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).size == pictures.SIZE
    assert "max-age=600" in answer.headers["Cache-Control"]
    assert len(answer.content) < 120_000


def test_the_same_words_are_the_same_bytes_and_are_sent_once(client, form):
    first = picture(client, form)

    again = picture(client, form, if_none_match=first.headers["ETag"])

    assert (again.status_code, again.content) == (304, b"")
    assert picture(client, form).content == first.content


def test_another_count_is_another_picture(client, form):
    first = picture(client, form)
    act = intake.append(
        form, email="suzie@post.example", given_name="Suzie", family_name="Roy", language="en",
        page="/",
    )  # fmt: skip
    confirmations.confirm(act)
    counting.advance()

    said = pictures.of(form.public_id, "en")

    assert picture(client, form).headers["ETag"] != first.headers["ETag"]
    assert (said.number, said.words) == ("1", "person has signed")
    assert "Suzie" not in said.tree


@pytest.mark.parametrize(
    "title",
    ['#let x = "', "] } $ * _ ` \\ @a <b>", "#import", "x" * 255, "مرحبا 🌻 河", "\\u{202e}", " "],
)
def test_no_title_breaks_the_drawing(client, form, title):
    form.pages.update(title=title)

    assert picture(client, form).status_code == 200


@pytest.mark.parametrize("name", ["unknown-en", "x-xx", "%00-en", "-en", "é-fr"])
def test_what_has_no_page_has_no_picture(client, form, name):
    assert client.get(f"/picture/{name}.png").status_code == 404
    assert client.get(f"/picture/{form.public_id}-de.png").status_code == 404


def test_a_page_that_is_not_public_has_no_picture(client, form):
    form.pages.update(live=False)

    assert picture(client, form).status_code == 404


def test_the_picture_has_an_organisation_without_settings(form):
    assert pictures.told(form, str(Words(en="x")), "en").organisation == "Plaidoyer"
