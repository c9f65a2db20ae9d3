"""Whether forms take acts, as organisers see and change it: one press pauses, one resumes."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column
from wagtail.log_actions import LogActionRegistry, log

from plaidoyer.actions.models import ActionForm

OPENINGS = {
    "open": pgettext_lazy("form", "open"),
    "closed": pgettext_lazy("form", "closed"),
    "full": pgettext_lazy("form", "full"),
    "paused": pgettext_lazy("form", "paused"),
    "awaiting": pgettext_lazy("form", "waits for a second person"),
    "coming": pgettext_lazy("form", "not open yet"),
}


def kept(opening: str) -> Q:
    """Those forms whose `ActionForm.opening` is that, as the database tells it."""
    now = timezone.now()
    reasons = {
        "closed": Q(closes_at__lte=now, closes_at__isnull=False),
        "full": Q(filled_at__isnull=False),
        "paused": Q(paused_at__isnull=False),
        "awaiting": Q(awaits_since__isnull=False),
        "coming": Q(opens_at__gt=now),
    }
    found = Q()
    for reason, holds in reasons.items():
        if reason == opening:
            return found & holds
        found &= ~holds
    return found


class OpeningColumn(Column):
    """Whether a form takes acts, with the press that pauses or resumes it."""

    cell_template_name = "actions/admin/opening.html"

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        request = parent_context["request"]
        context = super().get_cell_context_data(instance, parent_context)
        context |= {"form": instance, "opening": OPENINGS[instance.opening]}
        # What is over or full does not begin again by a pause taken back.
        may_turn = instance.opening not in ("closed", "full")
        if may_turn and request.user.has_perm("actions.change_actionform"):
            # A cell is rendered without the request that would give the token.
            context["csrf_token"] = get_token(request)
        return context

    def get_value(self, instance: Any) -> str:
        return ""


@require_POST
@permission_required("actions.change_actionform", raise_exception=True)
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Pauses a form, or lets it take acts again; pressed twice it stays as it is."""
    form = get_object_or_404(ActionForm, pk=pk)
    if request.POST.get("step") == "resume":
        if ActionForm.objects.filter(pk=pk, paused_at__isnull=False).update(paused_at=None):
            log(form, "forms.resumed", user=request.user)
        messages.success(request, _("“%(form)s” takes acts again.") % {"form": form})
    else:
        if ActionForm.objects.filter(pk=pk, paused_at=None).update(paused_at=timezone.now()):
            log(form, "forms.paused", user=request.user)
        messages.success(request, _("“%(form)s” is paused.") % {"form": form})
    return redirect("forms:index")


def register_log_actions(actions: LogActionRegistry) -> None:
    """The lines of the log of the back office."""
    paused, resumed = gettext_lazy("Paused"), gettext_lazy("Resumed")
    actions.register_action("forms.paused", paused, gettext_lazy("Paused a form"))
    actions.register_action("forms.resumed", resumed, gettext_lazy("Resumed a form"))
