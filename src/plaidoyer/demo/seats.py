"""Who represents which part of Arvane: some of the Assembly's seats, and where they are found."""

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
    return {
        seat["area"]: _seat(seat, book["country"], legislature, parties) for seat in book["seats"]
    }


def _seat(
    seat: Book, country: str, legislature: Organization, parties: dict[str, Organization]
) -> Post:
    area = Area.objects.create(
        identifier=f"ocd-division/country:{country.lower()}/ed:{seat['area']}",
        name=seat["name"],
        classification="riding",
        valid_from="2023-01-01",
    )
    for prefix in seat["prefixes"]:
        PostalPrefix.objects.create(area=area, country=country, prefix=prefix)
    post = Post.objects.create(
        organization=legislature,
        area=area,
        label=Words(
            fr=f"Membre de l’Assemblée, {seat['name']['fr']}",
            en=f"Member of the Assembly, {seat['name']['en']}",
        ),
    )
    if member := seat.get("member"):
        _elect(member, post, parties)
    return post


def _elect(member: Book, post: Post, parties: dict[str, Organization]) -> None:
    person = Person.objects.create(
        given_name=member["given_name"],
        family_name=member["family_name"],
        honorific_prefix=member["prefix"],
        preferred_language=member["language"],
    )
    Membership.objects.create(
        person=person, post=post, on_behalf_of=parties[member["party"]], start_on=member["since"]
    )
    name = f"{member['given_name']}.{member['family_name']}".lower()
    url = post.organization.url
    ContactDetail.objects.create(
        person=person, value=f"{name}@assemblee.arvane.example", source=f"{url}/{name}"
    )
