"""What all screens of the back office about gifts have in common."""

from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from plaidoyer.donations.models import Donation

Crumb = tuple[str, str]


class Screen(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """A screen for those who may see gifts; what it changes needs more than that."""

    model = Donation
    any_permission_required = ["view"]
    header_icon = "pick"
    # Screens on the way here, as (address name, label).
    above: list[tuple[str, Any]] = []

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        way = [("gifts_overview", _("Giving")), *self.above]
        links = [{"url": reverse(name), "label": label} for name, label in way]
        return [*self.breadcrumbs_items, *links, {"url": "", "label": self.get_page_title()}]

    def faulty(self, form: BaseForm, **context: Any) -> HttpResponse:
        """The screen with what was typed and what is wrong with it."""
        return self.render_to_response(self.get_context_data(form=form, **context), status=422)


class Changing(Screen):
    """A screen that changes gifts."""

    any_permission_required = ["change"]


def back(request: HttpRequest, name: str, *arguments: Any) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(name, args=arguments))
