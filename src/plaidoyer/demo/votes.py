"""What the Assembly of Arvane decides: motions, positions, recorded votes."""

from typing import Any

from plaidoyer.campaigns.models import AskedVote
from plaidoyer.civics.models import Post
from plaidoyer.demo.arvane import Cause, Offices
from plaidoyer.lib.words import Words
from plaidoyer.parliament import entries
from plaidoyer.parliament.models import (
    LegislativeSession,
    Motion,
    Option,
    Position,
    VoteEvent,
)

Book = dict[str, Any]


def fill(book: Book, offices: Offices, seats: dict[str, Post]) -> dict[str, Motion]:
    """The motions by their key, with what is known of the members in `seats`."""
    return {key: _table(motion, offices, seats) for key, motion in book["motions"].items()}


def _table(book: Book, offices: Offices, seats: dict[str, Post]) -> Motion:
    house = offices[book.pop("legislature")]
    session = LegislativeSession.objects.get(legislature=house, identifier=book.pop("session"))
    said_before, events = book.pop("positions", []), book.pop("vote_events", [])
    motion = Motion.objects.create(legislature=house, session=session, **book)
    for said in said_before:
        person = seats[said.pop("area")].holder()
        assert person is not None
        Position.objects.create(motion=motion, person=person, **said)
    for event in events:
        votes = event.pop("votes")
        held = VoteEvent.objects.create(motion=motion, session=session, **event)
        holders = {seats[area].holder(held.held_on): option for area, option in votes.items()}
        entries.record(held, {who: Option(option) for who, option in holders.items() if who})
    return motion


def choose(asked: list[Book], motions: dict[str, Motion], causes: dict[str, Cause]) -> None:
    """The votes by which members are read: a campaign's, and the coalition's own."""
    for position, one in enumerate(asked):
        event = motions[one.pop("motion")].vote_events.get()
        campaign = causes[one.pop("campaign")].campaign if "campaign" in one else None
        AskedVote.objects.create(campaign=campaign, event=event, position=position, **one)


def refer(campaign: Book, motions: dict[str, Motion]) -> Book:
    """The campaign with the motions of its forms in place of their keys, and lists line by line."""
    for form in campaign.get("forms", []):
        for name in ("steps", "points"):
            if words := form.get("options", {}).get(name):
                # The book keeps lines apart only where each begins with a dash.
                lines = {code: text.replace("- ", "") for code, text in words.items()}
                form["options"][name] = Words(lines)
        if key := form.get("options", {}).get("motion"):
            form["options"]["motion"] = motions[key].pk
    return campaign
