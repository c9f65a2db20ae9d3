"""A page that passes another form on: its links, its words, its pictures, and who came."""

import pytest

from plaidoyer.actions import confirmations, counting, intake, sharing
from plaidoyer.lib.words import Words
from plaidoyer.testing import make_form, make_organiser, make_pages, typed

pytestmark = pytest.mark.django_db

SUZIE = {"given_name": "Suzie", "family_name": "Roy", "language": "en", "page": "/"}


@pytest.fixture
def petition():
    form = make_form()
    make_pages(form)
    return form


@pytest.fixture
def kit(petition):
    """A share kit for the petition, with pages in both languages beside it."""
    options = {"form": petition.public_id, "words": {"en": "Friends, read this.", "fr": "Lisez."}}
    form = make_form(petition.campaign, kind="share", options=options)
    for page in petition.pages.all():
        page.copy(update_attrs={"form": form, "slug": "pass-it-on", "title": "Pass it on"})
    return form


def come(form, via, number):
    act = intake.append(form, email=f"s{number}@post.example", via=via, **SUZIE)
    confirmations.confirm(act)
    return act


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_kit_has_links_words_and_pictures(client, petition, kit, language):
    page = client.get(f"/{language}/campagnes/meadow/pass-it-on/")

    shown = page.content.decode()
    assert f"/{language}/campagnes/meadow/agir/?via=link" in shown
    assert {"en": "Friends, read this.", "fr": "Lisez."}[language] in shown
    for code in ("fr", "en"):
        assert f"/picture/{petition.public_id}-{code}.png" in shown
    assert "max-age" in page.headers["Cache-Control"]
    assert "https://" not in "".join(part for part in shown.split('src="')[1:])[:0]


def test_it_counts_who_came_because_it_was_passed_on(client, petition, kit):
    for number, via in enumerate(["whatsapp", "link", "", "letter", "press.example"]):
        come(petition, via, number)
    counting.advance()
    sharing.recount()

    page = client.get("/en/campagnes/meadow/pass-it-on/")

    assert page.context["progress"]["value"] == 2
    assert counting.confirmed([petition, kit])[petition.pk].value == 5
    assert "people came because somebody passed it on" in page.content.decode()


def test_what_is_taken_back_or_held_is_not_counted(petition, kit):
    act = come(petition, "whatsapp", 1)
    sharing.recount()
    confirmations.withdraw(act)
    sharing.recount()

    assert counting.confirmed([kit])[kit.pk].value == 0


def test_it_takes_no_act(client, kit):
    answer = client.post(f"/en/actions/{kit.public_id}/", {"email": "suzie@post.example"})

    assert answer.status_code == 302


@pytest.mark.parametrize("options", [{}, {"form": "unknown"}, {"form": None, "words": None}])
def test_a_kit_of_nothing_says_so(client, kit, options):
    kit.options = options
    kit.save()

    assert "takes nothing now" in client.get("/en/campagnes/meadow/pass-it-on/").content.decode()


def test_an_organiser_makes_one(client, petition):
    client.force_login(make_organiser())
    address = "/admin/forms/new/?kind=share"
    assert petition.public_id in client.get(address).content.decode()

    client.post(
        address,
        typed(
            campaign=petition.campaign.pk,
            name=Words(fr="Partager", en="Pass it on"),
            opens_at="2026-01-01 10:00",
            challenge="trouble",
            **{"options-form": petition.public_id, "options-words": Words(en="Read this.")},
        ),
    )

    made = petition.campaign.forms.get(kind="share")
    assert made.options["form"] == petition.public_id
