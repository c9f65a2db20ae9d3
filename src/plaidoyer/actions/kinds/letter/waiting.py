"""A letter that waits to know whom: what its writer says of it afterwards."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app

from plaidoyer.actions import messages
from plaidoyer.actions.kinds.letter.models import SaidSeat
from plaidoyer.actions.models import Action
from plaidoyer.civics.models import Post
from plaidoyer.lib import tokens
from plaidoyer.supporters.models import Supporter

PLACE = "delivery.place_letters"


def waits(action: Action) -> bool:
    """Whether the letter of `action` waits for its writer or somebody else to know whom."""
    return action.content.get("posts") == []


def path(action: Action) -> str:
    """Where its writer says who represents them; "" for an act that is not kept yet."""
    if not action.pk or not waits(action):
        return ""
    token = tokens.make(messages.CONFIRM, action.uid)
    return reverse("actions:letter:member", args=[action.form.public_id, token])


@transaction.atomic
def say(action: Action, post: Post) -> SaidSeat:
    """Keeps who represents its writer, and has the letter placed. The first word stands."""
    facts = {"post": post, "said_at": timezone.now()}
    said, is_new = SaidSeat.objects.get_or_create(action=action, defaults=facts)
    if is_new:
        app.configure_task(PLACE).defer(timestamp=int(said.said_at.timestamp()))
    return said


def said(actions: Iterable[Action]) -> dict[int, Post]:
    """The office that the writers of waiting letters said, by act; one query where any waits."""
    waiting = [action.pk for action in actions if action.pk and waits(action)]
    if not waiting:
        return {}
    found = SaidSeat.objects.filter(action__in=waiting)
    return {
        one.action_id: one.post for one in found.select_related("post__organization", "post__area")
    }


def export(supporter: Supporter) -> list[dict[str, Any]]:
    """What `supporter` said of who represents them."""
    said = SaidSeat.objects.filter(action__match__supporter=supporter).order_by("id")
    return [
        {"form": one.action.form.name, "member": str(one.post), "said_at": one.said_at}
        for one in said.select_related("action__form", "post")
    ]


def erase(supporter: Supporter) -> None:
    """Forgets where `supporter` said they live."""
    SaidSeat.objects.filter(action__match__supporter=supporter).delete()
