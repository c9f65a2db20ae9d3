"""Laura asks members for their vote; the board follows each of them until they have voted."""

import datetime
import html
import re

import pytest
from django.utils import timezone, translation

from plaidoyer.actions import confirmations, intake
from plaidoyer.actions.kinds.vote_drive import board, closing, counts
from plaidoyer.actions.models import Action, ActionForm, Held, Hold
from plaidoyer.campaigns.models import Target
from plaidoyer.civics.models import (
    Area,
    ContactDetail,
    Membership,
    Organization,
    Person,
    Post,
    PostalPrefix,
)
from plaidoyer.delivery import letters
from plaidoyer.delivery.models import Letter
from plaidoyer.lib.words import Words
from plaidoyer.parliament import entries
from plaidoyer.parliament.models import Motion, Option, Position, VoteEvent
from plaidoyer.testing import make_campaign, make_form, make_organiser, make_pages

pytestmark = pytest.mark.django_db
LAURA = {"given_name": "Laura", "family_name": "Ng", "email": "laura@post.example"}
WORDS = {
    "subject": {"fr": "Votez pour", "en": "Vote for it"},
    "body": {"fr": "Votez pour.", "en": "Please vote for it."},
    "subject_editable": True,
    "body_editable": True,
}
NAMES = [("Maëlle", "Ostrander"), ("Noé", "Quill"), ("Ada", "Roy")]


def seat(house, name, number):
    area = Area.objects.create(
        identifier=f"ar/{number}", name=Words(fr=f"Circo {number}", en=f"Riding {number}")
    )
    PostalPrefix.objects.create(country="AR", prefix=f"A{number}", area=area)
    post = Post.objects.create(organization=house, label=Words(en="Member"), area=area)
    if name:
        person = Person.objects.create(given_name=name[0], family_name=name[1])
        Membership.objects.create(post=post, person=person)
        ContactDetail.objects.create(
            person=person, value=f"m{number}@house.example", source="https://house.example/"
        )
    return post


@pytest.fixture
def motion():
    house = Organization.objects.create(
        name=Words(fr="Assemblée", en="Assembly"), classification="legislature"
    )
    for number, name in enumerate([*NAMES, None]):
        seat(house, name, number)
    return Motion.objects.create(
        legislature=house,
        identifier="M-7",
        title=Words(fr="Bateaux propres", en="Clean boats"),
        vote_expected_on=timezone.localdate() + datetime.timedelta(days=10),
    )


def drive(motion, to="all", **facts):
    campaign = make_campaign()
    Target.objects.create(campaign=campaign, organization=motion.legislature)
    options = {**WORDS, "motion": motion.pk, "asked": "yes", "to": to, "closes_with_vote": True}
    return make_form(campaign, kind="vote_drive", options=options, **facts)


def send(client, form, language="en", **typed):
    """Laura's letters, seen and then sent."""
    address = f"/{language}/actions/{form.public_id}/"
    words = {name: WORDS[name][language] for name in ("subject", "body")}
    page = client.post(address, {**LAURA, **words, **typed, "step": "preview"})
    assert page.status_code == 200, page.context["form"].errors
    fields = re.findall(r'name="(\w+)" value="([^"]*)"', page.content.decode())
    again: dict = {}
    for name, value in fields:
        again.setdefault(name, []).append(html.unescape(value))
    answer = client.post(address, {**again, "step": "send"})
    assert answer.status_code == 303
    return page, Action.objects.latest("id")


def ask(form, posts, name):
    action = intake.append(
        form,
        email=f"{name}@post.example",
        language="en",
        given_name=name,
        family_name="Roy",
        page="/",
        content={"subject": "S", "body": "B", "targets": [], "posts": [post.pk for post in posts]},
    )
    confirmations.confirm(action)
    return action


def vote(motion, on=None, **votes):
    event = VoteEvent.objects.create(
        motion=motion,
        held_on=on or timezone.localdate(),
        result="pass",
        source="https://house.example/votes/7",
    )
    people = {one.given_name: one for one in Person.objects.exclude(family_name="Vale")}
    entries.record(event, {people[name]: Option(option) for name, option in votes.items()})
    return event


def text_of(client, form, language="en"):
    return client.get(make_pages(form)[language].get_url()).content.decode()


def test_a_letter_to_every_member_goes_to_each_filled_seat(client, motion):
    form = drive(motion)
    make_pages(form)

    page, action = send(client, form)
    confirmations.confirm(action)
    letters.write([action])

    assert "The same letter goes to 3 members" in page.content.decode()
    to = [letter.envelope.to_address for letter in Letter.objects.select_related("envelope")]
    assert sorted(to) == ["m0@house.example", "m1@house.example", "m2@house.example"]
    assert "Dear Ada Roy," in Letter.objects.get(recipient__contains="Ada Roy").body


def test_a_letter_to_ones_own_member_goes_by_the_postal_code(client, motion):
    form = drive(motion, to="representative")
    make_pages(form)

    _page, action = send(client, form, postal_code="a1 2b")
    confirmations.confirm(action)
    letters.write([action])

    assert Letter.objects.get().envelope.to_address == "m1@house.example"


def test_nothing_of_the_page_depends_on_who_reads_it(client, motion):
    answer = client.get(make_pages(drive(motion))["fr"].get_url())

    assert "Set-Cookie" not in answer.headers
    assert "public" in answer.headers["Cache-Control"]
    assert len(answer.content) < 30_000


def test_the_page_counts_down_and_links_the_motion(client, motion):
    Motion.objects.update(url=Words(en="https://house.example/m-7"))
    page = text_of(client, drive(motion))

    assert "in 10 days" in page
    assert "https://house.example/m-7" in page
    assert "We ask members to vote for it." in page


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (None, "not known yet"),
        (-1, "was expected"),
        (0, "today"),
        (1, "tomorrow"),
        (2, "in 2 days"),
    ],
)
def test_the_days_left_are_told_in_words(left, words):
    today = datetime.date(2026, 11, 23)
    day = None if left is None else today + datetime.timedelta(days=left)
    with translation.override("en"):
        assert words in board.countdown(day, today)


def test_each_member_has_a_row_with_the_position_and_its_source(client, motion):
    ada = Person.objects.get(family_name="Roy")
    Position.objects.create(
        motion=motion, person=ada, option="no", source="https://herald.example/ada"
    )

    page = text_of(client, drive(motion))

    assert page.count('scope="row"') == 3
    assert "https://herald.example/ada" in page
    assert re.search(r"against <b>1</b>", page)
    assert re.search(r"not known <b>2</b>", page)


def test_a_small_number_of_writers_is_never_told(client, motion):
    form = drive(motion)
    posts = list(Post.objects.filter(area__isnull=False).order_by("id"))
    for number in range(12):
        ask(form, posts[:1] if number else posts, f"w{number}")
    counts.recount()

    rows = {row.member.post: row.written for row in board.board(form, motion, None)}

    assert rows[posts[0]] == "at least 10"
    assert rows[posts[1]] == "fewer than 10"


def test_what_is_withdrawn_or_held_does_not_count_for_a_member(motion):
    form = drive(motion)
    [post, *_others] = Post.objects.filter(area__isnull=False).order_by("id")
    acts = [ask(form, [post], f"w{number}") for number in range(3)]
    counts.recount()
    assert counts.by_post(form.pk) == {post.pk: 3}

    confirmations.withdraw(acts[0])
    hold = Hold.objects.create(cause="organiser", form=form)
    Held.objects.create(action=acts[1], hold=hold)
    counts.recount()
    assert counts.by_post(form.pk) == {post.pk: 1}


@pytest.mark.parametrize("posts", [None, "x", [], [0], [10**15], {"a": 1}])
def test_no_content_stops_the_count(motion, posts):
    form = drive(motion)
    action = ask(form, [], "odd")
    Action.objects.filter(pk=action.pk).update(facts={"posts": posts})

    counts.recount()

    assert counts.by_post(form.pk) == {}


def test_a_vote_closes_the_drive_and_the_page_says_how_it_ended(client, motion):
    form = drive(motion)
    vote(motion, Maëlle="yes", Noé="yes", Ada="no")

    assert closing.close_drives() == 1
    assert closing.close_drives() == 0

    form.refresh_from_db()
    page = text_of(client, form)
    assert form.is_over
    assert "2 for, 1 against" in page
    assert "Adopted" in page
    assert '<form class="form"' not in page
    assert client.post(f"/en/actions/{form.public_id}/", LAURA).status_code == 410


def test_a_vote_of_another_time_is_not_this_ones(motion):
    form = drive(motion)
    vote(motion, on=timezone.localdate() - datetime.timedelta(days=60))

    closing.close_drives()

    form.refresh_from_db()
    assert not form.is_over
    assert form.closes_at == closing.end_of(motion.vote_expected_on)


def test_a_vote_that_is_put_off_moves_the_closing(motion):
    form = drive(motion)
    closing.close_drives()
    motion.vote_expected_on += datetime.timedelta(days=7)
    motion.save()

    closing.close_drives()

    form.refresh_from_db()
    assert form.closes_at == closing.end_of(motion.vote_expected_on)


def test_a_closing_that_ed_chose_stays(motion):
    chosen = timezone.now() + datetime.timedelta(days=90)
    form = drive(motion, closes_at=chosen)
    form.options["closes_with_vote"] = False
    form.save()
    vote(motion)

    assert closing.close_drives() == 0
    form.refresh_from_db()
    assert form.closes_at == chosen


def test_the_board_is_searched_and_filtered_by_plain_links(client, motion):
    form = drive(motion)
    make_pages(form)
    address = f"/en/actions/{form.public_id}/vote_drive/members/"
    ada = Person.objects.get(family_name="Roy")
    Position.objects.create(motion=motion, person=ada, option="yes", source="https://h.example/")

    def found(**query):
        answer = client.get(address, query)
        assert answer.status_code == 200
        return [row.member.person.given_name for row in answer.context["rows_shown"]]

    assert found() == ["Maëlle", "Noé", "Ada"]
    assert found(q="maelle riding") == ["Maëlle"]
    assert found(stands="yes") == ["Ada"]
    assert found(q="nobody") == []
    assert found(q="\x00\u202e" * 500, stands="<script>") == ["Maëlle", "Noé", "Ada"]
    assert "Set-Cookie" not in client.get(address).headers


def test_338_members_take_a_few_queries(client, motion, django_assert_max_num_queries):
    form = drive(motion)
    people = Person.objects.bulk_create(
        Person(given_name="M", family_name=f"F{n}") for n in range(338)
    )
    posts = Post.objects.bulk_create(
        Post(organization=motion.legislature, label=Words(en=f"Seat {n}")) for n in range(338)
    )
    Membership.objects.bulk_create(
        Membership(person=person, post=post) for person, post in zip(people, posts, strict=True)
    )
    Position.objects.bulk_create(
        Position(motion=motion, person=person, option="yes", source="https://h.example/")
        for person in people
    )
    vote(motion)

    with django_assert_max_num_queries(9):
        shown = board.shown(form)

    assert len(shown["rows"]) == 341
    assert shown["rows_shown"] == []


def test_ed_makes_a_drive_that_closes_with_its_motion(client, motion):
    client.force_login(make_organiser())
    sheet = {
        "campaign": make_campaign().pk,
        "name_fr": "Votez",
        "name_en": "Vote",
        "opens_at": "2026-01-01 08:00",
        "challenge": "trouble",
        "options-motion": motion.pk,
        "options-asked": "yes",
        "options-to": "all",
        "options-closes_with_vote": "on",
        "options-subject_en": "Vote",
        "options-body_en": "Please.",
    }

    refused = client.post("/admin/forms/new/?kind=vote_drive", {**sheet, "options-motion": ""})
    assert "options-motion" in refused.context["form"].errors
    answer = client.post("/admin/forms/new/?kind=vote_drive", sheet)
    assert answer.status_code == 302, answer.context["form"].errors

    form = ActionForm.objects.get()
    assert form.options["motion"] == motion.pk
    assert form.closes_at == closing.end_of(motion.vote_expected_on)
    assert form.campaign.targets.filter(organization=motion.legislature).exists()


def test_numbers_of_a_vote_are_told_only_where_nobodys_vote_lacks(client, motion):
    form = drive(motion)
    vote(motion, Maëlle="yes", Noé="yes")
    closing.close_drives()
    form.refresh_from_db()

    page = text_of(client, form)

    assert "2 for, 0 against" not in page
    assert "Adopted on" in page
