from typing import Any

from django.http import HttpRequest

from plaidoyer.organisation.models import Organisation


def organisation(request: HttpRequest) -> dict[str, Any]:
    """The organisation that every page names."""
    return {"organisation": Organisation.current()}
