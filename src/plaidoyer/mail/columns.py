"""Where a mail stands, in the lists of the back office."""

from collections.abc import Callable
from typing import Any

from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.functional import Promise
from wagtail.admin.ui.tables import Column

from plaidoyer.mail.models import Envelope


class StateColumn(Column):
    """The state of an envelope; where that is in doubt, with what a person can do about it."""

    cell_template_name = "mail/admin/state.html"

    def __init__(
        self,
        *,
        label: str | Promise,
        envelope: Callable[[Any], Envelope | None],
        none: str | Promise,
        list_url: str,
    ) -> None:
        """`envelope` finds it in a row, `none` stands where there is none."""
        super().__init__("state", label=label)
        self.envelope, self.none, self.list_url = envelope, none, list_url

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        envelope, request = self.envelope(instance), parent_context["request"]
        context = super().get_cell_context_data(instance, parent_context)
        context |= {"envelope": envelope, "none": self.none}
        if envelope is None or envelope.state != Envelope.State.IN_DOUBT:
            return context
        if request.user.has_perm("mail.change_envelope"):
            # A cell is rendered without the request that would give the token.
            context |= {"csrf_token": get_token(request), "back": reverse(self.list_url)}
        return context

    def get_value(self, instance: Any) -> str:
        return ""
