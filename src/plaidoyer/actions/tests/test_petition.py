"""Suzie signs, says why, and is shown as she asked; nothing shows unread."""

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plaidoyer.actions import confirmations, intake, messages, names, reviews
from plaidoyer.actions.models import Action, Held, Hold, Match, Review
from plaidoyer.civics.models import Area
from plaidoyer.lib.words import Words
from plaidoyer.supporters.privacy import erase
from plaidoyer.testing import make_form, make_organiser, make_pages

pytestmark = pytest.mark.django_db

SUZIE = {"given_name": "Suzie", "family_name": "Roy", "email": "suzie@post.example"}
OPTIONS = {"comments": True, "names": True}


@pytest.fixture
def form():
    form = make_form(options=OPTIONS)
    make_pages(form)
    return form


def shown(client, path="/en/campagnes/meadow/agir/"):
    """The text of a page as a reader sees it."""
    page = client.get(path).content.decode().partition("<main")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def sign(form, name="Suzie", *, family_name="Roy", **content):
    """A confirmed signature."""
    action = intake.append(
        form,
        email=f"{name.split()[0].lower()}{Action.objects.count()}@post.example",
        given_name=name,
        family_name=family_name,
        language="en",
        page="/en/",
        content=content,
    )
    confirmations.confirm(action)
    return action


def accept(action, part="comment"):
    ed = make_organiser(f"ed{action.pk}")
    reviews.decide(Review.objects.get(action=action, part=part), accept=True, by=ed)


def test_suzie_says_why_and_an_organiser_reads_it_first(client, form):
    typed = {**SUZIE, "comment": "My children\nswim there.", "named": "on"}
    client.post(f"/en/actions/{form.public_id}/", typed)
    act = Action.objects.get()
    client.post(f"/en{messages.confirmation_path(act)[3:]}")

    assert act.content == {"comment": "My children\nswim there.", "named": True}
    assert "My children" not in shown(client)
    accept(act)
    assert "My children swim there." in shown(client)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_petition_without_these_options_asks_nothing_more(client, language):
    form = make_form()
    make_pages(form)

    page = client.get(f"/{language}/campagnes/meadow/agir/").content.decode()
    client.post(f"/en/actions/{form.public_id}/", {**SUZIE, "comment": "x", "named": "on"})

    assert 'name="comment"' not in page
    assert 'name="named"' not in page
    assert Action.objects.get().content == {}


def test_the_box_to_be_shown_is_unticked_and_says_what_shows(client, form):
    page = client.get("/en/campagnes/meadow/agir/")

    assert "checked" not in str(page.context["form"]["named"])
    assert "Show my first name, my initial and the area of my postal code publicly" in shown(client)


def test_a_comment_of_501_characters_is_told_beside_its_field(client, form):
    answer = client.post(f"/en/actions/{form.public_id}/", {**SUZIE, "comment": "x" * 501})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["comment"]
    assert "x" * 501 in answer.content.decode()


def test_one_write_at_the_door(client, form):
    with CaptureQueriesContext(connection) as queries:
        typed = {**SUZIE, "comment": "Yes", "named": "on"}
        assert client.post(f"/en/actions/{form.public_id}/", typed).status_code == 303

    assert len(queries) <= 3
    assert sum(one["sql"].startswith(("INSERT", "UPDATE")) for one in queries) == 1


def test_recent_signers_show_only_with_their_consent(client, form):
    zoe = sign(form, "Zoé", family_name="Vale", named=True)
    sign(form, "Omar", family_name="Haddad")
    Match.objects.filter(action=zoe).update(
        area=Area.objects.create(identifier="x", name=Words(en="Meander", fr="Méandre"))
    )

    assert "Zoé V., Meander" in shown(client)
    assert "Omar" not in shown(client)
    assert "Zoé V., Méandre" in shown(client, "/fr/campagnes/meadow/agir/")


@pytest.mark.parametrize(
    "name", ["Visit https://pills.example", "www.pills.example", "B1tch", "x" * 90, "☠☠"]
)
def test_what_looks_like_no_name_waits_to_be_read(client, form, name):
    act = sign(form, name, named=True)

    assert name not in shown(client)
    assert Review.objects.get().part == "name"
    accept(act, "name")
    assert name in shown(client)


@pytest.mark.parametrize("gone", ["withdrawn", "held", "rejected", "erased"])
def test_what_does_not_count_does_not_show(client, form, gone):
    act = sign(form, "Zoé", family_name="Vale", named=True, comment="Save it")
    accept(act)
    assert "Save it" in shown(client)

    if gone == "withdrawn":
        confirmations.withdraw(act)
    elif gone == "held":
        hold = Hold.objects.create(form=form, cause=Hold.Cause.ORGANISER)
        Held.objects.create(action=act, hold=hold)
    elif gone == "erased":
        erase(act.match.supporter)
    else:
        review = Review.objects.get()
        reviews.decide(review, accept=False, by=make_organiser("anne"), reason="insult")

    assert "Save it" not in shown(client)
    assert ("Zoé V." in shown(client)) is (gone == "rejected")


def test_a_hostile_comment_is_text_and_nothing_else(client, form):
    act = sign(form, comment="<script>alert(1)</script>")
    accept(act)

    page = client.get("/en/campagnes/meadow/agir/").content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_all_comments_have_a_page_of_their_own(client, form):
    for number in range(32):
        accept(sign(form, f"S{chr(97 + number % 26)}", comment=f"Because {number:02}.", named=True))
    address = f"/en/actions/{form.public_id}/petition/comments/"

    first, second = client.get(address), client.get(f"{address}?page=2")

    assert "Read all comments" in shown(client)
    assert "Because 31." in first.content.decode()
    assert "Because 00." in second.content.decode()
    assert "public" in first.headers["Cache-Control"]
    assert not first.cookies


@pytest.mark.parametrize("page", ["0", "-1", "x", "9999999999999999999999", "\x00"])
def test_any_page_number_gives_a_page(client, form, page):
    answer = client.get(f"/en/actions/{form.public_id}/petition/comments/", {"page": page})

    assert answer.status_code == 200


def test_there_is_no_page_of_comments_where_none_are_taken(client):
    form = make_form(options={"names": True})

    assert client.get(f"/en/actions/{form.public_id}/petition/comments/").status_code == 404
    assert client.get("/en/actions/nothing/petition/comments/").status_code == 404


def test_signers_and_comments_cost_a_fixed_number_of_questions(client, form):
    def questions():
        with CaptureQueriesContext(connection) as queries:
            client.get("/en/campagnes/meadow/agir/")
        return len(queries)

    accept(sign(form, "Ada", named=True, comment="One"))
    questions()
    few = questions()
    for name in ("Bo", "Cy", "Di", "Ed", "Flo"):
        accept(sign(form, name, named=True, comment=name))

    assert questions() == few


def test_names_are_kept_as_they_were_asked_for(form):
    act = sign(form, "Élodie", family_name="de la Croix", named=True)

    assert act.public_name.name == "Élodie D."
    assert list(names.shown(form)) == [act.public_name]
