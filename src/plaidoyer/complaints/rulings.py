"""What is decided on complaints: with words, in time, a second time by somebody else."""

import datetime
import hashlib
import json
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from plaidoyer.complaints.models import Complaint, Ruling

# The text of a complaint is kept so long after it was decided.
KEPT = datetime.timedelta(days=365)
LOCK = "complaints.rulings"


def refusal(complaint: Complaint, by: Any) -> str:
    """Why `by` cannot decide it; "" when they can."""
    if Ruling.objects.filter(complaint=complaint).exists():
        return _("Somebody decided it already.")
    first = complaint.appeals
    if first and first.ruling.ruled_by_id == by.pk:
        return _("Somebody else decides what you decided the first time.")
    return ""


@transaction.atomic
def rule(complaint: Complaint, *, outcome: str, words: str, by: Any) -> Ruling:
    """Decides it. Raises ValidationError where it is decided, or `by` decided it before."""
    with connection.cursor() as cursor:
        # One after another: each holds the one before.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [LOCK])
    if reason := refusal(complaint, by):
        raise ValidationError(reason)
    last = Ruling.objects.order_by("-id").values_list("chain", flat=True).first() or ""
    ruling = Ruling(
        complaint=complaint, outcome=outcome, words=words, ruled_by=by, ruled_at=timezone.now()
    )
    ruling.chain = link(last, ruling)
    ruling.save()
    return ruling


def link(before: str, ruling: Ruling) -> str:
    """SHA-256 of what is public of a ruling, and of the link before."""
    complaint = ruling.complaint
    said = [
        before,
        str(complaint.uid),
        complaint.reason,
        ruling.outcome,
        complaint.filed_at.isoformat(),
        ruling.ruled_at.isoformat(),
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def broken() -> Ruling | None:
    """The first ruling that does not hold the one before; None where the chain is whole."""
    before = ""
    for ruling in Ruling.objects.select_related("complaint").order_by("id"):
        if ruling.chain != link(before, ruling):
            return ruling
        before = ruling.chain
    return None


def forget() -> int:
    """Empties the texts of what was decided more than a year ago; of how many."""
    old = Complaint.objects.filter(ruling__ruled_at__lt=timezone.now() - KEPT)
    return old.exclude(sealed=b"").update(sealed=b"")
