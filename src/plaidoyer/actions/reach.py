"""How people came to a form: the organisers' screen of channels, sharers and areas."""

from typing import Any, NamedTuple

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from plaidoyer.actions import areas, counting, sharing
from plaidoyer.actions.models import ActionForm

MOST = 50


class Row(NamedTuple):
    """One bar: its name, what counts, and how long the bar is beside the longest."""

    name: str
    counted: int
    percent: int


def bars(counted: list[tuple[str, int]]) -> list[Row]:
    """Rows with bars, the longest a hundred."""
    longest = max((count for _name, count in counted), default=0)
    return [Row(name, count, count * 100 // longest) for name, count in counted if count > 0]


class ReachView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """Acts that count on one form by the way people came, by who passed it on, and by area."""

    model = ActionForm
    any_permission_required = ["add", "change", "view"]
    template_name = "actions/admin/reach.html"
    page_title = _("How people came")
    header_icon = "group"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        forms = {"url": reverse("forms:index"), "label": _("Forms")}
        return [*self.breadcrumbs_items, forms, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = get_object_or_404(ActionForm, pk=self.kwargs["pk"])
        count = counting.confirmed([form])[form.pk]
        channels = sharing.channels(form)
        # The three counts have each its own moment: what came meanwhile is nobody's minus.
        direct = max(0, count.value - sum(number for _name, number in channels))
        local = [(str(row.area), row.confirmed) for row in areas.exactly(form)]
        sharers = [(str(who), number) for who, number in sharing.sharers(form, MOST)]
        return super().get_context_data(
            **kwargs,
            form=form,
            count=count,
            channels=bars([*channels[:MOST], (str(_("Directly, or not known")), direct)]),
            sharers=bars(sharers),
            places=bars(local[:MOST]),
        )
