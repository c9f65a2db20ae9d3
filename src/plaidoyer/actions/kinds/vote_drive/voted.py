"""How the members voted whom somebody had written to as their own, once the vote was held."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from plaidoyer.actions.kinds.letter.seats import is_by_code
from plaidoyer.actions.kinds.vote_drive import closing
from plaidoyer.actions.models import Action
from plaidoyer.civics.models import Post
from plaidoyer.parliament import results
from plaidoyer.parliament.models import Motion, Vote, VoteEvent

KIND = "vote_drive"


@dataclass(frozen=True, slots=True)
class Own:
    """One's own member in the vote; no way where it is not known."""

    member: str
    event: VoteEvent
    way: str
    kept: bool | None

    @property
    def label(self) -> str | Promise:
        return results.LABELS[self.way] if self.way else ""


def told(action: Action) -> dict[str, Any]:
    """For the page of one act."""
    return {"own": of([action]).get(action.pk, [])}


def of(actions: Sequence[Action]) -> dict[int, list[Own]]:
    """By act: how each member that is the writer's own voted; five queries, however many acts.

    Only drives to one's own member know who that is. Before the vote there is nothing.
    """
    asked = [act for act in actions if act.form.kind == KIND and is_by_code(act.form) and act.pk]
    if not asked:
        return {}
    events = held({act.form.options.get("motion") for act in asked}, asked)
    if not events:
        return {}
    keys = {key for act in asked for key in act.content.get("posts") or []}
    posts = Post.objects.prefetch_related("memberships__person").in_bulk(list(keys))
    votes = Vote.objects.filter(
        event__in=set(events.values()), person__memberships__post__in=posts
    ).distinct()
    ways = {(one.event_id, one.person_id): one.option for one in votes}
    return {
        act.pk: [
            own
            for key in act.content.get("posts") or []
            if key in posts and (own := one_of(act, events[act.pk], posts[key], ways))
        ]
        for act in asked
        if act.pk in events
    }


def held(motions: set[Any], acts: Sequence[Action]) -> dict[int, VoteEvent]:
    """By act: the vote that its drive was about, where it was held."""
    known = Motion.objects.prefetch_related("vote_events").in_bulk([key for key in motions if key])
    found = {}
    for act in acts:
        motion = known.get(act.form.options.get("motion"))
        if motion and (event := closing.vote_of(motion, act.form.opens_at)):
            found[act.pk] = event
    return found


def one_of(
    act: Action, event: VoteEvent, post: Post, ways: dict[tuple[int, int], str]
) -> Own | None:
    """How the holder of a seat voted on that day."""
    person = post.holder(event.held_on)
    if person is None:
        return None
    way = ways.get((event.pk, person.pk), "")
    decided = way in ("yes", "no")
    kept = way == act.form.options.get("asked", "yes") if decided else None
    return Own(str(person), event, way, kept)
