"""A second person lets letters leave: once they are written, and after every change of what they
say or of whom they go to.

A form whose words wait takes no acts. One whose targets, or their addresses, are no longer those
that were approved closes by itself and keeps its letters, however the change was made.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import ModelLogEntry

from plaidoyer.actions.kinds import KINDS
from plaidoyer.actions.models import ActionForm, FormApproval
from plaidoyer.campaigns import roles
from plaidoyer.campaigns.models import Campaign
from plaidoyer.civics import contacts

WRITES = "delivery.write_letters"


def writes_letters(form: ActionForm) -> bool:
    """Whether its acts become letters to somebody."""
    return KINDS[form.kind].after_confirmation == WRITES


def needed(form: ActionForm) -> bool:
    """Whether a second person has to approve it: letters that somebody wrote here."""
    return form.edited_by_id is not None and writes_letters(form)


def unfit(form: ActionForm, campaign: Campaign) -> Iterable[str]:
    """Why its letters must not go to the targets of `campaign`, each with its target."""
    if not writes_letters(form):
        return
    for target in campaign.targets.select_related("post", "person", "organization"):
        if reason := roles.refusal(roles.make(target)):
            yield f"{target}: {reason}"


def words_of(form: ActionForm) -> str:
    """SHA-256 of what its letters say."""
    return digest([form.kind, form.campaign_id, dict(form.name), form.options])


def targets_of(form: ActionForm) -> str:
    """SHA-256 of whom its letters go to, and where."""
    targets = form.campaign.targets.select_related("post", "person", "organization")
    return digest(sorted(line_of(target) for target in targets))


def line_of(target: Any) -> list[str]:
    """Who a target is, and their own address; members of a body have those of its list."""
    found = contacts.mailbox(target.decision_maker)
    keys = (target.pk, target.post_id, target.person_id, target.organization_id)
    return [*map(str, keys), found.value if found else ""]


def digest(said: Any) -> str:
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), default=dict)
    return hashlib.sha256(text.encode()).hexdigest()


def edited(form: ActionForm, by: Any) -> None:
    """`by` is saving `form`: it waits where its words are not the ones approved. Saves nothing."""
    if not writes_letters(form):
        return
    form.edited_by = by
    last = last_of(form) if form.pk else None
    is_same = last is not None and last.words_sha256 == words_of(form)
    form.awaits_since = None if is_same else form.awaits_since or timezone.now()


def last_of(form: ActionForm) -> FormApproval | None:
    """The approval that holds, if there is one."""
    return form.approvals.first()


def covers(form: ActionForm) -> bool:
    """Whether letters of `form` may go to whom they would go now.

    Where they may not, the form closes until a second person has looked.
    """
    if not needed(form):
        return True
    last = last_of(form)
    if last is not None and last.targets_sha256 == targets_of(form):
        return True
    waiting = ActionForm.objects.filter(pk=form.pk, awaits_since=None)
    waiting.update(awaits_since=timezone.now())
    return False


def seen(form: ActionForm) -> str:
    """What an approver sees, as one mark."""
    return f"{words_of(form)}-{targets_of(form)}"


def editors(form: ActionForm) -> set[int]:
    """Who had a hand in what waits: the words, the campaign, the offices and their addresses."""
    last = last_of(form)
    since = {"timestamp__gt": last.approved_at} if last else {}
    hands = {form.edited_by_id}
    for fact in touched(form):
        entries = ModelLogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(fact),
            object_id=str(fact.pk),
            action__in=["wagtail.create", "wagtail.edit"],
            **since,
        )
        hands |= set(entries.values_list("user_id", flat=True))
    return {hand for hand in hands if hand is not None}


def touched(form: ActionForm) -> list[Any]:
    """The facts by which it is decided whom letters go to."""
    targets = form.campaign.targets.select_related("post__organization", "person", "organization")
    facts = [form, form.campaign]
    for target in targets:
        maker = target.decision_maker
        holder = maker.holder() if target.post else None
        facts += [fact for fact in (maker, holder, getattr(maker, "organization", None)) if fact]
    return facts


def refusal(form: ActionForm, by: Any, mark: str | None = None) -> str:
    """Why `by` cannot approve it, having seen `mark`; "" when they can."""
    if not needed(form):
        return _("These letters need no approval.")
    if by.pk in editors(form):
        return _("Somebody else approves what you wrote.")
    if reason := next(iter(unfit(form, form.campaign)), ""):
        return reason
    if mark is not None and mark != seen(form):
        return _("Somebody changed it since you looked. Look again, then approve.")
    return ""


@transaction.atomic
def approve(form: ActionForm, *, by: Any, mark: str | None = None) -> FormApproval:
    """Lets its letters leave, as worded and to whom they go now. Raises ValidationError."""
    locked = ActionForm.objects.select_for_update().get(pk=form.pk)
    if reason := refusal(locked, by, mark):
        raise ValidationError(reason)
    locked.awaits_since = None
    locked.save(update_fields=["awaits_since"])
    return FormApproval.objects.create(
        form=locked,
        words_sha256=words_of(locked),
        targets_sha256=targets_of(locked),
        approved_by=by,
    )
