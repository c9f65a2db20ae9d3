from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from plaidoyer.campaigns.models import Campaign
from plaidoyer.campaigns.reporting import open_on
from plaidoyer.outcomes.models import Milestone, Standing
from plaidoyer.outcomes.reporting import board


class BoardFilters(forms.Form):
    campaign = forms.ModelChoiceField(
        Campaign.objects.all(), required=False, label=_("Campaign"), empty_label=_("All campaigns")
    )
    standing = forms.ChoiceField(
        choices=lambda: [("", _("All standings")), *Standing.choices],
        required=False,
        label=_("Standing"),
    )
    closed = forms.BooleanField(required=False, label=_("With closed campaigns"))

    def campaigns(self) -> QuerySet[Campaign]:
        """Those chosen; an open one or a named one unless the closed ones are asked for."""
        found = Campaign.objects.all()
        if chosen := self.cleaned_data.get("campaign"):
            return found.filter(pk=chosen.pk)
        return found if self.cleaned_data.get("closed") else open_on()


class BoardView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """How every demand of every campaign stands with everybody who is asked, on one sheet."""

    model = Milestone
    any_permission_required = ["add", "change", "view"]
    template_name = "outcomes/board.html"
    page_title = _("Outcomes board")
    header_icon = "table"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        filters = BoardFilters(self.request.GET, label_suffix="")
        filters.is_valid()
        rows = board(filters.campaigns())
        if standing := filters.cleaned_data.get("standing"):
            rows = [row for row in rows if row.standing == standing]
        return super().get_context_data(**kwargs, filters=filters, rows=rows)
