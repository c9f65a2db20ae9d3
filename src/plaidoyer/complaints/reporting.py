"""What everybody may see of complaints: how many of what, with what end, and how soon."""

from typing import Any

from django.db.models import Count, F, Q

from plaidoyer.complaints.models import Complaint, Reason, Ruling

OUTCOMES = Ruling.Outcome


def summary() -> dict[str, Any]:
    """Rows by reason, and the last link of the chain of rulings; two queries."""
    counted = (
        Complaint.objects.order_by()
        .values("reason")
        .annotate(
            filed=Count("pk"),
            **{str(one): Count("pk", filter=Q(ruling__outcome=one)) for one in OUTCOMES.values},
            decided=Count("pk", filter=Q(ruling__isnull=False)),
            in_time=Count("pk", filter=Q(ruling__ruled_at__lte=F("due_at"))),
        )
    )
    by_reason = {row["reason"]: row for row in counted}
    rows = [
        {"words": Reason(reason).label, **by_reason[reason]}
        for reason in Reason.values
        if reason in by_reason
    ]
    last = Ruling.objects.order_by("-id").values_list("chain", flat=True).first()
    return {"rows": rows, "chain": last or ""}
