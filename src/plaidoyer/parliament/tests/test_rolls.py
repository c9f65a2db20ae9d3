"""Ed pastes how the members voted: what is understood, what is not and why, and the way back."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from plaidoyer.civics.models import Area, Membership, Organization, Person, Post
from plaidoyer.lib.words import Words
from plaidoyer.parliament import entries, reporting, rolls
from plaidoyer.parliament.models import Entry, Motion, Option, Position, VoteEvent
from plaidoyer.testing import make_organiser, typed

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 11, 3)
MEMBERS = [("Maëlle", "Ostrander"), ("Noé", "Quill"), ("Ada", "Roy"), ("Bea", "Roy")]


def seat(house, given, family, riding, **term):
    area = Area.objects.create(
        identifier=f"ar/{riding}", name=Words(fr=f"{riding}-Sur-Eau", en=riding)
    )
    post = Post.objects.create(
        organization=house,
        label=Words(fr=f"Députée de {riding}", en=f"Member for {riding}"),
        area=area,
    )
    person = Person.objects.create(
        given_name=given, family_name=family, honorific_prefix=Words(fr="Mme", en="Ms")
    )
    Membership.objects.create(post=post, person=person, **term)
    return person


@pytest.fixture
def motion():
    house = Organization.objects.create(name=Words(fr="Assemblée", en="Assembly"))
    for number, (given, family) in enumerate(MEMBERS):
        seat(house, given, family, f"Riding {number}", start_on="2024-01-01")
    return Motion.objects.create(legislature=house, identifier="M-7", title=Words(en="Clean boats"))


@pytest.fixture
def event(motion):
    return VoteEvent.objects.create(
        motion=motion, held_on=DAY, result="pass", source="https://house.example/votes/7"
    )


def read(motion, text):
    return rolls.read(text, motion.legislature, DAY)


@pytest.mark.parametrize(
    ("line", "option"),
    [
        ("Maëlle Ostrander; yes", "yes"),
        ("OSTRANDER, Maelle; Oui", "yes"),
        ("Ostrander,non", "no"),
        ("Ostrander, Maëlle, Nay", "no"),
        ("Mme Ostrander\tContre", "no"),
        ('"Ms Maëlle Ostrander";"abstention";', "abstain"),
        ("Ostrander; n’a pas voté", "absent"),
        ("  Maelle   OSTRANDER ;Pairé", "paired"),
        ("Ostrander (Riding 0); pour", "yes"),
        ("Maëlle Ostrander; yes; Riding 0", "yes"),
    ],
)
def test_a_member_is_known_in_many_spellings(motion, line, option):
    [read_line] = read(motion, line).lines
    assert (read_line.person.family_name, read_line.option) == ("Ostrander", option)


def test_each_line_that_says_nothing_has_its_number_and_its_reason(motion):
    reading = read(
        motion,
        "name;vote\n\nNoé Quill;yes\nQuill;no\nRoy;yes\nNobody Atall;no\nAda Roy;perhaps\n;yes",
    )

    assert [(str(p), o) for p, o in reading.understood.items()] == [("Ms Noé Quill", "yes")]
    faults = {line.number: str(line.reason) for line in reading.faults}
    assert sorted(faults) == [1, 4, 5, 6, 7, 8]
    assert "already" in faults[4]
    assert "riding" in faults[5]
    assert "nobody" in faults[6]
    assert "no vote" in faults[7]


def test_the_riding_tells_two_of_one_name_apart(motion):
    reading = read(motion, "Roy (Riding 3); oui\nRoy (Riding 2-sur-eau); non")

    assert [line.person.given_name for line in reading.lines] == ["Bea", "Ada"]


def test_those_left_out_are_named(motion):
    reading = read(motion, "Ostrander;yes\nQuill;yes")
    assert [person.given_name for person in reading.missing] == ["Ada", "Bea"]


def test_only_those_who_sat_that_day_are_known(motion):
    seat(motion.legislature, "Late", "Comer", "Riding 9", start_on="2026-11-04")
    assert read(motion, "Comer;yes").faults


@pytest.mark.parametrize(
    "text", ["", "\x00\x1b;;;,,,\t\t", "(((;)))", "\u202e", ";" * 5000, ",yes"]
)
def test_nothing_that_is_pasted_breaks_the_reading(motion, text):
    assert not read(motion, text).understood


def test_a_list_is_kept_and_a_second_one_corrects_it(motion, event):
    people = {person.given_name: person for person in Person.objects.all()}

    entries.record(event, {people["Ada"]: Option.YES, people["Bea"]: Option.NO})
    entries.record(event, {people["Bea"]: Option.YES, people["Noé"]: Option.ABSENT})

    assert reporting.votes(event) == {
        people["Ada"].pk: "yes",
        people["Bea"].pk: "yes",
        people["Noé"].pk: "absent",
    }
    assert reporting.tally(event)[Option.YES] == 2


def test_lists_are_undone_last_first(motion, event):
    people = {person.given_name: person for person in Person.objects.all()}
    first = entries.record(event, {people["Ada"]: Option.YES, people["Bea"]: Option.NO})
    second = entries.record(event, {people["Bea"]: Option.YES, people["Noé"]: Option.NO})

    assert not entries.undo(first)
    assert entries.undo(second)
    assert not entries.undo(second)
    assert reporting.votes(event) == {people["Ada"].pk: "yes", people["Bea"].pk: "no"}
    assert entries.undo(first)
    assert reporting.votes(event) == {}


def test_the_last_stated_position_holds(motion):
    ada = Person.objects.get(given_name="Ada")
    for day, option in [(1, "no"), (9, "yes"), (5, "abstain")]:
        Position.objects.create(
            motion=motion,
            person=ada,
            option=option,
            stated_on=DAY.replace(day=day),
            source="https://herald.example/",
        )

    assert reporting.positions(motion)[ada.pk].option == "yes"
    assert reporting.positions(motion, DAY.replace(day=6))[ada.pk].option == "abstain"


def test_a_house_of_338_is_read_in_a_few_queries(motion, event, django_assert_max_num_queries):
    people = Person.objects.bulk_create(
        Person(given_name="M", family_name=f"F{n}") for n in range(338)
    )
    posts = Post.objects.bulk_create(
        Post(organization=motion.legislature, label=Words(en=f"Seat {n}")) for n in range(338)
    )
    Membership.objects.bulk_create(
        Membership(person=person, post=post) for person, post in zip(people, posts, strict=True)
    )
    text = "\n".join(f"M F{n};{'yes' if n % 3 else 'no'}" for n in range(338))

    with django_assert_max_num_queries(2):
        reading = read(motion, text)
    with django_assert_max_num_queries(10):
        entries.record(event, reading.understood)
    with django_assert_max_num_queries(4):
        assert len(reporting.members(motion.legislature, DAY)) == 342
        assert sum(reporting.tally(event).values()) == 338
        assert len(reporting.votes(event)) == 338


def test_ed_sees_what_the_list_says_before_it_is_kept(client, motion, event):
    client.force_login(make_organiser())
    address = reverse("motions:members", args=[motion.pk])
    sent = {"about": event.pk, "text": "Ostrander;yes\nNobody;no"}

    page = client.post(address, {**sent, "step": "read"}).content.decode()
    assert "Line 2" in page
    assert "nobody of this name sat that day" in page
    assert reporting.votes(event) == {}

    answer = client.post(address, {**sent, "step": "keep"})
    assert answer.status_code == 302
    assert len(reporting.votes(event)) == 1

    client.post(reverse("motions:undo", args=[Entry.objects.get().pk]))
    assert reporting.votes(event) == {}
    assert "undone on" in client.get(address).content.decode()


def test_a_file_of_a_spreadsheet_does_too(client, motion, event):
    client.force_login(make_organiser())
    file = SimpleUploadedFile("votes.csv", "Noé Quill;Contre\r\n".encode("cp1252"))

    page = client.post(
        reverse("motions:members", args=[motion.pk]),
        {"about": event.pk, "file": file, "step": "read"},
    )

    assert page.context["reading"].understood
    assert "Noé Quill;Contre" in page.content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": ""}, "text"),
        ({"about": "x"}, "about"),
        ({"source": ""}, "source"),
        ({"source": "javascript:alert(1)"}, "source"),
        ({"stated_on": "2099-01-01"}, "stated_on"),
        ({"stated_on": "\x00"}, "stated_on"),
    ],
)
def test_what_is_wrong_is_told_beside_the_field(client, motion, wrong, field):
    client.force_login(make_organiser())
    right = {
        "about": "stated",
        "text": "Quill;yes",
        "source": "https://herald.example/",
        "stated_on": "2026-11-01",
    }
    address = reverse("motions:members", args=[motion.pk])

    answer = client.post(address, {**right, **wrong, "step": "keep"})
    assert field in answer.context["form"].errors
    assert client.post(address, {**right, "step": "keep"}).status_code == 302
    assert Position.objects.get().entry == Entry.objects.get()


def test_a_motion_with_its_recorded_vote_is_noted(client, motion):
    client.force_login(make_organiser())
    sheet = typed(
        legislature=motion.legislature_id,
        identifier="M-7",
        title=motion.title,
        url=Words(),
        vote_expected_on="2026-12-03",
        vote_events=[
            {
                "held_on": "2026-11-03",
                "result": "pass",
                "identifier": "",
                "source": "https://house.example/7",
            }
        ],
    )

    answer = client.post(reverse("motions:edit", args=[motion.pk]), sheet)

    assert answer.status_code == 302, answer.context["form"].errors
    assert reporting.last_vote(motion).held_on == DAY
    assert "2026-11-03" in client.get(reverse("motions:index")).content.decode()


def test_a_position_is_noted_and_listed(client, motion):
    client.force_login(make_organiser())
    ada = Person.objects.get(given_name="Ada")

    client.post(
        reverse("positions:add"),
        {
            "motion": motion.pk,
            "person": ada.pk,
            "option": "yes",
            "stated_on": "2026-11-01",
            "source": "https://herald.example/",
        },
    )

    assert reporting.positions(motion)[ada.pk].option == "yes"
    assert "Roy" in client.get(reverse("positions:index"), {"q": "roy"}).content.decode()


def test_only_organisers_enter_lists(client, motion):
    assert client.get(reverse("motions:members", args=[motion.pk])).status_code == 302
