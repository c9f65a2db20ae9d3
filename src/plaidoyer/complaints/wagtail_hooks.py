from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from django_filters import BooleanFilter
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from plaidoyer.complaints import rulings
from plaidoyer.complaints.forms import RulingForm
from plaidoyer.complaints.models import Complaint
from plaidoyer.delivery.mailboxes.freeze_desk import freeze_url
from plaidoyer.lib.desk import Ledger, Listing


class ComplaintFilters(WagtailFilterSet):
    decided = BooleanFilter("ruling", "isnull", exclude=True, label=gettext_lazy("Decided"))

    class Meta:
        model = Complaint
        fields = ["decided", "reason"]


class ComplaintList(Listing):
    def get_base_queryset(self) -> QuerySet:
        return super().get_base_queryset().select_related("ruling", "form")


def stands(complaint: Complaint) -> str:
    """Whether it is decided, waits, or waits too long."""
    if ruling := getattr(complaint, "ruling", None):
        return str(ruling.get_outcome_display())
    return _("late") if complaint.is_late else _("waits")


class ComplaintLedger(Ledger):
    model = Complaint
    name = "complaints-desk"
    icon = "warning"
    menu_label = gettext_lazy("Complaints")
    menu_order = 156
    index_view_class = ComplaintList
    list_display = [
        TitleColumn("reason", accessor="get_reason_display", url_name="complaints-desk:sheet"),
        Column("page", label=gettext_lazy("Page")),
        DateColumn("filed_at", label=gettext_lazy("Filed"), sort_key="filed_at"),
        DateColumn("due_at", label=gettext_lazy("To be decided by"), sort_key="due_at"),
        Column("state", label=gettext_lazy("State"), accessor=stands),
    ]
    filterset_class = ComplaintFilters
    ordering = ["due_at"]

    def get_urlpatterns(self) -> list[URLPattern]:
        sheet = path("<int:pk>/", ComplaintSheet.as_view(), name="sheet")
        return [*super().get_urlpatterns(), sheet]


class ComplaintSheet(WagtailAdminTemplateMixin, TemplateView):
    """One complaint: what is wrong, the way to freeze it at once, and the decision."""

    page_title = gettext_lazy("Complaint")
    header_icon = "warning"
    template_name = "complaints/desk/sheet.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        right = "change" if request.method == "POST" else "view"
        if not request.user.has_perm(f"complaints.{right}_complaint"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def complaint(self) -> Complaint:
        found = Complaint.objects.select_related("ruling__ruled_by", "appeals__ruling", "form")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.complaint.get_reason_display())

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        index = {"url": reverse("complaints-desk:index"), "label": _("Complaints")}
        return [*self.breadcrumbs_items, index, {"url": "", "label": self.get_page_subtitle()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form, because = self.complaint.form, str(self.complaint.get_reason_display())
        return super().get_context_data(
            **{"ruling_form": RulingForm(label_suffix=""), **kwargs}
        ) | {
            "complaint": self.complaint,
            "refusal": rulings.refusal(self.complaint, self.request.user),
            "freeze_url": freeze_url(f"form-{form.pk}", because) if form else reverse("freezes"),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = RulingForm(request.POST, label_suffix="")
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(ruling_form=form), status=422)
        try:
            rulings.rule(self.complaint, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            messages.error(request, error.messages[0])
        else:
            messages.success(request, _("Decided. Whoever complained sees it by their link."))
        return redirect("complaints-desk:sheet", self.complaint.pk)


@hooks.register("register_admin_viewset")
def complaints() -> ComplaintLedger:
    return ComplaintLedger()
