"""Which approval of an item still holds: one of the item as it stands, by another person."""

import hashlib
import json
from typing import Any

from plaidoyer.reports.models import Approval, Item


def digest(content: Any) -> str:
    """SHA-256 over the canonical JSON of `content`: keys in order, no spaces, UTF-8."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def fingerprint(item: Item) -> str:
    """A hash of all that a second person approves: the heading, its reasons, words and picture."""
    said = [item.heading, item.overrule_reason, item.is_major, item.major_reason]
    words = [item.title, item.text, item.quote, item.quote_by, item.picture_id, item.picture_alt]
    return digest([*said, *words])


def holding(item: Item) -> Approval | None:
    """The approval of `item` as it stands, by somebody else than its last editor; or none."""
    now = fingerprint(item)
    for approval in item.approvals.all():
        if approval.sha256 == now and approval.approved_by_id != item.edited_by_id:
            return approval
    return None
