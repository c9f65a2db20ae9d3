"""Taking an act in: one row, committed, and only then a thank-you."""

import datetime
import uuid
from typing import Any

from django.utils import timezone

from plaidoyer.actions.models import Action, ActionForm
from plaidoyer.supporters import consents
from plaidoyer.supporters.models import ConsentWording


def append(form: ActionForm, **said: Any) -> Action:
    """Appends one act: exactly one INSERT, durable once the caller's transaction has committed.

    The view calls it outside any transaction, so that it has committed when it comes back.
    `said`: what `columns` takes.
    """
    action = Action(**columns(form, **said))
    action.form = form
    action.save(force_insert=True)
    return action


def columns(
    form: ActionForm,
    *,
    email: str,
    given_name: str,
    family_name: str,
    language: str,
    page: str,
    postal_code: str = "",
    content: dict[str, Any] | None = None,
    consent_wording: ConsentWording | None = None,
    via: str = "",
    network: str = "",
    proof: str = "",
    corrects: Action | None = None,
    submitted_at: datetime.datetime | None = None,
) -> dict[str, Any]:
    """Every column of the act as it will be kept.

    Nothing is looked up by the address: known and unknown people get the same answer in the
    same time. Matching, mail and counting follow behind (matching.match_pending). Only the first
    tick ever of a consent's wording writes one row more, the wording's.

    `via`: by which channel, sharer or site the supporter came. `network`: keyed hash of where
    from. `proof`: solved proof of work. `corrects`: the act that this one replaces.
    """
    wording = consents.kept(consent_wording)
    return {
        "uid": uuid.uuid4(),
        "form_id": form.pk,
        "submitted_at": submitted_at or timezone.now(),
        "language": language,
        "email": email,
        "given_name": given_name,
        "family_name": family_name,
        "postal_code": postal_code,
        "content": content or {},
        "page": page,
        "via": via,
        "network": network,
        "proof": proof,
        "corrects_id": corrects.pk if corrects else None,
        "consent_wording_id": wording.pk if wording else None,
    }
