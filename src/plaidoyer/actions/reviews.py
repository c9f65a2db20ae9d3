"""Words of supporters that an organiser reads before anybody else does: queue, lock, decide."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.log_actions import log

from plaidoyer.actions.models import Confirmation, Review

# Long enough to read, short enough for somebody who went for lunch.
LOCKED_FOR = datetime.timedelta(minutes=10)
REASONS = {
    "hateful": _("insulting or hateful"),
    "private": _("says something private of somebody"),
    "advertising": _("advertising, or an address of a page"),
    "elsewhere": _("about something else"),
    "nobody": pgettext_lazy("reason to refuse a name", "not a name"),
    "authority": _("no authority to speak for the organisation"),
    "other": pgettext_lazy("reason", "another reason"),
}


class TakenError(Exception):
    """Somebody else is reading it, or has decided meanwhile; `by` may be unknown."""

    def __init__(self, by: User | None) -> None:
        super().__init__()
        self.by = by


class ReasonMissingError(ValueError):
    """What is refused, and some of what is accepted, needs a reason."""


def nothing_to_note(_review: Review) -> bool:
    """Words that may be accepted without saying why."""
    return False


def nothing_to_check(_review: Review) -> str:
    """Words that are only read."""
    return ""


@dataclass(frozen=True, slots=True)
class Part:
    """What of an act is read, and what to look for."""

    label: str | Promise
    check: Callable[[Review], str | Promise] = nothing_to_check
    # Whether accepting it needs a note as well: how it was checked.
    noted: Callable[[Review], bool] = nothing_to_note
    # Its text is the address of a picture.
    is_picture: bool = False
    # It names nobody, and stays when the one who sent it has the act erased.
    impersonal: bool = False


PARTS: dict[str, Part] = {
    "comment": Part(_("comment")),
    "name": Part(pgettext_lazy("of a person", "name")),
}


def impersonal() -> list[str]:
    """The parts that stay when their sender has the act erased."""
    return [name for name, part in PARTS.items() if part.impersonal]


def register(name: str, part: Part) -> None:
    """Lets a kind have `part` of its acts read."""
    PARTS[name] = part


def queue(reviews: Iterable[Review]) -> None:
    """Puts words in the queue. What comes anew, such as another logo, is read anew."""
    Review.objects.bulk_create(
        reviews,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["action", "part"],
        update_fields=[
            "uid",
            "sealed",
            "queued_at",
            "locked_by",
            "locked_at",
            "decision",
            "reason",
            "decided_at",
            "decided_by",
        ],
    )


def waiting() -> QuerySet[Review]:
    """What is to be read now, the oldest first: words of acts that count."""
    return counted(Review.objects.filter(decision="")).order_by("queued_at", "id")


def counted(reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Those of `reviews` whose acts count: neither withdrawn nor held."""
    acts = Confirmation.objects.counted().filter(action=OuterRef("action_id"))
    return reviews.filter(Exists(acts))


def accepted(part: str) -> QuerySet[Review]:
    """What of `part` anybody may read: accepted, of acts that count."""
    return counted(Review.objects.filter(part=part, decision=Review.Decision.ACCEPTED))


def free(by: User) -> Q:
    """Not locked by anybody but `by`."""
    return Q(locked_by=None) | Q(locked_by=by.pk) | Q(locked_at__lt=timezone.now() - LOCKED_FOR)


def lock(review: Review, by: User) -> User | None:
    """Keeps others from deciding for ten minutes; whoever has it already, or nobody."""
    now = timezone.now()
    mine = Review.objects.filter(free(by), pk=review.pk).update(locked_by=by, locked_at=now)
    return None if mine else holder(review)


def is_locked(review: Review) -> bool:
    """Whether somebody reads it at this moment."""
    at = review.locked_at
    return at is not None and review.locked_by_id is not None and at > timezone.now() - LOCKED_FOR


def take_next(by: User) -> Review | None:
    """Locks the oldest that waits and nobody else reads; nothing when there is none."""
    for review in waiting().filter(free(by))[:20]:
        if lock(review, by) is None:
            return review
    return None


def release(review: Review, by: User) -> None:
    """Lets others decide, where `by` kept them from it."""
    Review.objects.filter(pk=review.pk, locked_by=by).update(locked_by=None, locked_at=None)


def holder(review: Review) -> User | None:
    """Who reads it, or decided it last."""
    row = Review.objects.select_related("locked_by", "decided_by").get(pk=review.pk)
    return row.locked_by or row.decided_by


@transaction.atomic
def decide(review: Review, *, accept: bool, by: User, reason: str = "") -> None:
    """Shows the words or not, from now on; decided before, the new decision holds.

    Every decision is a line of its own in the log. Raises ReasonMissingError, and TakenError
    when somebody else has it locked or decided since `review` was read from the database.
    """
    if not reason.strip() and (not accept or PARTS[review.part].noted(review)):
        raise ReasonMissingError
    as_read = Review.objects.filter(
        free(by), pk=review.pk, decision=review.decision, decided_at=review.decided_at
    )
    decision = Review.Decision.ACCEPTED if accept else Review.Decision.REJECTED
    now = timezone.now()
    changed = as_read.filter(queued_at=review.queued_at).update(
        decision=decision,
        reason=reason.strip(),
        decided_at=now,
        decided_by=by,
        locked_by=None,
        locked_at=None,
    )
    if not changed:
        raise TakenError(holder(review))
    log(review, f"reviews.{decision.value}", user=by, data={"reason": reason.strip()})
    review.refresh_from_db()


def accept_many(ids: Iterable[int], by: User) -> int:
    """Accepts what waits among `ids`, needs no note and is locked by nobody else; how many."""
    done = 0
    for review in waiting().filter(free(by), id__in=list(ids)).select_related("action__form"):
        if PARTS[review.part].noted(review):
            continue
        try:
            decide(review, accept=True, by=by)
        except TakenError:
            continue
        done += 1
    return done


def said_before(review: Review) -> QuerySet[Review]:
    """What was decided on other words of the same supporter, the newest first."""
    others = Review.objects.exclude(pk=review.pk).exclude(decision="")
    others = others.filter(action__match__supporter__matches__action=review.action_id)
    return others.select_related("action__form", "decided_by").order_by("-decided_at")
