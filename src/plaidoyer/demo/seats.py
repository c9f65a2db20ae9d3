"""Who represents which part of Arvane: the Assembly's seats, and where they are found."""

import datetime
from typing import Any

from plaidoyer.civics.models import (
    Area,
    ContactDetail,
    Membership,
    Organization,
    Person,
    Post,
    PostalPrefix,
)
from plaidoyer.demo.arvane import Offices
from plaidoyer.lib.words import Words

Book = dict[str, Any]


def fill(book: Book, offices: Offices) -> dict[str, Post]:
    """The seats by the short name of their area: each with its member, one of them vacant."""
    legislature = offices[book["legislature"]]
    assert isinstance(legislature, Organization)
    parties = {
        key: Organization.objects.create(classification="party", **party)
        for key, party in book["parties"].items()
    }
    country = book["country"]
    division = f"ocd-division/country:{country.lower()}"
    provinces = {
        key: Area.objects.create(
            identifier=f"{division}/province:{key}", classification="province", **province
        )
        for key, province in book["provinces"].items()
    }
    seats = {}
    for seat in book["seats"]:
        area = Area.objects.create(
            identifier=f"{division}/ed:{seat['area']}",
            name=seat["name"],
            classification="riding",
            parent=provinces[seat["province"]],
            valid_from="2023-01-01",
        )
        for prefix in seat["prefixes"]:
            PostalPrefix.objects.create(area=area, country=country, prefix=prefix)
        seats[seat["area"]] = _seat(seat, area, legislature, parties)
    return seats


def _seat(
    seat: Book, area: Area, legislature: Organization, parties: dict[str, Organization]
) -> Post:
    post = Post.objects.create(
        organization=legislature,
        area=area,
        label=Words(
            fr=f"Membre de l’Assemblée, {seat['name']['fr']}",
            en=f"Member of the Assembly, {seat['name']['en']}",
        ),
    )
    for member in (*seat.get("former", []), *([seat["member"]] if "member" in seat else [])):
        _elect(member, post, parties)
    return post


def _elect(member: Book, post: Post, parties: dict[str, Organization]) -> None:
    person = Person.objects.create(
        given_name=member["given_name"],
        family_name=member["family_name"],
        honorific_prefix=member["prefix"],
        preferred_language=member["language"],
    )
    terms = [(member["party"], member["since"], member.get("until"))]
    if crossed := member.get("came_on"):
        # Who crosses the floor ends one term and begins another.
        terms = [
            (member["came_from"], member["since"], crossed - datetime.timedelta(days=1)),
            (member["party"], crossed, member.get("until")),
        ]
    for party, start_on, end_on in terms:
        Membership.objects.create(
            person=person,
            post=post,
            on_behalf_of=parties[party],
            start_on=start_on,
            end_on=end_on,
        )
    if "until" in member:
        return
    name = f"{member['given_name']}.{member['family_name']}".lower()
    url = post.organization.url
    ContactDetail.objects.create(
        person=person, value=f"{name}@assemblee.arvane.example", source=f"{url}/{name}"
    )
