"""Members of any legislature by CSV and by Popolo, as others write them."""

import datetime
import json

import pytest

from plaidoyer.civics import imports, sources
from plaidoyer.civics.models import Area, ContactDetail, Membership, Organization, Person, Post

pytestmark = pytest.mark.django_db
ON = datetime.date(2026, 1, 22)


def bring(source, content, on=ON, **options):
    reading = sources.get(source).read(content, on, **options)
    return imports.carry_out(reading, source=source, address="f", content=content, on=on)


def again(source, content, on=ON, **options):
    return imports.preview(sources.get(source).read(content, on, **options), on)


HEADS = [
    ("ocd_id,riding_en,given_name,family_name,party,email", ","),
    ("Identifiant OCD;Circonscription;Prénom;Nom;Parti politique;Courriel", ";"),
    ("DIVISION\tConstituency\tFirst Name\tLast Name\tPolitical Affiliation\tE-mail", "\t"),
]


@pytest.mark.parametrize(("heads", "delimiter"), HEADS)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_columns_are_understood_in_both_languages(heads, delimiter, mark):
    row = ["ocd-division/country:xr/ed:1-2023", "Le Pré", "Ada", "Vale", "Shores", "v@h.example"]
    content = mark + f"{heads}\r\n{delimiter.join(row)}\r\n".encode()

    bring("csv", content, legislature="xr-house", name_en="House", page="https://h.example/")

    term = Membership.objects.select_related("person", "post__area", "on_behalf_of").get()
    assert str(term.person) == "Ada Vale"
    assert str(term.post.area) == "Le Pré"
    assert term.on_behalf_of.identifier == "xr-house/party:shores"
    assert ContactDetail.objects.get().value == "v@h.example"


def test_an_address_without_the_page_where_it_stands_is_left_out():
    content = b"ocd_id,name,party,email\nocd-division/country:xr/ed:1,Ada Vale,S,v@h.example\n"

    run = bring("csv", content, legislature="xr-house", name_en="House")

    assert not ContactDetail.objects.exists()
    assert "no official page" in run.warnings[0][1]


def test_a_member_is_placed_by_the_name_of_an_area_that_is_known():
    Area.objects.create(identifier="ocd-division/country:xr/ed:7-2023", name={"en": "Loup—Rivière"})
    content = b"riding,name,party\nLoup -- Riviere,Ada Vale,S\nNowhere,Eve Roy,S\n"

    run = bring("csv", content, legislature="xr-house", name_en="House", country="xr")

    assert Post.objects.get().area.identifier.endswith("7-2023")
    assert "Eve Roy is left out" in run.warnings[0][1]


POPOLO = {
    "persons": [
        {
            "id": "p1",
            "name": "Ada Vale",
            "email": "vale@house.example",
            "identifiers": [{"scheme": "house", "identifier": "7"}],
        },
        {"id": "p2", "given_name": "Noé", "family_name": "Quill", "honorific_prefix": "Hon."},
    ],
    "organizations": [
        {
            "id": "o1",
            "name": "River House",
            "classification": "legislature",
            "other_names": [{"name": "Chambre des rivières", "lang": "fr"}],
        },
        {"id": "o2", "name": "Shores", "classification": "party"},
        {"id": "o3", "name": "Cabinet", "classification": "executive"},
    ],
    "areas": [{"id": "ocd-division/country:xr/ed:1-2023", "name": "Meadow"}],
    "posts": [
        {
            "id": "s1",
            "label": "Member for Meadow",
            "organization_id": "o1",
            "area_id": "ocd-division/country:xr/ed:1-2023",
        }
    ],
    "memberships": [
        {
            "person_id": "p1",
            "organization_id": "o1",
            "post_id": "s1",
            "on_behalf_of_id": "o2",
            "legislative_period_id": "term/1",
        },
        {"person_id": "p2", "organization_id": "o3", "role": "Minister of Waters"},
    ],
    "events": [{"id": "term/1", "start_date": "2025-05-26"}],
}


def test_a_popolo_document_is_read_with_its_periods_and_cabinet():
    content = json.dumps(POPOLO).encode()

    bring("popolo", content, legislature="xr-house", page="https://house.example/")

    terms = {str(term.post): term for term in Membership.objects.all()}
    assert str(terms["Member for Meadow"].person) == "Ada Vale"
    assert terms["Member for Meadow"].start_on == datetime.date(2025, 5, 26)
    assert str(terms["Minister of Waters"].person) == "Hon. Noé Quill"
    assert Organization.objects.get(identifier="xr-house").name["fr"] == "Chambre des rivières"
    assert ContactDetail.objects.get().value == "vale@house.example"
    assert again("popolo", content, legislature="xr-house", page="https://house.example/").is_empty


@pytest.mark.parametrize(
    ("source", "path", "options", "members"),
    [
        ("csv", "ca/members_commons_45.csv", {"legislature": "ca-commons"}, 343),
        ("popolo", "ca/popolo_commons_45.json", {"legislature": "ca-commons"}, 371),
        ("csv", "uk/members_commons_2024.csv", {"legislature": "gb-commons"}, 650),
        ("csv", "us/legislators_current.csv", {"legislature": "us-house"}, 437),
        ("csv", "us/legislators_current.csv", {"legislature": "us-senate"}, 100),
        ("csv", "fr/deputes_17.csv", {"legislature": "fr-an"}, 575),
        ("csv", "qc/members_assnat_43.csv", {"legislature": "ca-qc-assnat"}, 125),
    ],
)
def test_a_real_list_is_imported_whole_once_and_undone(real_data, source, path, options, members):
    content = (real_data / path).read_bytes()

    run = bring(source, content, **options)

    assert Membership.objects.count() == members
    assert len(run.warnings) <= 1
    assert again(source, content, **options).is_empty

    imports.undo(run)

    assert not Person.objects.exists()
    assert not Area.objects.exists()


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("ca/provinces_territories.csv", 13),
        ("ca/federal_districts_2013.csv", 338),
        ("ca/federal_districts_2023.csv", 343),
        ("ca/provincial_districts.csv", 778),
    ],
)
def test_real_areas_are_imported_with_their_years(real_data, path, number):
    content = (real_data / path).read_bytes()

    bring("csv", content)

    assert Area.objects.count() == number
    assert again("csv", content).is_empty


def test_the_next_parliament_ends_the_terms_of_the_last(real_data):
    last = (real_data / "ca/members_commons_44.csv").read_bytes()
    next_ = (real_data / "ca/members_commons_45.csv").read_bytes()

    bring("csv", last, datetime.date(2023, 2, 15), legislature="ca-commons")
    bring("csv", next_, ON, legislature="ca-commons")

    seats = Membership.objects.on(ON).values_list("post__area__identifier", flat=True)
    assert len(seats) == 343
    assert all(seat.endswith("-2023") for seat in seats)
    assert (
        Membership.objects.on(datetime.date(2023, 2, 15))
        .filter(post__area__identifier__endswith="-2013")
        .count()
        == 338
    )
