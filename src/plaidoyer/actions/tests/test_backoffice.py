"""Ed works with forms, and reads what was done on them."""

import datetime

import pytest
from django.utils import timezone
from django.utils.translation import override

from plaidoyer.actions import confirmations, intake
from plaidoyer.actions.kinds import KINDS
from plaidoyer.actions.models import Action, ActionForm
from plaidoyer.actions.sheets import FormSheet
from plaidoyer.lib.words import Words
from plaidoyer.supporters.models import Supporter
from plaidoyer.testing import make_campaign, make_form, make_organiser

pytestmark = pytest.mark.django_db

FORMS, ACTS, SUPPORTERS = "/admin/forms/", "/admin/acts/", "/admin/supporters/"


@pytest.fixture
def ed(client):
    client.force_login(make_organiser("ed"))
    return client


def sheet(campaign, **typed):
    return {
        "campaign": campaign.pk,
        "name_fr": "Pour le pré",
        "name_en": "For the meadow",
        "opens_at": "2026-01-01 08:00",
        "challenge": "trouble",
    } | typed


def sign(form, name="suzie"):
    return intake.append(
        form,
        email=f"{name}@post.example",
        given_name=name.title(),
        family_name="Roy",
        language="fr",
        page="/fr/",
    )


def test_a_new_form_asks_for_its_kind_first(ed):
    page = ed.get(f"{FORMS}new/").content.decode()

    assert "?kind=petition" in page
    assert "?kind=letter" in page


def test_ed_makes_a_petition(ed):
    ed.post(f"{FORMS}new/?kind=petition", sheet(make_campaign()))

    form = ActionForm.objects.get()
    assert (form.kind, form.name["fr"]) == ("petition", "Pour le pré")
    assert form.options == {"comments": False, "names": False}


def test_ed_makes_a_letter_with_its_options(ed):
    letter = {
        "options-subject_fr": "Le  pré\u202f!",
        "options-subject_en": "The meadow",
        "options-body_fr": "Protégez-le.",
        "options-body_en": "Protect it.",
        "options-body_editable": "on",
    }
    ed.post(f"{FORMS}new/?kind=letter", sheet(make_campaign(), **letter))

    assert ActionForm.objects.get().options == {
        "to": "targets",
        "subject": {"fr": "Le pré\u202f!", "en": "The meadow"},
        "body": {"fr": "Protégez-le.", "en": "Protect it."},
        "subject_editable": False,
        "body_editable": True,
        "points": {},
        "rules": [],
    }


def test_a_letter_without_words_is_refused_beside_the_field(ed):
    answer = ed.post(f"{FORMS}new/?kind=letter", sheet(make_campaign()))

    assert not ActionForm.objects.exists()
    assert answer.status_code == 200
    assert "options-subject" in answer.context["form"].errors


def test_the_sheet_of_a_letter_shows_what_was_decided(ed):
    options = {"subject": {"fr": "Le pré"}, "body": {"fr": "Non."}, "body_editable": False}
    form = make_form(kind="letter", options={**options, "subject_editable": True})

    page = ed.get(f"{FORMS}edit/{form.pk}/").content.decode()
    ed.post(
        f"{FORMS}edit/{form.pk}/",
        sheet(form.campaign, **{"options-subject_fr": "Autre", "options-body_fr": "Oui."}),
    )

    assert "Le pré</textarea>" in page
    form.refresh_from_db()
    assert form.kind == "letter"
    assert form.options["body"] == {"fr": "Oui."}


def test_every_field_of_a_sheet_is_named_in_french(ed):
    with override("fr"):
        for kind in KINDS.values():
            for name, field in FormSheet(instance=ActionForm(kind=kind.name)).fields.items():
                if name != "options-motion":  # the same word in both
                    assert str(field.label) != english(field.label), (kind.name, name)


def english(label):
    with override("en"):
        return str(label)


def test_a_form_that_closes_before_it_opens_is_refused(ed):
    early = {"closes_at": "2025-01-01 08:00"}
    answer = ed.post(f"{FORMS}new/?kind=petition", sheet(make_campaign(), **early))

    assert answer.status_code == 200
    assert not ActionForm.objects.exists()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=meadow", ["meadow", "closed meadow"]),
        ("?q=otters", []),
        ("?kind=letter", ["closed meadow"]),
        ("?when=open", ["meadow"]),
        ("?when=closed", ["closed meadow"]),
        ("?when=coming", []),
    ],
)
def test_forms_are_found_by_name_kind_and_opening(ed, query, found):
    campaign, now = make_campaign(), timezone.now()
    make_form(campaign, name=Words(en="meadow"))
    make_form(campaign, kind="letter", name=Words(en="closed meadow"), closes_at=now)

    listed = ed.get(FORMS + query).context["object_list"]

    assert sorted(form.name["en"] for form in listed) == sorted(found)


def test_a_form_with_acts_is_not_deleted(ed):
    form = make_form()
    sign(form)

    ed.post(f"{FORMS}delete/{form.pk}/")

    assert ActionForm.objects.filter(pk=form.pk).exists()


def test_acts_are_listed_with_where_they_stand(ed):
    form = make_form()
    counted, taken_back, _waiting = (sign(form, name) for name in ("suzie", "laura", "omar"))
    confirmations.confirm_many([counted, taken_back])
    confirmations.withdraw(taken_back)

    for state, name in [("counted", "suzie"), ("withdrawn", "laura"), ("waiting", "omar")]:
        listed = ed.get(f"{ACTS}?state={state}&form={form.pk}").context["object_list"]
        assert [act.email for act in listed] == [f"{name}@post.example"]


def test_a_wish_that_was_noted_is_not_listed_as_waiting(ed):
    act = intake.append(
        make_form(kind="official_petition"),
        email="suzie@post.example",
        given_name="Suzie",
        family_name="Roy",
        language="fr",
        page="/fr/",
        content={"answer": "remind"},
    )
    before = ed.get(ACTS).content.decode()
    confirmations.confirm(act)

    assert "noted, never counts" not in before
    assert "noted, never counts" in ed.get(ACTS).content.decode()


def test_acts_are_found_by_day(ed):
    form = make_form()
    old = sign(form)
    Action.objects.filter(pk=old.pk).update(submitted_at="2026-01-15T12:00Z")
    sign(form, "laura")

    query = "?submitted_at_from=2026-01-15&submitted_at_to=2026-01-15"
    assert list(ed.get(ACTS + query).context["object_list"]) == [old]


@pytest.mark.parametrize("typed", ["suzie@post.example", "Suzie+news@POST.example"])
def test_a_supporter_is_found_by_any_spelling_of_the_whole_address(ed, typed):
    confirmations.confirm_many([sign(make_form())])

    found = ed.get(SUPPORTERS, {"q": typed}).context["object_list"]
    mark = ed.post("/admin/marks/", {"address": typed}).json()["mark"]

    assert list(found) == list(Supporter.objects.all())
    assert list(ed.get(SUPPORTERS, {"q": mark}).context["object_list"]) == list(found)


def test_part_of_an_address_finds_nobody(ed):
    confirmations.confirm_many([sign(make_form())])

    assert not ed.get(SUPPORTERS, {"q": "suzie"}).context["object_list"]


@pytest.mark.parametrize("address", [ACTS, SUPPORTERS])
def test_what_supporters_did_is_read_only(ed, address):
    assert ed.get(f"{address}new/", follow=True).status_code == 404
    assert ed.get(f"{address}edit/1/", follow=True).status_code == 404


@pytest.mark.parametrize("address", [FORMS, ACTS, SUPPORTERS])
def test_nobody_else_sees_them(client, address):
    answer = client.get(address)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/en/staff/login/")


def test_the_list_of_acts_asks_a_fixed_number_of_questions(ed, django_assert_max_num_queries):
    form = make_form()
    for number in range(30):
        sign(form, f"s{number}")

    with django_assert_max_num_queries(25):
        ed.get(ACTS)


def test_a_form_says_how_many_count(ed):
    from plaidoyer.actions import counting

    form = make_form()
    confirmations.confirm_many([sign(form), sign(form, "laura")])
    counting.advance(datetime.date(2020, 1, 1))

    assert ed.get(FORMS).context["object_list"][0].count == 2
