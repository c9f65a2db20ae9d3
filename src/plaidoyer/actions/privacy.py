"""What the acts keep about a supporter: shown to them, and erased when they ask."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast

from plaidoyer.actions import matching, reviews
from plaidoyer.actions.kinds import KINDS
from plaidoyer.actions.ledger import receipts
from plaidoyer.actions.models import Action, Confirmation, Held, Hold, Review, ShareCode
from plaidoyer.mail import envelopes
from plaidoyer.mail.models import Envelope
from plaidoyer.supporters import privacy
from plaidoyer.supporters.models import Supporter

# A letter's envelope bears the address of a decision-maker, whoever else has the same.
NOT_THEIRS = {"letter"}


def of(supporter: Supporter) -> list[Action]:
    """All acts of `supporter`, the newest first, each with its form and what came of it.

    Without those whose address was a slip and was mended: it may be somebody else's mailbox.
    """
    return list(
        Action.objects.filter(match__supporter=supporter, correction=None)
        .select_related("form__campaign", "consent_wording", "confirmation__withdrawal")
        .order_by("-submitted_at", "-id")
    )


def export(supporter: Supporter) -> list[dict[str, Any]]:
    """Every act as it was sent, and what came of it."""
    return [told(action) for action in of(supporter)]


def told(action: Action) -> dict[str, Any]:
    """One act, in words that last longer than our tables."""
    confirmation = getattr(action, "confirmation", None)
    withdrawal = confirmation.withdrawal if confirmation else None
    wording = action.consent_wording
    return {
        "form": action.form.name,
        "campaign": action.form.campaign.name,
        "kind": action.form.kind,
        "submitted_at": action.submitted_at,
        "confirmed_at": confirmation.confirmed_at if confirmation else None,
        "withdrawn_at": withdrawal.withdrawn_at if withdrawal else None,
        "email": action.email,
        "given_name": action.given_name,
        "family_name": action.family_name,
        "postal_code": action.postal_code,
        "language": action.language,
        "page": action.page,
        "came_by": action.via,
        "ticked": wording.text if wording else None,
        "content": action.content,
        "receipt": receipts.receipt(action),
    }


def erase(supporter: Supporter) -> None:
    """Empties the acts of `supporter`, and lets none of our mail to them leave.

    Acts, matches and confirmations stay as rows, so that no count moves. Belongs to the caller's
    transaction, in which nobody else can match an act.
    """
    claim(supporter)
    acts = Action.objects.select_for_update(of=("self",), no_key=True).select_related("form")
    theirs = list(acts.filter(match__supporter=supporter))
    slips = list(acts.filter(id__in=slips_of(theirs)))
    empty(supporter, theirs + slips)
    receipts.forget(theirs + slips)
    seats = Confirmation.objects.filter(supporter=supporter).exclude(person="")
    seats.update(person=Cast("seat", CharField()))
    ShareCode.objects.filter(supporter=supporter).delete()
    slipped_to = Supporter.objects.filter(matches__action__in=slips, erasure=None)
    for nobody in slipped_to.exclude(pk=supporter.pk).exclude(matches__action__mark__gt=""):
        privacy.erase(nobody)


def slips_of(actions: Iterable[Action]) -> set[int]:
    """The acts that `actions` were sent instead of, with another address: by id."""
    slips: set[int] = set()
    wrong = {action.corrects_id for action in actions if action.corrects_id}
    while wrong := wrong - slips:
        slips |= wrong
        earlier = Action.objects.filter(id__in=wrong, corrects__isnull=False)
        wrong = set(earlier.values_list("corrects_id", flat=True))
    return slips


def empty(supporter: Supporter, theirs: Sequence[Action]) -> None:
    """Takes what is personal out of those acts and out of our mails about them."""
    written_to = {action.mark for action in theirs if action.mark} | {supporter.mark}
    envelopes.erase(Envelope.objects.filter(mark__in=written_to).exclude(kind__in=NOT_THEIRS))
    blank(theirs)
    personal = Review.objects.exclude(part__in=reviews.impersonal())
    personal.filter(action__in=theirs).delete()


def blank(acts: Iterable[Action]) -> None:
    """Leaves of `acts` what names nobody. With the document goes its key (vault.triggers)."""
    acts = list(acts)
    for action in acts:
        action.facts, action.sealed = remainder(action), b""
        action.mark = action.domain = action.network = ""
    emptied = ["sealed", "mark", "domain", "network", "facts"]
    Action.objects.bulk_update(acts, emptied, batch_size=500)
    forget_choices(acts)


def forget_choices(acts: Sequence[Action]) -> None:
    """Empties what chose `acts` for a hold that has taken all it was to take, and of whose acts
    nothing is kept any more."""
    saying = Held.objects.filter(hold=OuterRef("pk")).exclude(action__sealed=b"")
    theirs = Hold.objects.filter(held__action__in=acts, applied_at__isnull=False)
    spent = theirs.filter(~Exists(saying)).values("pk")
    Hold.objects.filter(pk__in=spent).exclude(sealed=b"").update(sealed=b"")


def claim(supporter: Supporter) -> None:
    """Matches what `supporter` sent a moment ago, so that it is erased too; mails nobody."""
    matching.match([])
    matching.match(Action.objects.filter(match=None, mark=supporter.mark))


def remainder(action: Action) -> dict[str, Any]:
    """What of an act's content names nobody, as its kind says."""
    kept = KINDS[action.form.kind].impersonal
    return {key: value for key, value in action.content.items() if key in kept}
