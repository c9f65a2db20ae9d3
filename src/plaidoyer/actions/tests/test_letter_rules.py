"""Who gets which text, as the writer sees it before anything leaves."""

import pytest

from plaidoyer.actions.kinds.letter import letters
from plaidoyer.actions.models import Action
from plaidoyer.campaigns.models import Target
from plaidoyer.civics.models import Organization, Person
from plaidoyer.lib.words import Words
from plaidoyer.parliament.models import Motion, Position, Vote, VoteEvent
from plaidoyer.testing import make_form, make_minister, make_organiser

from .test_letters import OPTIONS, carried, send, shown

pytestmark = pytest.mark.django_db
THANKS = {"fr": "Merci d’avoir protégé le pré.", "en": "Thank you for protecting the meadow."}


@pytest.fixture
def form():
    """To two ministers: Ada Vale, who writes in English, and Luc Rive, who writes in French."""
    form = make_form(kind="letter", options=OPTIONS)
    target = Target.objects.create(
        campaign=form.campaign, post=make_minister(email="rive@ministry.example")
    )
    rive = Person.objects.create(given_name="Luc", family_name="Rive", preferred_language="fr")
    target.post.memberships.update(person=rive)
    return form


def rule(form, when, then, **texts):
    row = {"when": when, "then": then, "subject": {}, "body": THANKS, **texts}
    form.options = {**form.options, "rules": [*form.options.get("rules", []), row]}
    form.save()


def by_name(answer):
    return {letter.recipient.split(",")[0]: letter for letter in answer.context["letters"]}


def test_each_gets_the_version_in_their_language(client, form):
    preview = send(client, form, step="preview")

    vale, rive = by_name(preview)["Ada Vale"], by_name(preview)["Luc Rive"]
    assert vale.language == "en"
    assert (vale.subject, "Protect the meadow." in vale.body) == ("The river meadow", True)
    assert vale.body.startswith("Dear Ada Vale,")
    assert vale.body.endswith(
        "This is the English version of this letter: Laura Ng wrote it from the page in French."
    )
    assert rive.language == "fr"
    assert rive.body == "Madame, Monsieur,\n\nProtégez le pré.\n\nIl est à tous.\n\nLaura Ng"
    assert 'lang="en">Dear Ada Vale,' in preview.content.decode()


def test_a_letter_in_own_words_keeps_its_language(client, form):
    preview = send(client, form, step="preview", body="J’y ai grandi.")

    vale = by_name(preview)["Ada Vale"]
    assert (vale.language, vale.own_words) == ("fr", 100)
    assert "J’y ai grandi." in vale.body
    assert "version" not in vale.body


def test_an_ally_is_thanked_even_by_who_wrote_their_own_letter(client, form):
    ally = form.campaign.targets.last().post.holder()
    rule(form, f"target:person.{ally.pk}", "thank")

    preview = send(client, form, step="preview", body="J’y ai grandi.")

    assert "Merci d’avoir protégé le pré." in by_name(preview)["Luc Rive"].body
    assert by_name(preview)["Luc Rive"].thanks
    assert "J’y ai grandi." in by_name(preview)["Ada Vale"].body
    assert "This one says thank you" in shown(preview) or "merci" in shown(preview)


def test_another_text_yields_to_own_words(client, form):
    rule(form, "language:fr", "text", subject={"fr": "Autre objet"}, body={"fr": "Autre texte."})

    offered = by_name(send(client, form, step="preview"))["Luc Rive"]
    own = by_name(send(client, form, step="preview", body="Le mien."))["Luc Rive"]

    assert (offered.subject, "Autre texte." in offered.body) == ("Autre objet", True)
    assert "Le mien." in own.body


def test_somebody_left_out_gets_nothing_and_the_writer_reads_why(client, form):
    rule(form, "language:fr", "exclude", body={"fr": "Il est malade.", "en": "He is ill."})

    answer = send(client, form)

    act = Action.objects.get()
    assert answer.status_code == 303
    assert [letter.recipient for letter in letters.compose_all(act)] == [
        "Ada Vale, Minister of Waters"
    ]
    preview = send(client, form, step="preview")
    assert "Il est malade." in shown(preview)
    assert "rive@ministry.example" not in shown(preview)


def test_where_all_are_left_out_nothing_can_be_sent(client, form):
    rule(form, "language:fr", "exclude")
    rule(form, "language:en", "exclude")

    preview = send(client, form, step="preview")

    assert preview.status_code == 200
    assert 'value="send"' not in preview.content.decode()
    assert "shown" not in carried(preview)


def test_the_first_rule_that_fits_wins(client, form):
    rule(form, "language:fr", "text", body={"fr": "Le premier."})
    rule(form, "office:ministry", "text", body={"fr": "Le second.", "en": "The second."})

    preview = by_name(send(client, form, step="preview"))

    assert "Le premier." in preview["Luc Rive"].body
    assert "The second." in preview["Ada Vale"].body


def test_party_office_vote_and_position_are_looked_at(client, form):
    party = Organization.objects.create(name=Words(en="Shores"), classification="party")
    vale = form.campaign.targets.first().post.memberships.get()
    vale.on_behalf_of = party
    vale.save()
    motion = Motion.objects.create(
        legislature=party, identifier="58", title=Words(en="Living water")
    )
    event = VoteEvent.objects.create(
        motion=motion, held_on="2026-06-23", result="pass", source="https://a.example/"
    )
    Vote.objects.create(event=event, person=vale.person, option="yes")
    for day, option in (("2026-06-01", "no"), ("2026-06-20", "yes")):
        Position.objects.create(
            motion=motion, person=vale.person, option=option, stated_on=day, source="https://a.x/"
        )
    for when in (
        f"party:{party.pk}",
        "office:Minister of Waters",
        f"vote:{event.pk}.yes",
        f"position:{motion.pk}.yes",
    ):
        form.options = {**OPTIONS, "rules": []}
        rule(form, when, "thank")
        assert by_name(send(client, form, step="preview"))["Ada Vale"].thanks, when
    for when in ("party:0", f"vote:{event.pk}.no", f"position:{motion.pk}.no", "weather:fine"):
        form.options = {**OPTIONS, "rules": []}
        rule(form, when, "thank")
        assert not by_name(send(client, form, step="preview"))["Ada Vale"].thanks, when


SUBJECTS = {"fr": "Un\nDeux\nTrois", "en": "One\nTwo\nThree"}


@pytest.mark.parametrize("editable", [True, False])
def test_one_of_several_subjects_is_drawn_and_kept(client, form, editable):
    form.options = {**OPTIONS, "subject": SUBJECTS, "subject_editable": editable}
    form.save()

    preview = send(client, form, step="preview", subject="")
    drawn = by_name(preview)["Luc Rive"].subject
    again = carried(preview)
    client.post(f"/fr/actions/{form.public_id}/", {**again, "step": "send"})

    assert drawn in {"Un", "Deux", "Trois"}
    assert Action.objects.get().content["subject"] == drawn
    pairs = dict(zip(*(SUBJECTS[code].split("\n") for code in ("fr", "en")), strict=True))
    assert by_name(preview)["Ada Vale"].subject == pairs[drawn]
    once_more = client.post(f"/fr/actions/{form.public_id}/", {**again, "step": "preview"})
    assert by_name(once_more)["Luc Rive"].subject == drawn


def test_different_writers_get_different_subjects(client, form):
    form.options = {**OPTIONS, "subject": SUBJECTS}
    form.save()

    drawn = {
        by_name(send(client, form, step="preview", subject=""))["Luc Rive"].subject
        for _each in range(40)
    }

    assert drawn == {"Un", "Deux", "Trois"}


def test_a_subject_of_ones_own_is_kept_where_it_may_be(client, form):
    form.options = {**OPTIONS, "subject": SUBJECTS, "subject_editable": False}
    form.save()
    assert "Pills" not in shown(send(client, form, step="preview", subject="Pills"))

    form.options = {**OPTIONS, "subject": SUBJECTS}
    form.save()
    assert "Le mien" in shown(send(client, form, step="preview", subject="Le mien"))


def test_ticked_points_stand_in_the_letter_in_their_order(client, form):
    points = {"fr": "Il absorbe les crues.\nOn y pêche.", "en": "It drinks floods.\nWe fish there."}
    form.options = {**OPTIONS, "points": points}
    form.save()

    preview = by_name(send(client, form, step="preview", points=["1", "0"]))

    assert (
        "Protégez le pré.\n\nIl absorbe les crues.\n\nOn y pêche.\n\nIl est à tous."
        in preview["Luc Rive"].body
    )
    assert "Protect the meadow.\n\nIt drinks floods.\n\nWe fish there." in preview["Ada Vale"].body
    assert preview["Luc Rive"].own_words == 0
    assert send(client, form, step="preview", points=["7"]).status_code == 422
    assert send(client, form, step="preview", points=["x\x00"]).status_code == 422


def test_an_organiser_writes_rules_in_rows_and_reorders_them(client, form):
    client.force_login(make_organiser())
    address = f"/admin/forms/edit/{form.pk}/"
    page = client.get(address).content.decode()
    assert 'name="options-rules-0-when"' in page
    assert 'name="options-rules-1-body_fr"' in page
    sheet = {
        "campaign": form.campaign_id,
        "name_en": "Letter",
        "opens_at": "2026-01-01 08:00",
        "challenge": "trouble",
        "options-subject_en": "One\nTwo",
        "options-body_en": "Protect it.",
    }
    rows = {
        "options-rules-0-order": "2",
        "options-rules-0-when": "language:fr",
        "options-rules-0-then": "thank",
        "options-rules-0-body_en": "Thank you.",
        "options-rules-1-order": "1",
        "options-rules-1-when": "office:ministry",
        "options-rules-1-then": "exclude",
        "options-rules-1-body_en": "They answered.",
        "options-rules-2-order": "",
        "options-rules-2-when": "",
        "options-rules-2-then": "text",
    }

    answer = client.post(address, {**sheet, **rows})

    assert answer.status_code == 302, answer.context["form"].errors
    form.refresh_from_db()
    assert [row["when"] for row in form.options["rules"]] == ["office:ministry", "language:fr"]
    faulty = client.post(address, {**sheet, **rows, "options-rules-0-body_en": ""})
    assert "Write it in at least one language." in faulty.content.decode()
    strange = client.post(address, {**sheet, **rows, "options-rules-1-when": "weather:fine"})
    assert "Choose one of the list." in strange.content.decode()


def test_as_many_subjects_are_asked_for_in_each_language(client, form):
    client.force_login(make_organiser())

    answer = client.post(
        "/admin/forms/new/?kind=letter",
        {"options-subject_en": "One\nTwo", "options-subject_fr": "Un", "options-body_en": "B"},
    )

    assert answer.context["form"].errors["options-subject"] == [
        "Write as many lines in each language."
    ]
