"""Taking an act in: one row, committed, and only then a thank-you."""

import datetime
from typing import Any

from django.utils import timezone

from plaidoyer.actions.guards import domains
from plaidoyer.actions.kinds import KINDS
from plaidoyer.actions.models import Action, ActionForm
from plaidoyer.lib import uids
from plaidoyer.supporters import consents
from plaidoyer.supporters.models import ConsentWording
from plaidoyer.vault import marks
from plaidoyer.vault.seals import Box

TABLE = Action._meta.db_table


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
    """Every column of the act as it will be kept, what is personal in one sealed document.

    Nothing is looked up by the address: known and unknown people get the same answer in the
    same time. Matching, mail and counting follow behind (matching.match_pending). Only the first
    tick ever of a consent's wording writes one row more, the wording's.

    `via`: by which channel, sharer or site the supporter came. `network`: keyed hash of where
    from. `proof`: solved proof of work. `corrects`: the act that this one replaces.
    """
    wording, uid = consents.kept(consent_wording), uids.new()
    facts = {name: said for name, said in (content or {}).items() if name in KINDS[form.kind].facts}
    words = {name: said for name, said in (content or {}).items() if name not in facts}
    box = Box.of(
        TABLE,
        uid,
        email=email,
        given_name=given_name,
        family_name=family_name,
        postal_code=postal_code,
        words=words,
    )
    return {
        "uid": uid,
        "form_id": form.pk,
        "submitted_at": submitted_at or timezone.now(),
        "language": language,
        "sealed": box,
        "mark": marks.address(email),
        "domain": domains.of(email),
        "facts": facts,
        "page": page,
        "via": via,
        "network": network,
        "proof": proof,
        "corrects_id": corrects.pk if corrects else None,
        "consent_wording_id": wording.pk if wording else None,
    }
