"""A letter to the member who represents its writer, found by postal code."""

import html
import re

import pytest

from plaidoyer.actions import confirmations, messages
from plaidoyer.actions.kinds.letter import waiting
from plaidoyer.actions.kinds.letter.models import SaidSeat
from plaidoyer.actions.models import Action
from plaidoyer.campaigns.models import Campaign, Target
from plaidoyer.civics.models import (
    Area,
    ContactDetail,
    Membership,
    Organization,
    Person,
    Post,
    PostalPrefix,
)
from plaidoyer.lib.words import Words
from plaidoyer.supporters.models import Supporter
from plaidoyer.testing import make_form, make_pages

pytestmark = pytest.mark.django_db

OPTIONS = {
    "to": "representative",
    "subject": {"fr": "Le pré", "en": "The meadow"},
    "body": {"fr": "Protégez-le.", "en": "Protect it."},
    "subject_editable": True,
    "body_editable": True,
}
LAURA = {"given_name": "Laura", "family_name": "Ng", "email": "laura@post.example"}


def make_seat(assembly, name, *prefixes, holder=True, party=None, language="en"):
    """A seat of the assembly, for the codes that begin so."""
    area = Area.objects.create(identifier=f"ocd:{name}", name=Words(fr=name, en=name))
    for prefix in prefixes:
        PostalPrefix.objects.create(country="XA", prefix=prefix, area=area)
    post = Post.objects.create(
        organization=assembly, area=area, label=Words(fr=f"Siège {name}", en=f"Member for {name}")
    )
    if holder:
        person = Person.objects.create(
            given_name="Ada", family_name=name, preferred_language=language
        )
        Membership.objects.create(person=person, post=post, on_behalf_of=party)
        ContactDetail.objects.create(
            person=person, value=f"{name.lower()}@assembly.example", source="https://a.example/"
        )
    return post


@pytest.fixture
def assembly():
    return Organization.objects.create(
        name=Words(fr="Assemblée", en="Assembly"), classification="legislature"
    )


@pytest.fixture
def form(assembly):
    """A form with four ridings: North, East and West (one code for both), and South, vacant."""
    campaign = Campaign.objects.create(slug="meadow", name=Words(fr="Pré", en="Meadow"))
    Target.objects.create(campaign=campaign, organization=assembly)
    for name, prefix in {"North": "X1", "East": "X2", "West": "X2"}.items():
        make_seat(assembly, name, prefix)
    make_seat(assembly, "South", "X3", holder=False)
    form = make_form(campaign, kind="letter", options=OPTIONS)
    make_pages(form)
    return form


def see(client, form, **typed):
    words = {name: OPTIONS[name]["en"] for name in ("subject", "body")}
    sent = {**LAURA, **words, "step": "preview", **typed}
    return client.post(f"/en/actions/{form.public_id}/", sent)


def send(client, form, preview):
    fields = re.findall(r'name="(\w+)" value="([^"]*)"', preview.content.decode())
    again = {name: html.unescape(value) for name, value in fields if name != "step"}
    return client.post(f"/en/actions/{form.public_id}/", {**again, "step": "send"})


def seat(name):
    return Post.objects.get(label__en=f"Member for {name}")


def text(answer):
    return html.unescape(re.sub(r"<[^>]+>", "", answer.content.decode()))


def test_the_page_asks_for_a_code_and_for_no_member(client, form):
    page = client.get(f"/en/actions/{form.public_id}/", follow=True)

    assert "the member who represents you" in text(page)
    assert 'name="seat"' not in page.content.decode()
    assert "(optional)" not in text(page)


def test_a_code_leads_to_its_member(client, form):
    preview = see(client, form, postal_code="x1a 4bc")

    assert "Ada North, Member for North <north@assembly.example>" in text(preview)
    assert send(client, form, preview).status_code == 303
    content = Action.objects.get().content
    assert content["posts"] == [seat("North").pk]
    assert content["targets"] == [form.campaign.targets.get().pk]


def test_a_code_in_two_areas_asks_which(client, form):
    asked = see(client, form, postal_code="X2A 1B1")

    assert asked.status_code == 422
    assert "lies in several areas" in text(asked)
    choices = dict(asked.context["form"].fields["seat"].choices)
    places = {str(seat("East").pk), str(seat("West").pk)}
    assert set(choices) == places | {"elsewhere", "unknown"}
    assert choices[str(seat("East").pk)] == "East: Ada East"

    preview = see(client, form, postal_code="X2A 1B1", seat=str(seat("West").pk))

    send(client, form, preview)
    assert Action.objects.get().content["posts"] == [seat("West").pk]


@pytest.mark.parametrize("code", ["Z9", "", "🦦", "%%%", "x" * 12])
def test_an_unknown_code_is_no_dead_end(client, form, code):
    asked = see(client, form, postal_code=code)

    assert asked.status_code == 422
    # One fault, told once: of a code that was not typed nobody says that we do not know it.
    assert list(asked.context["form"].errors) == ["seat" if code else "postal_code"]
    assert ("do not know this postal code" in text(asked)) == bool(code)
    assert len(asked.context["form"].fields["seat"].choices) == 5
    preview = see(client, form, postal_code=code, seat=str(seat("East").pk))
    assert "east@assembly.example" in text(preview)


def test_somebody_who_does_not_know_may_wait(client, form):
    preview = see(client, form, postal_code="Z9", seat="unknown")

    assert "waits until we know who represents you" in text(preview)
    send(client, form, preview)
    assert Action.objects.get().content["posts"] == []


def test_a_vacant_seat_is_told_before_it_leaves(client, form):
    preview = see(client, form, postal_code="X3")

    assert "Nobody holds this seat at present" in text(preview)
    assert "Member for South" in text(preview)


@pytest.mark.parametrize("typed", ["999999", "-1", "x\x00", "unknown ", "🦦" * 500, "1,2"])
def test_a_seat_that_is_none_is_refused(client, form, typed):
    assert see(client, form, postal_code="X2", seat=typed).status_code == 422


def test_a_seat_of_another_area_is_refused(client, form):
    assert see(client, form, postal_code="X2", seat=str(seat("North").pk)).status_code == 422


def test_nothing_is_looked_up_when_a_shown_letter_is_sent(
    client, form, django_assert_max_num_queries
):
    preview = see(client, form, postal_code="X1")

    with django_assert_max_num_queries(3):
        assert send(client, form, preview).status_code == 303


@pytest.mark.parametrize("shown", ["", "x", "eyJ0YXJnZXRzIjpbMV19:1abc:def", "\x00", "é" * 9000])
def test_what_was_not_shown_by_us_is_shown_first(client, form, shown):
    answer = see(client, form, postal_code="X1", step="send", shown=shown)

    assert answer.status_code == 200
    assert not Action.objects.exists()


def test_what_another_form_showed_is_not_taken(client, form):
    other = make_form(form.campaign, kind="letter", options=OPTIONS)
    preview = see(client, other, postal_code="X1")

    assert send(client, form, preview).status_code == 200
    assert not Action.objects.exists()


def test_a_large_legislature_takes_no_more_queries(
    client, form, assembly, django_assert_max_num_queries
):
    for number in range(60):
        make_seat(assembly, f"Riding{number}")

    with django_assert_max_num_queries(60) as queries:
        asked = see(client, form, postal_code="Z9")

    assert len(asked.context["form"].fields["seat"].choices) == 66
    assert len(queries) < 45
    assert "<select" in asked.content.decode()


def share(prefix, table="shares", **names):
    for name, part in names.items():
        area = Area.objects.get(identifier=f"ocd:{name}")
        facts = {"country": "XA", "table": table, "prefix": prefix, "area": area}
        PostalPrefix.objects.create(share=part, **facts)


def test_the_likeliest_area_stands_first_with_its_share(client, form):
    share("X7", East="0.69", North="0.31")

    asked = see(client, form, postal_code="X7A 1B1")

    first, second, *_others = asked.context["form"].fields["seat"].choices
    assert first[1] == "East: Ada East – about 69% of the codes that begin like yours"
    assert second[0] == str(seat("North").pk)


def test_no_more_than_five_areas_are_offered_at_first(client, form, assembly):
    names = [f"Part{number}" for number in range(8)]
    for name in names:
        make_seat(assembly, name)
    share("X8", **dict.fromkeys(names, "0.125"))

    asked = see(client, form, postal_code="X8A 1B1")

    values = [value for value, _label in asked.context["form"].fields["seat"].choices]
    assert len(values) == 7
    assert values[-2:] == ["elsewhere", "unknown"]


@pytest.mark.parametrize("wish", [{"seat": "elsewhere"}, {"step": "elsewhere"}])
@pytest.mark.parametrize("code", ["X1A 1B1", "X2A 1B1"])
def test_whoever_knows_better_chooses_from_the_whole_list(client, form, wish, code):
    asked = see(client, form, postal_code=code, **wish)

    assert asked.status_code == 422
    assert "Choose the member who represents you" in text(asked)
    values = dict(asked.context["form"].fields["seat"].choices)
    chosen = f"any-{seat('North').pk}"
    assert chosen in values
    preview = see(client, form, postal_code=code, seat=chosen)
    send(client, form, preview)
    assert Action.objects.get().content["posts"] == [seat("North").pk]


@pytest.mark.parametrize("typed", ["any-", "any-x", "any-99999", "any--1", "any-" + "9" * 40])
def test_a_choice_that_is_none_asks_again_or_follows_the_code(client, form, typed):
    assert see(client, form, postal_code="X2", seat=typed).status_code == 422


def test_a_seat_of_another_body_is_never_chosen(client, form):
    other = Organization.objects.create(name=Words(en="Senate"), classification="legislature")
    foreign = make_seat(other, "Far", "X5")

    answer = see(client, form, postal_code="X2", seat=f"any-{foreign.pk}")

    assert answer.status_code == 422


def test_the_whole_list_stands_under_the_names_of_provinces(client, form, assembly):
    for number, province in enumerate(["Upper", "Upper", "Lower"]):
        parent, _new = Area.objects.get_or_create(
            identifier=f"ocd:{province}", defaults={"name": Words(fr=province, en=province)}
        )
        Area.objects.filter(pk=make_seat(assembly, f"R{number}").area_id).update(parent=parent)

    asked = see(client, form, postal_code="Z9")

    groups = dict(asked.context["form"].fields["seat"].choices)
    assert [label for _value, label in groups["Upper"]] == ["R0: Ada R0", "R1: Ada R1"]
    assert 'label="Lower"' in asked.content.decode() or ">Lower<" in asked.content.decode()


def test_a_riding_that_was_redrawn_is_not_offered(client, form):
    Area.objects.filter(identifier="ocd:East").update(valid_until="2020-01-01")

    asked = see(client, form, postal_code="Z9")

    assert "East" not in text(asked)
    assert see(client, form, postal_code="X2").status_code == 200


def test_a_rural_code_says_to_check_the_riding(client, form):
    for prefix, name in {"A0A": "North", "A1A": "East"}.items():
        area = Area.objects.get(identifier=f"ocd:{name}")
        PostalPrefix.objects.create(country="CA", table="ca", prefix=prefix, area=area)

    assert "Check that this is your riding" in text(see(client, form, postal_code="a0a 1b2"))
    preview = text(see(client, form, postal_code="a1a 1b2"))
    assert "Check that" not in preview
    assert "Somebody else represents me" in preview


def test_half_a_code_asks_for_the_whole_one(client, form):
    area = Area.objects.get(identifier="ocd:North")
    PostalPrefix.objects.create(country="CA", table="ca", prefix="A1A", area=area)

    asked = see(client, form, postal_code="A1A")

    assert asked.status_code == 422
    assert "Write your whole postal code" in text(asked)
    assert see(client, form, postal_code="A1A", seat=str(seat("North").pk)).status_code == 200


def test_the_official_page_is_one_press_away(client, form, assembly):
    Organization.objects.filter(pk=assembly.pk).update(identifier="gb-commons")

    asked = see(client, form, postal_code="Z9").content.decode()

    assert 'href="https://members.parliament.uk/FindYourMP"' in asked


def test_finding_the_member_takes_a_handful_of_queries(client, form, django_assert_max_num_queries):
    see(client, form, postal_code="X1")
    with django_assert_max_num_queries(30) as queries:
        see(client, form, postal_code="X1")

    assert len([one for one in queries if "civics_postalprefix" in one["sql"]]) == 1


def waiting_letter(client, form):
    send(client, form, see(client, form, postal_code="Z9", seat="unknown"))
    action = Action.objects.get()
    return action, waiting.path(action)


def test_a_writer_says_afterwards_who_represents_them(client, form):
    _action, path = waiting_letter(client, form)

    page = client.get(path)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert not SaidSeat.objects.exists()
    answer = client.post(path, {"seat": str(seat("East").pk)})

    assert answer.status_code == 303
    assert SaidSeat.objects.get().post == seat("East")
    assert "Ada East" in text(client.get(answer["Location"]))
    assert client.post(path, {"seat": str(seat("North").pk)}).status_code == 303
    assert SaidSeat.objects.get().post == seat("East")


@pytest.mark.parametrize("typed", ["", "x", "0", "99999999", "any-1", "\x00"])
def test_a_wrong_word_of_a_writer_is_asked_again(client, form, typed):
    _action, path = waiting_letter(client, form)

    answer = client.post(path, {"seat": typed})

    assert answer.status_code == 422
    assert "Choose the member who represents you" in text(answer)


def test_the_page_of_the_confirmation_offers_to_say_it(client, form):
    action, path = waiting_letter(client, form)
    confirmations.confirm(action)
    confirmed = messages.confirmation_path(action)

    assert f'href="{path}"' in client.get(confirmed).content.decode().partition("<details")[0]
    client.post(path, {"seat": str(seat("East").pk)})

    assert path not in client.get(confirmed).content.decode()


def test_what_a_writer_said_is_theirs_to_take_and_to_have_erased(client, form):
    action, path = waiting_letter(client, form)
    client.post(path, {"seat": str(seat("East").pk)})
    confirmations.confirm(action)
    laura = Supporter.objects.get()

    assert [one["member"] for one in waiting.export(laura)] == ["Member for East"]
    waiting.erase(laura)

    assert not SaidSeat.objects.exists()


def test_a_stranger_has_no_link_and_a_letter_that_does_not_wait_has_none(client, form):
    action, path = waiting_letter(client, form)

    assert client.get(path.replace(path.split("/")[-2], "x")).status_code == 404
    Action.objects.filter(pk=action.pk).update(facts={**action.facts, "posts": [1]})
    assert client.get(path).status_code == 404
