"""A form that takes nothing says why, since when, what came of it, and where to go."""

import datetime
import re

import pytest
from django.utils import timezone

from plaidoyer.actions import confirmations, counting, goals, intake, openings, sharing
from plaidoyer.actions.models import Action, ActionForm
from plaidoyer.campaigns.models import Demand, Target
from plaidoyer.lib.words import Words
from plaidoyer.outcomes.models import Evidence, Milestone, Movement
from plaidoyer.testing import make_form, make_organiser, make_pages

pytestmark = pytest.mark.django_db

SUZIE = {"given_name": "Suzie", "family_name": "Roy", "email": "suzie@post.example"}
SHUT = {
    "closed": ({"closes_at": timezone.now()}, 410, "closed on"),
    "full": ({"places": 3, "filled_at": timezone.now()}, 403, "All 3 places"),
    "paused": ({"paused_at": timezone.now()}, 403, "paused this since"),
    "coming": ({"opens_at": timezone.now() + datetime.timedelta(days=2)}, 403, "opens on"),
}


@pytest.fixture(params=SHUT)
def shut(request):
    """A form that takes nothing, and how it says so."""
    facts, status, words = SHUT[request.param]
    form = make_form(**facts)
    page = make_pages(form)["en"]
    other = make_form(form.campaign, name=Words(en="For the ferry", fr="Pour le bac"))
    page.copy(update_attrs={"form": other, "slug": "ferry", "title": "For the ferry"})
    return form, status, words


def test_the_page_and_the_door_say_why_and_where_to_go(client, shut):
    form, status, words = shut

    page = client.get("/en/campagnes/meadow/agir/")
    door = client.post(f"/en/actions/{form.public_id}/", SUZIE)

    assert (page.status_code, door.status_code) == (200, status)
    for answer in (page, door):
        assert words in answer.content.decode()
        assert "For the ferry" in answer.content.decode()
    assert "<form" not in page.content.decode()
    # On a phone the reasons stand far below: the top of the page says it in a few words.
    assert re.search(r'href="#act">\s*This is [a-z ]+\s*</a>', page.content.decode())
    assert not Action.objects.exists()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Ma <b>rivière</b>\r\n\r\nest à sec 🐟", "Ma &lt;b&gt;rivière&lt;/b&gt;\n\nest à sec 🐟"),
        ("a\x00\u202eb", "ab"),
        ("x" * 100_000, "x" * 20_000 + "<"),
        ("  ", None),
    ],
)
def test_what_somebody_wrote_meanwhile_is_theirs_to_copy(client, said, kept):
    form = make_form(kind="letter", paused_at=timezone.now())
    make_pages(form)

    page = client.post(f"/en/actions/{form.public_id}/", {**SUZIE, "body": said}).content.decode()

    assert ("What you had written" in page) == (kept is not None)
    assert f'rows="6">{kept}' in page or kept is None


def test_the_outcome_is_told_once_there_is_one(client, shut):
    form, _status, _words = shut
    assert "What came of it" not in client.get("/en/campagnes/meadow/agir/").content.decode()

    milestone = Milestone.objects.create(
        kind="decision", happened_on=timezone.localdate(), title=Words(en="Saved", fr="Sauvé")
    )
    milestone.campaigns.add(form.campaign)
    Evidence.objects.create(
        milestone=milestone,
        title="Bill",
        url="https://press.example/",
        publisher="Press",
        published_on=timezone.localdate(),
        language="en",
    )
    Movement.objects.create(
        milestone=milestone,
        demand=Demand.objects.get(),
        target=Target.objects.get(),
        standing="met",
    )

    page = client.get("/en/campagnes/meadow/agir/").content.decode()
    door = client.post(f"/en/actions/{form.public_id}/", SUZIE).content.decode()
    for shown in (page, door):
        assert "What came of it" in shown
        assert "Protect the meadow" in shown
        assert "Saved" in shown


def test_a_form_that_comes_to_its_places_is_full(client):
    form = make_form(places=2)
    make_pages(form)
    for number in range(2):
        act = intake.append(
            form, language="en", page="/", **SUZIE | {"email": f"s{number}@post.example"}
        )
        confirmations.confirm(act)

    counting.advance()

    answer = client.post(f"/en/actions/{form.public_id}/", SUZIE)
    assert answer.status_code == 403
    assert "full" in answer.content.decode()


@pytest.mark.parametrize("name", [*SHUT, "open"])
def test_each_opening_is_found_by_the_filter_and_by_no_other(name):
    form = make_form(**(SHUT[name][0] if name in SHUT else {}))

    assert form.opening == name
    found = [one for one in openings.OPENINGS if ActionForm.objects.filter(openings.kept(one))]
    assert found == [name]


def test_one_press_pauses_and_one_resumes(client):
    form = make_form()
    client.force_login(make_organiser())
    assert "Pause" in client.get("/admin/forms/").content.decode()

    client.post(f"/admin/forms/pause/{form.pk}/", {"step": "pause"})
    paused = ActionForm.objects.get()
    client.post(f"/admin/forms/pause/{form.pk}/", {"step": "pause"})
    assert ActionForm.objects.get().paused_at == paused.paused_at is not None
    assert "Resume" in client.get("/admin/forms/").content.decode()
    client.post(f"/admin/forms/pause/{form.pk}/", {"step": "resume"})

    assert ActionForm.objects.get().is_open


def test_looking_pauses_nothing_and_strangers_cannot(client):
    form = make_form()
    assert client.post(f"/admin/forms/pause/{form.pk}/").status_code in {302, 403}
    client.force_login(make_organiser())

    assert client.get(f"/admin/forms/pause/{form.pk}/").status_code == 405
    assert ActionForm.objects.get().is_open


def test_the_goal_on_the_page_moves_on_when_it_is_nearly_reached(client):
    form = make_form(goal=10)
    page = make_pages(form)["en"].get_url()
    for number in range(9):
        act = intake.append(
            form, language="en", page="/", **SUZIE | {"email": f"s{number}@post.example"}
        )
        confirmations.confirm(act)
    counting.advance()

    assert client.get(page).context["progress"]["goal"] == goals.LADDER[0]
    ActionForm.objects.update(goal_moves=False)
    assert client.get(page).context["progress"]["goal"] == 10


def test_organisers_see_how_people_came(client, django_assert_max_num_queries):
    form = make_form()
    for number, via in enumerate(["whatsapp", "whatsapp", "", "press.example"]):
        act = intake.append(
            form, language="en", page="/", via=via, **SUZIE | {"email": f"s{number}@post.example"}
        )
        confirmations.confirm(act)
    counting.advance()
    sharing.recount()
    client.force_login(make_organiser())

    with django_assert_max_num_queries(25):
        answer = client.get(f"/admin/forms/reach/{form.pk}/")

    rows = [(row.name, row.counted) for row in answer.context["channels"]]
    assert rows == [("WhatsApp", 2), ("press.example", 1), ("Directly, or not known", 1)]
    assert f"/admin/forms/reach/{form.pk}/" in client.get("/admin/forms/").content.decode()
