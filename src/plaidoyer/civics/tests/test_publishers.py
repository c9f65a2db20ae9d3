"""Lists of members in the shapes of their publishers, with invented people."""

import datetime
import json

import pytest

from plaidoyer.civics import imports, sources
from plaidoyer.civics.models import (
    Area,
    ContactDetail,
    Identifier,
    Membership,
    Organization,
    Person,
    Post,
)
from plaidoyer.civics.sources import SourceError
from plaidoyer.civics.sources.ourcommons_ministers import portfolios
from plaidoyer.lib.words import Words

pytestmark = pytest.mark.django_db
ON = datetime.date(2026, 7, 1)


def take(source, content, **options):
    """Imports what a source says; what it was."""
    said = content if isinstance(content, bytes) else content.encode()
    reading = sources.get(source).read(said, ON, **options)
    imports.carry_out(reading, source=source, address="list", content=said, on=ON)
    assert imports.preview(sources.get(source).read(said, ON, **options), ON).is_empty
    return reading


def riding(number, en, fr="", year=2023, **facts):
    return Area.objects.create(
        identifier=f"ocd-division/country:ca/ed:{number}-{year}",
        name=Words(en=en, fr=fr or en),
        **facts,
    )


def seated():
    return {
        str(term.person).strip(): term.post.area.identifier
        for term in Membership.objects.select_related("person", "post__area")
    }


MEMBERS = """<?xml version="1.0" encoding="utf-8"?>
<ArrayOfMemberOfParliament>
  <MemberOfParliament><PersonId>900001</PersonId>
    <PersonShortHonorific>{honorific}</PersonShortHonorific>
    <PersonOfficialFirstName>Ada</PersonOfficialFirstName>
    <PersonOfficialLastName>Vale</PersonOfficialLastName>
    <ConstituencyName>{riding}</ConstituencyName>
    <ConstituencyProvinceTerritoryName>{province}</ConstituencyProvinceTerritoryName>
    <CaucusShortName>{caucus}</CaucusShortName>
    <FromDateTime>2025-04-28T00:00:00</FromDateTime><ToDateTime xsi:nil="true" xmlns:xsi="x" />
  </MemberOfParliament>
</ArrayOfMemberOfParliament>"""
ENGLISH = {"honorific": "Hon.", "riding": "Loup—Meadow", "province": "Quebec", "caucus": "NDP"}
FRENCH = {
    "honorific": "L’hon.",
    "riding": "Loup-- Pré",
    "province": "Québec",
    "caucus": "NPD",
}


class TestTheHouse:
    @pytest.fixture(autouse=True)
    def ridings(self):
        riding(24001, "Loup—Meadow", "Loup—Pré")
        riding(24099, "Loup—Meadow", year=2013, valid_until=datetime.date(2024, 4, 23))

    @pytest.mark.parametrize("words", [ENGLISH, FRENCH])
    def test_a_riding_is_found_by_its_name_of_that_day(self, words):
        take("ourcommons", MEMBERS.format(**words))

        [term] = Membership.objects.all()
        assert term.post.area.identifier == "ocd-division/country:ca/ed:24001-2023"
        assert term.start_on == datetime.date(2025, 4, 28)
        assert term.on_behalf_of.identifier == "ca-commons/party:ndp"

    def test_both_languages_say_one_member_with_both_forms_of_address(self):
        take("ourcommons", MEMBERS.format(**ENGLISH))
        take("ourcommons", MEMBERS.format(**FRENCH))

        person = Person.objects.get()
        assert dict(person.honorific_prefix) == {"en": "Hon.", "fr": "L’hon."}
        assert Identifier.objects.get().identifier == "900001"
        assert not ContactDetail.objects.exists()

    @pytest.mark.parametrize(
        "head",
        [
            "Honorific Title,First Name,Last Name,Constituency,Province / Territory,"
            "Political Affiliation,Start Date,End Date",
            "Titre honorifique,Prénom,Nom de famille,Circonscription,Province / Territoire,"
            "Affiliation politique,Date de début,Date de fin",
        ],
    )
    def test_the_csv_of_either_language_says_the_same(self, head):
        line = "Hon.,Ada,Vale,Loup—Pré,Québec,NPD,4/28/2025 12:00:00 AM,"

        take("ourcommons", f"\ufeff{head}\r\n{line}\r\n")

        assert Membership.objects.get().start_on == datetime.date(2025, 4, 28)

    def test_who_sits_nowhere_we_know_is_left_out_and_told(self):
        both = MEMBERS.format(**ENGLISH).replace("</ArrayOfMemberOfParliament>", "")
        lost = MEMBERS.format(**ENGLISH | {"riding": "Nowhere"}).replace("900001", "900002")
        lost = lost[lost.index("<MemberOfParliament>") :]

        reading = take("ourcommons", both + lost)

        assert len(seated()) == 1
        assert "Nowhere" in reading.warnings[0][1]

    def test_ministers_hold_offices_with_what_they_answer_for(self):
        take("ourcommons", MEMBERS.format(**ENGLISH))

        take(
            "ourcommons-ministers",
            "<ArrayOfMinister><Minister><PersonId>900001</PersonId>"
            "<PersonOfficialFirstName>Ada</PersonOfficialFirstName>"
            "<PersonOfficialLastName>Vale</PersonOfficialLastName>"
            "<Title>Minister of Rivers and Ponds</Title><OrderOfPrecedence>7</OrderOfPrecedence>"
            "<FromDateTime>2025-05-13T00:00:00</FromDateTime></Minister></ArrayOfMinister>",
        )

        office = Post.objects.get(organization__identifier="ca-government")
        assert office.portfolios == ["rivers", "ponds"]
        assert office.holder(ON) == Person.objects.get()

    def test_a_shuffle_ends_one_term_and_begins_another(self):
        head = "person_id,name,role_en,role_fr,email\n"
        take("ourcommons-ministers", f"{head}1,Ada Vale,Minister of Ponds,Ministre des Étangs,\n")
        take("ourcommons-ministers", f"{head}2,Bo Moss,Minister of Ponds,Ministre des Étangs,\n")

        office = Post.objects.get()
        assert office.holder(ON + datetime.timedelta(days=1)).family_name == "Moss"
        assert office.memberships.count() == 2


@pytest.mark.parametrize(
    ("title", "tags"),
    [
        ("Prime Minister of Canada", ()),
        ("Minister of Health", ("health",)),
        (
            "Minister of Immigration, Refugees and Citizenship",
            ("immigration", "refugees", "citizenship"),
        ),
        ("President of the Treasury Board", ("treasury-board",)),
        (
            "Minister of Energy and Minister responsible for Official Languages",
            ("energy", "official-languages"),
        ),
    ],
)
def test_a_title_says_what_its_holder_answers_for(title, tags):
    assert portfolios(title) == tags


def of_represent(name, set_, number, **facts):
    first, _space, last = name.partition(" ")
    return {
        "name": name,
        "first_name": first,
        "last_name": last,
        "district_name": f"Riding {number}",
        "elected_office": "MP",
        "party_name": "Liberal",
        "email": f"{first.lower()}@house.example",
        "url": f"https://www.ourcommons.ca/Members/en/x({number})",
        "offices": [{"type": "constituency", "tel": "1 613 555-0101", "postal": "1 Rue\nOttawa"}],
        "source_url": "https://www.ourcommons.ca/Members/en/search",
        "representative_set_name": "House of Commons",
        "related": {
            "boundary_url": f"/boundaries/{set_}/{number}/",
            "representative_set_url": "/representative-sets/house-of-commons/",
        },
        **facts,
    }


NEW = "federal-electoral-districts-2023-representation-order"


class TestRepresent:
    def test_both_federal_sets_are_told_apart_by_their_address(self):
        members = [
            of_represent("Ada Vale", NEW, 35001),
            of_represent(
                "Bo Moss", "federal-electoral-districts", 35001, url="https://x.example/bo"
            ),
        ]

        take("represent", json.dumps({"objects": members, "meta": {"total_count": 2}}))

        assert seated() == {
            "Ada Vale": "ocd-division/country:ca/ed:35001-2023",
            "Bo Moss": "ocd-division/country:ca/ed:35001-2013",
        }

    def test_offices_come_with_where_they_are_and_the_house_s_number(self):
        take("represent", json.dumps({"objects": [of_represent("Ada Vale", NEW, 35001)]}))

        kinds = dict(ContactDetail.objects.values_list("type", "note"))
        assert kinds == {"email": "", "voice": "constituency", "address": "constituency"}
        assert Identifier.objects.get().scheme == "ourcommons"

    def test_one_page_of_several_is_refused(self):
        said = {"objects": [of_represent("Ada Vale", NEW, 1)], "meta": {"total_count": 343}}

        with pytest.raises(SourceError, match="1 of 343"):
            sources.get("represent").read(json.dumps(said).encode(), ON)

    def test_a_boundary_that_nobody_knows_is_left_out_and_told(self):
        members = [of_represent("Ada Vale", NEW, 1), of_represent("Bo Moss", "wards-2020", 2)]

        reading = take("represent", json.dumps({"objects": members}))

        assert [line for line, _why in reading.warnings] == [2]
        assert "wards-2020" in reading.warnings[0][1]

    def test_all_pages_are_followed_on_the_same_host(self, settings):
        settings.REPRESENT_ADDRESS = "https://represent.example"
        path = "/representatives/house-of-commons/?limit=1000"
        pages = {
            f"https://represent.example{path}": (path + "&offset=1", 1),
            f"https://represent.example{path}&offset=1": ("https://elsewhere.example/", 2),
        }

        def get(address):
            after, number = pages[address]
            member = of_represent(f"Ada V{number}", NEW, number)
            return json.dumps({"objects": [member], "meta": {"next": after}}).encode()

        take("represent", sources.get("represent").fetch(get))

        assert len(seated()) == 2


def of_westminster(number, name, listed, house=1):
    return {
        "value": {
            "id": number,
            "nameListAs": listed,
            "nameDisplayAs": name,
            "latestParty": {"name": "Labour (Co-op)", "abbreviation": "Lab"},
            "latestHouseMembership": {
                "membershipFrom": "Pond and Meadow",
                "membershipFromId": 9000 + number,
                "house": house,
                "membershipStartDate": "2024-07-04T00:00:00",
                "membershipEndDate": None,
            },
        }
    }


def test_westminster_s_members_are_read_from_its_api():
    items = [
        of_westminster(1, "Dame Ada van Vale", "van Vale, Dame Ada"),
        of_westminster(2, "Lord Moss", "Moss, L.", house=2),
    ]

    reading = take("uk-parliament", json.dumps({"items": items, "totalResults": 2}))

    person = Person.objects.get()
    assert (person.given_name, person.family_name) == ("Ada", "van Vale")
    assert dict(person.honorific_prefix) == {"en": "Dame"}
    assert Membership.objects.get().start_on == datetime.date(2024, 7, 4)
    assert len(reading.warnings) == 1


def test_a_page_of_westminster_alone_is_refused_and_all_are_fetched():
    asked = []

    def get(address):
        asked.append(address)
        number = len(asked)
        item = of_westminster(number, f"Ada V{number}", f"V{number}, Ada")
        return json.dumps({"items": [item], "totalResults": 2}).encode()

    with pytest.raises(SourceError, match="1 of 2"):
        sources.get("uk-parliament").read(get(""), ON)
    asked.clear()
    take("uk-parliament", sources.get("uk-parliament").fetch(get))

    assert [address.partition("skip=")[2] for address in asked] == ["0&take=20", "1&take=20"]
    assert Membership.objects.count() == 2


def test_a_deputy_is_read_from_the_open_data_without_private_addresses():
    term = {
        "typeOrgane": "ASSEMBLEE",
        "dateDebut": "2024-07-08",
        "dateFin": None,
        "election": {"lieu": {"departement": "Ain", "numDepartement": "01", "numCirco": "4"}},
    }
    group = {"typeOrgane": "GP", "dateFin": None, "organes": {"organeRef": "PO1"}}
    mails = [
        {"type": "15", "valElec": "ada.vale@assemblee-nationale.fr"},
        {"type": "15", "valElec": "ada@private.example"},
    ]
    export = {
        "acteurs": {
            "acteur": {
                "uid": {"#text": "PA900001"},
                "etatCivil": {"ident": {"civ": "Mme", "prenom": "Ada", "nom": "Vale"}},
                "adresses": {"adresse": mails},
                "mandats": {"mandat": [term, group]},
            }
        },
        "organes": {"organe": {"uid": "PO1", "libelle": "Rivières", "libelleAbrev": "RIV"}},
    }

    take("assemblee-nationale", json.dumps({"export": export}))

    assert seated() == {"Mme Ada Vale": "ocd-division/country:fr/departement:01/circonscription:4"}
    assert ContactDetail.objects.get().value == "ada.vale@assemblee-nationale.fr"
    assert Membership.objects.get().on_behalf_of.name["fr"] == "Rivières"


PAGE = """<!doctype html><html><body><table id="menu"><tr><td>x</td></tr></table>
<table id="ListeDeputes"><thead><tr><th>Nom</th></tr></thead><tbody>
<tr><td><a href="/fr/deputes/vale-ada-90001/index.html">Vale, Ada</a></td><td>Pré–Étang</td>
<td>Parti québécois</td><td><a href="mailto:Ada.Vale.PRET@assnat.qc.ca">Courriel</a></td></tr>
</tbody></table></body></html>"""


class TestTheNationalAssembly:
    @pytest.fixture(autouse=True)
    def area(self):
        Area.objects.create(
            identifier="ocd-division/country:ca/province:qc/ed:901-2017",
            name=Words(fr="Pré-Étang", en="Pré-Étang"),
        )

    def test_the_page_of_the_members_is_read(self):
        take("assnat", PAGE, at_least="1")

        assert seated() == {"Ada Vale": "ocd-division/country:ca/province:qc/ed:901-2017"}
        assert ContactDetail.objects.get().value == "Ada.Vale.PRET@assnat.qc.ca"
        assert Identifier.objects.get().identifier == "90001"

    def test_a_page_that_lost_people_is_refused(self):
        with pytest.raises(SourceError, match="at least 100"):
            sources.get("assnat").read(PAGE.encode(), ON)

    def test_a_page_of_another_shape_is_refused(self):
        with pytest.raises(SourceError, match="not on this page"):
            sources.get("assnat").read(b"<html><body>moved</body></html>", ON)


TERM = """
- id: {{bioguide: V90000{class}}}
  name: {{first: Ada, last: Vale{class}}}
  terms:
  - {{type: sen, start: '2019-01-03', end: '2025-01-03', state: WA, class: {class}, party: Green}}
  - type: sen
    start: '2025-01-03'
    end: '2031-01-03'
    state: WA
    class: {class}
    party: Democrat
    url: https://vale.senate.example
    contact_form: https://vale.senate.example/contact
    phone: 202-555-0101
"""


@pytest.mark.parametrize(("name", "found"), [("Ada Vale", []), ("Ada Vale (Étang)", ["1"])])
def test_quebec_s_ministers_are_the_members_of_their_name_and_riding(name, found):
    area = "ocd-division/country:ca/province:qc/ed:{}-2017"
    seats = (("1", "Ada Vale", "Étang"), ("2", "Ada Vale", "Marais"), ("3", "Bo Moss", "Delta"))
    members = [f"{number},{who},{where},{area.format(number)}" for number, who, where in seats]
    take("assnat", "\n".join(["assnat_id,name,riding,ocd_id", *members]))
    ministers = [f"{name},Ministre des Étangs,Minister of Ponds", "Bo Moss,Ministre,Minister"]

    take("quebec-ministers", "\n".join(["name,role_fr,role_en", *ministers]))

    terms = Membership.objects.filter(post__organization__identifier="ca-qc-government")
    numbers = terms.values_list("person__identifiers__identifier", flat=True)
    assert sorted(numbers) == [*found, "3"]
    assert Person.objects.count() == 3


def test_a_state_has_two_senators_with_the_last_term_of_each():
    rep = (
        TERM.format(**{"class": 3})
        .replace("type: sen", "type: rep")
        .replace("class: 3", "district: 0")
    )
    take("congress", "".join(TERM.format(**{"class": one}) for one in (1, 2)) + rep)

    seats = Post.objects.filter(organization__identifier="us-senate")
    assert {seat.label["en"] for seat in seats} == {
        "Senator for Washington (class 1)",
        "Senator for Washington (class 2)",
    }
    assert {one.end_on.year for one in Membership.objects.all()} == {2031}
    assert ContactDetail.objects.filter(type="form").count() == 3
    house = Organization.objects.get(identifier="us-house")
    assert house.posts.get().area.identifier == "ocd-division/country:us/state:wa"
