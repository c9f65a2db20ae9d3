"""Organisations that sign: what proves that they do, what is shown of them, taking it back."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from plaidoyer.actions import confirmations, reviews
from plaidoyer.actions.kinds.open_letter import domains
from plaidoyer.actions.kinds.open_letter.models import OrganisationSignature, WithdrawalNote
from plaidoyer.actions.models import Action, ActionForm, Confirmation, Review, Withdrawal
from plaidoyer.lib import addresses
from plaidoyer.lib.words import Words
from plaidoyer.supporters.models import Supporter

PART, LOGO = "organisation", "logo"
Proof = OrganisationSignature.Proof


def key(action: Action) -> str:
    """The name of the organisation that `action` signs for, as it is compared; else nothing."""
    if not (said := action.content.get("organisation")):
        return ""
    names = [said["name"].get(code) for code, _name in settings.LANGUAGES]
    name = next((name for name in names if name), "")
    return addresses.folded(name) or name[:200]


def sign(actions: Sequence[Action]) -> None:
    """Makes newly confirmed `actions` the signatures of their organisations, to be read first.

    The database lets an organisation sign a form once, by name and by domain; a second act for
    it is withdrawn again in the same transaction, and its page says why (already()). Of two at
    once the second waits for the first.
    """
    acts = [action for action in actions if key(action)]
    release(acts)
    signatures = [signature(action) for action in acts]
    OrganisationSignature.objects.bulk_create(signatures, batch_size=500, ignore_conflicts=True)
    made = OrganisationSignature.objects.in_bulk([action.pk for action in acts])
    reviews.queue(
        Review(action=action, part=PART, text=words(action, made[action.pk]))  # type: ignore[misc]
        for action in acts
        if action.pk in made
    )
    for action in acts:
        if action.pk not in made:
            confirmations.withdraw(action)


def signature(action: Action) -> OrganisationSignature:
    """What a confirmed act says of its organisation, as a row."""
    said, function = action.content["organisation"], action.content["function"]
    proven = domains.proves(action.email, said["website"])
    confirmation = Confirmation.objects.get(action=action)
    return OrganisationSignature(
        action=action,
        form=action.form,
        name=Words(said["name"]),
        folded=key(action),
        website=said["website"],
        domain=domains.own(said["website"]),
        country=said["country"],
        size=said["size"],
        signatory=f"{action.full_name}, {function}" if action.content.get("named") else "",
        proof=Proof.DOMAIN if proven else Proof.REVIEW,
        signed_at=confirmation.confirmed_at,
    )


def release(actions: Iterable[Action]) -> None:
    """Lets organisations sign anew whose signature was withdrawn."""
    for action in actions:
        withdrawn = same(action).filter(action__confirmation__withdrawal__isnull=False)
        ended = Confirmation.objects.filter(action=OuterRef("action_id"))
        withdrawn.update(released_at=Subquery(ended.values("withdrawal__withdrawn_at")))


def same(action: Action) -> QuerySet[OrganisationSignature]:
    """Signatures that keep the organisation of `action` from signing, but its own."""
    domain = domains.own(action.content["organisation"]["website"])
    alike = Q(folded=key(action)) | (Q(domain=domain) & ~Q(domain=""))
    standing = OrganisationSignature.objects.filter(alike, form=action.form_id, released_at=None)
    return standing.exclude(action=action)


def already(action: Action) -> OrganisationSignature | None:
    """The signature by which the organisation of `action` has signed through somebody else."""
    if not key(action):
        return None
    standing = same(action).filter(action__confirmation__withdrawal=None)
    return standing.select_related("action").first()


def words(action: Action, made: OrganisationSignature) -> str:
    """What an organiser reads of an organisation."""
    shown = made.signatory or f"{action.full_name}, {action.content['function']}"
    lines = [*made.name.values(), f"{made.country} · {made.size}", made.website, shown]
    return "\n".join(dict.fromkeys(lines))


def check(review: Review) -> str | Promise:
    """What to look for, by what is proven already."""
    if unproven(review):
        return _(
            "Is this its name, and may this person sign for it? The address is not on the "
            "organisation’s own domain: ask, or look it up, and note how you know."
        )
    return _("Is this its name? The confirmed address is on the organisation’s own domain.")


def unproven(review: Review) -> bool:
    """Whether the organiser's own check is the only proof of authority."""
    signature = OrganisationSignature.objects.filter(action=review.action_id).first()
    return signature is not None and signature.proof == Proof.REVIEW


def shown(form: ActionForm) -> QuerySet[OrganisationSignature]:
    """Signatures that anybody may see: they count, and an organiser accepted them."""
    acts = reviews.accepted(PART).filter(action__form=form).values("action_id")
    return OrganisationSignature.objects.filter(form=form, action__in=acts)


def with_logos(signatures: Sequence[OrganisationSignature]) -> Sequence[OrganisationSignature]:
    """Gives each its `shown_logo`: the address of its accepted logo, or nothing. One query."""
    drawn = {one.pk: one for one in signatures if one.logo}
    accepted = {one.action_id: one.text for one in reviews.accepted(LOGO).filter(action__in=drawn)}
    for one in signatures:
        is_read = one.pk in drawn and accepted.get(one.pk) == one.logo.name
        one.shown_logo = one.logo.url if is_read else ""  # type: ignore[attr-defined]
    return signatures


def standing(form: ActionForm) -> QuerySet[OrganisationSignature]:
    """Every organisation's signature that counts, read or not: those are no persons' acts."""
    acts = Confirmation.objects.counted().filter(form=form).values("action_id")
    return OrganisationSignature.objects.filter(form=form, action__in=acts)


@transaction.atomic
def withdraw(signature: OrganisationSignature, *, reason: str, by: User) -> bool:
    """Takes a signature back for an organisation that asked for it; whether it stood until now.

    Raises ReasonMissingError without a reason.
    """
    if not reason.strip():
        raise reviews.ReasonMissingError
    if not confirmations.withdraw(signature.action):
        return False
    withdrawal = Withdrawal.objects.get(confirmation__action=signature.action_id)
    WithdrawalNote.objects.create(withdrawal=withdrawal, reason=reason.strip(), noted_by=by)
    return True


def listed() -> QuerySet[OrganisationSignature]:
    """Every signature with its act, its standing and what was decided, for organisers."""
    decided = Review.objects.filter(action=OuterRef("action_id"), part=PART)
    return OrganisationSignature.objects.select_related(
        "form", "action__confirmation__withdrawal__note"
    ).annotate(
        decision=Subquery(decided.values("decision")),
        decision_reason=Subquery(decided.values("reason")),
        withdrawn_at=F("action__confirmation__withdrawal__withdrawn_at"),
        withdrawal_reason=F("action__confirmation__withdrawal__note__reason"),
    )


def export(supporter: Supporter) -> list[dict[str, Any]]:
    """The organisations that `supporter` signed for."""
    mine = OrganisationSignature.objects.filter(action__match__supporter=supporter)
    facts = ("name", "website", "country", "size", "signatory", "proof", "signed_at")
    return [dict(row) for row in mine.order_by("signed_at").values(*facts)]


def erase(supporter: Supporter) -> None:
    """Names `supporter` no more beside an organisation, whose signature stands."""
    mine = OrganisationSignature.objects.filter(action__match__supporter=supporter)
    for one in mine:
        for review in Review.objects.filter(action=one.pk, part=PART):
            review.text = "\n".join(one.name.values())
            review.save(update_fields=["sealed"])
    mine.update(signatory="")
