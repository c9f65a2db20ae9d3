"""A second person approves what says that something was achieved or lost; then it stays.

Rows that say so are dated: nothing here changes one.
"""

import datetime
import hashlib
import json
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plaidoyer.outcomes.models import EVIDENCED, Approval, Milestone


def claims(milestone: Milestone) -> bool:
    """Whether it says that something was achieved or lost."""
    return any(movement.standing in EVIDENCED for movement in milestone.movements.all())


def needed(milestone: Milestone) -> bool:
    """Whether it holds only once a second person approved it: a claim, or what corrects one."""
    if milestone.recorded_by_id is None:
        return False
    return claims(milestone) or bool(milestone.corrects and claims(milestone.corrects))


def given(milestone: Milestone) -> Approval | None:
    """Its approval, if it has one."""
    return Approval.objects.filter(milestone=milestone).select_related("approved_by").first()


def stands(milestone: Milestone) -> bool:
    """Whether it holds, or held until it was corrected: from then on nobody changes it."""
    return given(milestone) is not None or not needed(milestone)


def fingerprint(milestone: Milestone) -> str:
    """SHA-256 of all that its approver sees."""
    said = [
        milestone.happened_on.isoformat(),
        milestone.kind,
        *(dict(getattr(milestone, name)) for name in ("title", "story", "claim_words")),
        milestone.claim,
        milestone.corrects_id,
        dict(milestone.correction_reason),
        sorted(milestone.campaigns.values_list("pk", flat=True)),
        sorted(milestone.movements.values_list("demand_id", "target_id", "standing")),
        sorted(
            [proof.title, proof.url, proof.sha256, proof.publisher, str(proof.published_on)]
            for proof in milestone.evidence.all()
        ),
    ]
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def refusal(milestone: Milestone, by: Any, seen: str | None = None) -> str:
    """Why `by` cannot approve it; empty when they can. `seen`: the fingerprint of what they saw."""
    if not needed(milestone):
        return _("This milestone needs no approval.")
    if given(milestone):
        return _("Somebody approved it already.")
    if by.pk == (milestone.edited_by_id or milestone.recorded_by_id):
        return _("Somebody else approves what you wrote.")
    if claims(milestone) and not milestone.evidence.exists():
        return _("There is no evidence yet.")
    if seen is not None and seen != fingerprint(milestone):
        return _("Somebody changed it since you looked. Look again, then approve.")
    return ""


def waiting_for(person: Any) -> list[Milestone]:
    """What waits for somebody's approval: what others wrote, the latest day first."""
    waiting = Milestone.objects.waiting().select_related("recorded_by", "edited_by")
    return [one for one in waiting if (one.edited_by or one.recorded_by) != person]


@transaction.atomic
def approve(
    milestone: Milestone, *, by: Any, seen: str | None = None, at: datetime.datetime | None = None
) -> Approval:
    """Says that it is so as it stands; from here on it counts. Raises ValidationError.

    `at`: when, if not now. Its row is locked, so that nobody changes it at the same time.
    """
    locked = Milestone.objects.select_for_update().get(pk=milestone.pk)
    if reason := refusal(locked, by, seen):
        raise ValidationError(reason)
    return Approval.objects.create(
        milestone=locked,
        approved_by=by,
        sha256=seen or fingerprint(locked),
        approved_at=at or timezone.now(),
    )
