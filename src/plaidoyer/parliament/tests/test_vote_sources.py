"""What publishers say of votes: read with their traps, laid beside what is held, undone."""

import datetime
import json

import pytest

from plaidoyer.civics import imports
from plaidoyer.civics.models import Area, Identifier, Membership, Organization, Person, Post
from plaidoyer.civics.sources import SourceError, get
from plaidoyer.lib.words import Words
from plaidoyer.parliament.models import LegislativeSession, Motion, Option, Vote, VoteEvent

ON = datetime.date(2026, 11, 24)
LIST = "parliament,session,number,datetime,subject_en,subject_fr,result,yeas,nays,paired,bill,url\n"
ROW = "44,1,{n},{at},Clean boats,Bateaux propres,{result},{y},{no},{p},C-7,https://h.example/{n}\n"


def row(n=1, at="2022-05-12T15:55:00", result="Agreed To", y=2, no=1, p=1):
    return ROW.format(n=n, at=at, result=result, y=y, no=no, p=p)


def read(content, source="votes-csv", **options):
    content = content if isinstance(content, bytes) else content.encode()
    return get(source).read(content, ON, **options)


def take(content, source="votes-csv", **options):
    content = content if isinstance(content, bytes) else content.encode()
    reading = get(source).read(content, ON, **options)
    return imports.carry_out(reading, source=source, address="f", content=content, on=ON)


def member(number, name="Ada Roy"):
    house, _new = Organization.objects.get_or_create(
        identifier="ca-commons", defaults={"name": Words(en="House of Commons")}
    )
    area = Area.objects.create(
        identifier=f"ocd-division/country:ca/ed:{number}-2013", name=Words(en=f"Mont—Réal {number}")
    )
    post = Post.objects.create(organization=house, area=area, label=Words(en="Member"))
    given, _space, family = name.partition(" ")
    person = Person.objects.create(given_name=given, family_name=family)
    party = Organization.objects.create(identifier=f"now-{number}", name=Words(en="Party of today"))
    Membership.objects.create(
        person=person, post=post, start_on=datetime.date(2021, 1, 1), on_behalf_of=party
    )
    Identifier.objects.create(person=person, scheme="ourcommons", identifier=str(number))
    return person


def participant(number, *, yes=False, nay=False, paired=False, riding="Mont-Real 1", name="Roy"):
    facts = {"IsVoteYea": yes, "IsVoteNay": nay, "IsVotePaired": paired}
    flags = "".join(f"<{tag}>{str(on).lower()}</{tag}>" for tag, on in facts.items())
    return (
        "<VoteParticipant><ParliamentNumber>44</ParliamentNumber><SessionNumber>1</SessionNumber>"
        "<DecisionEventDateTime>2022-05-12T15:55:00</DecisionEventDateTime>"
        "<DecisionDivisionNumber>1</DecisionDivisionNumber>"
        f"<ConstituencyName>{riding}</ConstituencyName>"
        "<PersonOfficialFirstName>Ada</PersonOfficialFirstName>"
        f"<PersonOfficialLastName>{name}</PersonOfficialLastName>"
        "<CaucusShortName>Bloc Québécois</CaucusShortName>"
        f"{flags}<DecisionResultName>Agreed To</DecisionResultName>"
        f"<PersonId>{number}</PersonId></VoteParticipant>"
    )


def detail(*participants):
    body = "".join(participants)
    return f"<ArrayOfVoteParticipant>{body}</ArrayOfVoteParticipant>"


@pytest.mark.django_db
def test_numbers_restart_with_each_session():
    take(LIST + row(1) + row(1).replace("44,1,1", "44,2,1"))

    assert sorted(VoteEvent.objects.values_list("session__identifier", "identifier")) == [
        ("44-1", "1"),
        ("44-2", "1"),
    ]


@pytest.mark.django_db
def test_a_paired_member_is_paired_whatever_else_is_said():
    ada = member(1)
    take(LIST + row(1))

    take(detail(participant(1, yes=True, paired=True)), "ourcommons-votes")

    vote = Vote.objects.get()
    assert (vote.person, vote.option) == (ada, Option.PAIRED)
    assert vote.group.identifier == "ca-commons/party:bq"
    assert vote.area.identifier == "ocd-division/country:ca/ed:1-2013"
    assert ada.memberships.get().on_behalf_of.identifier == "now-1"
    assert Person.objects.get().given_name == "Ada"


@pytest.mark.django_db
def test_somebody_nobody_has_heard_of_is_added_with_their_number():
    take(LIST + row(1))

    take(detail(participant(77, nay=True, name="Quill")), "ourcommons-votes")

    assert Identifier.objects.get(identifier="77").person.family_name == "Quill"
    assert Membership.objects.count() == 0


@pytest.mark.django_db
def test_the_sums_are_compared_and_told():
    member(1)
    take(LIST + row(1, y=2, no=1, p=1))

    run = take("vote_number,person_id,ballot,caucus_at_vote\n1,1,Y,BQ\n", session="44-1")

    told = " / ".join(reason for _line, reason in run.warnings)
    assert "yes 1 in the file, 2 published" in told
    assert "no 0 in the file, 1 published" in told
    assert "paired 0 in the file, 1 published" in told


@pytest.mark.django_db
def test_a_corrected_total_is_taken_over_and_what_ed_noted_stays():
    take(LIST + row(1, p=1))
    event = VoteEvent.objects.get()
    VoteEvent.objects.update(result="amended", no_count=5)

    take(LIST + row(1, p=3))
    run = take(LIST + row(1, p=0))

    event.refresh_from_db()
    assert (event.paired_count, event.no_count, event.result) == (0, 5, "amended")
    assert any("corrected here" in reason for _line, reason in run.warnings)


@pytest.mark.django_db
def test_a_vote_that_ed_noted_with_its_number_is_completed_not_doubled():
    take(LIST + row(2))
    session = VoteEvent.objects.get().session
    motion = Motion.objects.create(
        legislature=session.legislature, identifier="M-7", title=Words(fr="Mes mots")
    )
    VoteEvent.objects.create(
        motion=motion,
        session=session,
        identifier="1",
        held_on=datetime.date(2022, 5, 12),
        result="amended",
        source="https://house.example/",
    )

    take(LIST + row(1))

    event = VoteEvent.objects.get(identifier="1")
    motion.refresh_from_db()
    assert (event.motion, event.yes_count, event.result) == (motion, 2, "amended")
    assert motion.title == {"fr": "Mes mots", "en": "Clean boats"}


@pytest.mark.django_db
def test_an_import_of_votes_is_taken_back_whole():
    member(1)
    take(LIST + row(1))
    run = take("vote_number,person_id,ballot,caucus_at_vote\n1,1,Y,BQ\n", session="44-1")
    assert Vote.objects.count() == 1

    imports.undo(run)

    assert Vote.objects.count() == 0
    assert VoteEvent.objects.count() == 1


@pytest.mark.django_db
def test_a_ballot_of_a_vote_that_is_not_held_is_a_conflict_with_its_line():
    member(1)
    take(LIST + row(1))

    draft = imports.preview(
        read("vote_number,person_id,ballot,caucus_at_vote\n9,1,Y,BQ\n1,404,N,BQ\n"), ON
    )

    assert [line for line, _reason in draft.conflicts if line] == [2, 3]
    assert Vote not in draft.added


@pytest.mark.django_db
def test_openparliament_gives_both_languages_and_nobody_absent():
    ada = member(1)
    vote = {
        "session": "44-1",
        "number": 1,
        "date": "2022-05-12",
        "description": {"en": "Clean boats", "fr": "Bateaux propres"},
        "result": "Passed",
        "yea_total": 1,
        "nay_total": 0,
        "paired_total": 0,
        "bill_url": "/bills/44-1/C-7/",
    }
    place = "/votes/44-1/1/"
    cast = {
        "objects": [
            {"vote_url": place, "politician_url": "/politicians/ada-roy/", "ballot": "Yes"},
            {"vote_url": place, "politician_url": "/politicians/x/", "ballot": "Didn't vote"},
        ]
    }

    take(json.dumps([vote, cast]), "openparliament")

    event = VoteEvent.objects.select_related("motion").get()
    assert event.motion.title == {"en": "Clean boats", "fr": "Bateaux propres"}
    assert (event.motion.bill, event.held_at) == ("C-7", None)
    assert Vote.objects.get().person == ada
    assert Identifier.objects.filter(person=ada, scheme="openparliament").exists()


@pytest.mark.parametrize(
    ("source", "content", "line"),
    [
        ("ourcommons-votes", "<ArrayOfVote><Vote>", 1),
        ("ourcommons-votes", "<html/>", 1),
        ("ourcommons-votes", "<ArrayOfVote>\n<Vote/></ArrayOfVote>", 2),
        ("ourcommons-votes", '<!DOCTYPE a [<!ENTITY b "c">]>\n<a>&b;</a>', 1),
        ("ourcommons-votes", "\x00" * 100, 1),
        ("votes-csv", LIST + row(1, y="many"), 2),
        ("votes-csv", LIST + row(1, at="yesterday"), 2),
        ("votes-csv", LIST + "44,1\n", 2),
        ("votes-csv", "name,colour\nAda,blue\n", 1),
        ("votes-csv", LIST.encode() + b"\xff\xfe\n", 2),
        ("openparliament", "[1]", 1),
        ("openparliament", '{"objects": [{"result": 1}]}', 1),
        ("openparliament", "{", 1),
    ],
)
def test_a_broken_file_gives_a_reason_with_its_line(source, content, line):
    with pytest.raises(SourceError) as refused:
        read(content, source)

    assert refused.value.line == line
    assert str(refused.value.reason)


@pytest.mark.django_db
def test_a_formula_is_refused_before_anything_is_compared():
    reading = read(LIST + row(1).replace("Clean boats", "=HYPERLINK(1)"))

    with pytest.raises(SourceError):
        imports.preview(reading, ON)

    assert not Motion.objects.exists()


def test_an_unknown_result_leaves_one_vote_out_and_says_so():
    reading = read(LIST + row(1, result="Perhaps") + row(2))

    assert [line for line, _reason in reading.warnings] == [2]
    assert [one.number for one in reading.records if hasattr(one, "held_at")] == ["2"]


def test_the_polite_client_is_asked_for_both_languages_and_the_votes_named():
    asked = []

    def fetched(address):
        asked.append(address)
        return b'<?xml version="1.0"?>\n<ArrayOfVote/>'

    content = get("ourcommons-votes").fetch(fetched, session="45-1", votes="3, 5-6")

    assert [address.partition("/members/")[2] for address in asked] == [
        "en/votes/xml?parlSession=45-1",
        "fr/votes/xml?parlSession=45-1",
        "en/votes/45/1/3/xml",
        "en/votes/45/1/5/xml",
        "en/votes/45/1/6/xml",
    ]
    assert read(content, "ourcommons-votes").warnings == []


@pytest.mark.django_db
def test_ballots_of_no_session_are_refused_where_votes_of_two_are_held():
    member(1)
    take(LIST + row(1))
    take(LIST + row(1).replace("44,1,", "45,1,"))
    ballots = "vote_number,person_id,ballot,caucus_at_vote\n1,1,Y,BQ\n"

    with pytest.raises(SourceError, match="44-1, 45-1") as refused:
        imports.preview(read(ballots), ON)

    assert refused.value.line == 2


@pytest.mark.django_db
def test_a_session_without_votes_leaves_no_doubt_of_which_is_meant():
    member(1)
    take(LIST + row(1))
    house = Organization.objects.get(identifier="ca-commons")
    LegislativeSession.objects.create(legislature=house, identifier="42-1")
    ballots = "vote_number,person_id,ballot,caucus_at_vote\n1,1,Y,BQ\n"

    assert imports.preview(read(ballots), ON).conflicts == []
