"""Laura writes a letter and sees it, word for word, before it leaves."""

import html
import re

import pytest

from plaidoyer.actions.kinds.letter import letters
from plaidoyer.actions.models import Action
from plaidoyer.campaigns.models import Target
from plaidoyer.civics.models import ContactDetail, Organization, Person
from plaidoyer.lib.words import Words
from plaidoyer.testing import make_campaign, make_form, make_minister, make_pages

pytestmark = pytest.mark.django_db

OPTIONS = {
    "subject": {"fr": "Le pré de la rivière", "en": "The river meadow"},
    "body": {"fr": "Protégez le pré.\n\nIl est à tous.", "en": "Protect the meadow."},
    "subject_editable": True,
    "body_editable": True,
}
LAURA = {"given_name": "Laura", "family_name": "Ng", "email": "laura@post.example"}


@pytest.fixture
def form():
    return make_form(kind="letter", options=OPTIONS)


def targets(form):
    return [str(pk) for pk in form.campaign.targets.order_by("id").values_list("id", flat=True)]


def send(client, form, step="send", language="fr", **typed):
    """What a browser sends, by way of the page that shows the letter."""
    words = {name: OPTIONS[name][language] for name in ("subject", "body")}
    if "targets" not in typed:
        typed["targets"] = targets(form)
    address = f"/{language}/actions/{form.public_id}/"
    first = "preview" if step == "send" else step
    answer = client.post(address, {**LAURA, **words, "step": first, **typed})
    if step != "send" or answer.status_code != 200:
        return answer
    return client.post(address, {**carried(answer), "step": "send"})


def carried(preview):
    """What the page that shows a letter will send again."""
    fields = re.findall(r'name="(\w+)" value="([^"]*)"', preview.content.decode())
    again: dict[str, list[str]] = {}
    for name, value in fields:
        again.setdefault(name, []).append(html.unescape(value))
    return {name: values for name, values in again.items() if name != "step"}


def shown(answer):
    """The text of a page as a reader sees it."""
    return html.unescape(re.sub(r"<[^>]+>", "", answer.content.decode()))


def test_laura_sees_her_letter_and_nothing_is_kept_yet(client, form):
    make_pages(form)

    answer = send(client, form, step="preview", body="Je vis au bord de l’eau.")

    assert answer.status_code == 200
    assert not Action.objects.exists()
    assert "Ada Vale, Ministre des Eaux <vale@ministry.example>" in shown(answer)
    assert "Je vis au bord de l’eau." in shown(answer)
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_letter_without_a_choice_of_step_is_shown_first(client, form):
    assert send(client, form, step="").status_code == 200
    assert not Action.objects.exists()


def test_what_was_shown_is_what_is_kept(client, form):
    mine = {"subject": "Mon pré", "body": "Il est à nous tous."}
    preview = send(client, form, step="preview", postal_code="H2X 1Y4", **mine)

    client.post(f"/fr/actions/{form.public_id}/", {**carried(preview), "step": "send"})

    act = Action.objects.get()
    assert act.content == {
        **mine,
        "own_words": 40,  # "il est à" is offered
        "targets": [form.campaign.targets.get().pk],
    }
    [letter] = letters.compose_all(act)
    assert letter == preview.context["letters"][0]
    assert letter.body.endswith("Laura Ng\nH2X 1Y4")


def test_change_leads_back_with_everything_typed(client, form):
    make_pages(form)

    answer = send(client, form, step="change", subject="Mon pré")

    assert answer.status_code == 200
    assert not Action.objects.exists()
    assert 'value="Mon pré"' in answer.content.decode()
    assert "errors" not in answer.content.decode().split("<main")[1].split("<form")[0]


def test_what_may_not_be_edited_stays(client, form):
    form.options = {**OPTIONS, "subject_editable": False, "body_editable": False}
    form.save()

    send(client, form, subject="Pills", body="Buy pills")

    content = Action.objects.get().content
    assert (content["subject"], content["body"]) == (
        OPTIONS["subject"]["fr"],
        OPTIONS["body"]["fr"],
    )


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("subject", ""),
        ("subject", "x" * 151),
        ("body", " "),
        ("body", "x" * 10_001),
        ("targets", ["999999"]),
        ("targets", ["x\x00"]),
        ("targets", []),
    ],
)
@pytest.mark.parametrize("step", ["preview", "send"])
def test_errors_stand_beside_their_field(client, form, field, typed, step):
    make_pages(form)
    Target.objects.create(campaign=form.campaign, post=make_minister())

    answer = send(client, form, step=step, **{field: typed})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "laura@post.example" in answer.content.decode()


def test_a_subject_cannot_add_a_header(client, form):
    send(client, form, subject="Pré\r\nBcc: all@post.example")

    assert Action.objects.get().content["subject"] == "Pré Bcc: all@post.example"


def test_laura_chooses_among_several_recipients(client, form):
    other = Target.objects.create(
        campaign=form.campaign, person=Person.objects.create(given_name="Bo", family_name="Li")
    )
    page = client.get(make_pages(form)["fr"].get_url()).content.decode()

    send(client, form, targets=[str(other.pk)])

    assert "Bo Li" in page
    assert "Ada Vale" in page
    assert Action.objects.get().content["targets"] == [other.pk]


def test_a_target_of_another_campaign_cannot_be_written_to(client, form):
    elsewhere = make_campaign(slug="otters").targets.get()
    Target.objects.create(campaign=form.campaign, post=make_minister())

    assert send(client, form, targets=[str(elsewhere.pk)]).status_code == 422


def test_at_most_three_queries_one_of_them_a_write(client, form, django_assert_max_num_queries):
    again = carried(send(client, form, step="preview"))

    with django_assert_max_num_queries(3) as queries:
        answer = client.post(f"/fr/actions/{form.public_id}/", {**again, "step": "send"})

    assert answer.status_code == 303

    assert sum(query["sql"].startswith(("INSERT", "UPDATE")) for query in queries) == 1


def compose(target, language="en", **facts):
    form = make_form(target.campaign, kind="letter")
    content = {"subject": "S", "body": "B", "targets": [target.pk]}
    action = Action(form=form, language=language, content=content, **LAURA, **facts)
    return letters.compose(action, target, language)


@pytest.mark.parametrize(
    ("language", "title", "greeting"),
    [
        ("en", "", "Dear Ada Vale,"),
        ("en", "Minister", "Dear Minister Vale,"),
        ("en", "The Hon.", "Dear Ada Vale,"),
        ("fr", "", "Madame, Monsieur,"),
        ("fr", "Mme", "Madame,"),
        ("fr", "M.", "Monsieur,"),
        ("fr", "Madame la Ministre", "Madame la Ministre,"),
        ("fr", "L’honorable", "Madame, Monsieur,"),
        ("fr-CA", "", "Madame, Monsieur,"),
    ],
)
def test_the_holder_of_the_office_is_greeted(language, title, greeting):
    target = make_campaign().targets.get()
    Person.objects.update(honorific_prefix=Words({language: title}))

    letter = compose(target, language)

    assert letter.body == f"{greeting}\n\nB\n\nLaura Ng"
    assert (letter.sender_name, letter.reply_to) == ("Laura Ng", "laura@post.example")


def test_a_vacant_office_is_written_to_by_its_name():
    target = make_campaign().targets.get()
    target.post.memberships.update(end_on="2020-01-01")

    letter = compose(target)

    assert letter.recipient == "Minister of Waters"
    assert letter.address == "vale@ministry.example"
    assert letter.body.startswith("Dear Sir or Madam,")


def test_an_office_without_an_address_is_held():
    campaign = make_campaign(post=make_minister(email=None))

    assert compose(campaign.targets.get()).address == ""


def test_an_organization_is_written_to():
    body = Organization.objects.create(name=Words(fr="Hydro", en="Hydro Ltd"))
    ContactDetail.objects.create(
        organization=body, value="info@hydro.example", source="https://h.example"
    )
    target = Target.objects.create(campaign=make_campaign(), organization=body)

    letter = compose(target)

    assert (letter.recipient, letter.address) == ("Hydro Ltd", "info@hydro.example")
