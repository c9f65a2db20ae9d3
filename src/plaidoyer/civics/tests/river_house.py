"""The river house: what sources say of its members, in tests of imports."""

import datetime

from plaidoyer.civics import imports
from plaidoyer.civics.models import (
    Area,
    ContactDetail,
    Membership,
    Organization,
    Person,
    PostalPrefix,
)
from plaidoyer.civics.records import (
    AreaRecord,
    ContactRecord,
    MembershipRecord,
    OrganizationRecord,
    PersonRecord,
    PostRecord,
    RosterRecord,
)
from plaidoyer.civics.sources import Reading

HOUSE = "river-house"
PLACE = "ocd-division/country:xr/ed:%s-2023"
MONDAY = datetime.date(2026, 3, 2)
FRIDAY = datetime.date(2026, 3, 6)
PAGE = "https://house.example/members"


def member(seat, name, *, party="Shores", number="", email="", start=None, end=None):
    """What a source says of one member."""
    given, _space, family = name.partition(" ")
    key = number or name
    said = [
        AreaRecord(identifier=PLACE % seat, name={"en": f"Riding {seat}"}, classification="riding"),
        PostRecord(
            key=f"seat {seat}",
            organization=HOUSE,
            area=PLACE % seat,
            label={"en": f"Member for Riding {seat}"},
        ),
        OrganizationRecord(
            identifier=f"{HOUSE}/party:{party.lower()}",
            name={"en": party},
            classification="party",
            parent=HOUSE,
        ),
        PersonRecord(
            key=key,
            given_name=given,
            family_name=family,
            identifiers={"house": number} if number else {},
        ),
        MembershipRecord(
            person=key,
            post=f"seat {seat}",
            party=f"{HOUSE}/party:{party.lower()}",
            start_on=start,
            end_on=end,
            source=PAGE,
        ),
    ]
    if email:
        said.append(ContactRecord(person=key, type="email", value=email, source=PAGE))
    return said


def house(*members, roster=True, extra=()):
    """A reading of the members of the river house."""
    records = [
        OrganizationRecord(
            identifier=HOUSE, name={"en": "River House"}, classification="legislature"
        )
    ]
    records += [record for one in members for record in one]
    records += [RosterRecord(organization=HOUSE)] if roster else []
    return Reading(records=[*records, *extra])


def carry_out(reading, on=MONDAY, content=b"file"):
    return imports.carry_out(reading, source="test", address="file", content=content, on=on)


def sitting(on=FRIDAY):
    """Who sits, by seat, with their party."""
    terms = Membership.objects.on(on).select_related("person", "post__area", "on_behalf_of")
    return {
        str(term.post.area): f"{term.person} ({term.on_behalf_of})"
        for term in terms
        if term.post.holder(on) == term.person
    }


def everything():
    """All rows of the tables that imports write, to compare before and after."""
    models = (Area, Organization, Person, Membership, ContactDetail, PostalPrefix)
    return {model: list(model.objects.order_by("pk").values()) for model in models}
