"""The screen on which a second person reads what letters say and to whom, and lets them leave."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.log_actions import LogActionRegistry, log

from plaidoyer.actions import approvals
from plaidoyer.actions.models import ActionForm
from plaidoyer.campaigns import roles
from plaidoyer.civics import contacts
from plaidoyer.lib import intrusions


class ApproveView(WagtailAdminTemplateMixin, TemplateView):
    """The words in each language, whom they go to and on which page that stands, and one press."""

    page_title = gettext_lazy("Read and approve")
    header_icon = "tick"
    template_name = "actions/admin/approve.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm("actions.change_actionform"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def form(self) -> ActionForm:
        found = ActionForm.objects.select_related("campaign", "edited_by")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.form)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        forms = {"url": reverse("forms:index"), "label": _("Forms")}
        return [*self.breadcrumbs_items, forms, {"url": "", "label": str(self.form)}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        targets = self.form.campaign.targets.select_related("post", "person", "organization")
        return super().get_context_data(**kwargs) | {
            "form": self.form,
            "refusal": approvals.refusal(self.form, self.request.user),
            "mark": approvals.seen(self.form),
            "words": list(intrusions.texts([self.form.name, self.form.options])),
            "targets": [
                (roles.make(target), contacts.mailbox(target.decision_maker)) for target in targets
            ],
            "last": approvals.last_of(self.form),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            approvals.approve(self.form, by=request.user, mark=request.POST.get("mark", ""))
        except ValidationError as error:
            messages.error(request, error.messages[0])
            return redirect(request.path)
        log(self.form, "forms.approved", user=request.user)
        messages.success(request, _("“%(form)s” is approved.") % {"form": self.form})
        return redirect("forms:index")


def register_log_actions(actions: LogActionRegistry) -> None:
    """The line of the log of the back office."""
    approved = gettext_lazy("Approved")
    actions.register_action("forms.approved", approved, gettext_lazy("Approved letters"))
