"""What takes two persons: whoever does it asks, and somebody else has to allow it first.

A screen says so by `require`, once it is found right and before anything is done. The room `staff`
catches that, keeps what was asked, and lets it be done once it is allowed.
"""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _


class SecondPersonNeededError(Exception):
    """Somebody else, who has the `right`, must allow what `words` say."""

    def __init__(self, right: str, words: str) -> None:
        super().__init__(words)
        self.right, self.words = right, words


def require(request: HttpRequest, right: str, words: str) -> None:
    """Raises SecondPersonNeededError, unless just this was allowed to this request."""
    if getattr(request, "countersigned", None) != words:
        raise SecondPersonNeededError(right, words)


def require_export(request: HttpRequest, right: str, rows: QuerySet, name: str) -> None:
    """Lets those who have the right take rows out; many, once a second person allowed it.

    Raises PermissionDenied and SecondPersonNeededError.
    """
    if not request.user.has_perm(right):
        raise PermissionDenied
    if rows.count() > settings.EXPORT_ALONE:
        words = _("A file with more than %(number)d rows: %(name)s")
        require(request, right, words % {"number": settings.EXPORT_ALONE, "name": name})
