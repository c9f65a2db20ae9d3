"""A package names people. Whoever has everything erased stands in no copy of ours any more."""

from typing import Any

from plaidoyer.outcomes.handovers.models import Package
from plaidoyer.supporters.models import Supporter


def export(supporter: Supporter) -> list[dict[str, Any]]:
    """The packages that may name `supporter`: of petitions they let themselves be shown on."""
    return list(
        packages(supporter).values("handover__form__name", "counted_at", "sha256").order_by("id")
    )


def erase(supporter: Supporter) -> None:
    """Throws our copies of those packages away; hash and manifest name nobody and stay.

    What was handed over is in its reader's hands.
    """
    packages(supporter).update(content=b"")


def packages(supporter: Supporter) -> Any:
    """The packages of petitions on which `supporter` is named."""
    named = supporter.confirmations.filter(action__public_name__isnull=False)
    return Package.objects.filter(
        handover__form__in=named.values("form"), counted_at__gte=supporter.created_at
    )
