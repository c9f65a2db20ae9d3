from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django_filters import DateFromToRangeFilter
from wagtail import hooks
from wagtail.admin.auth import permission_required
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn

from plaidoyer.lib.desk import Ledger, Listing
from plaidoyer.mail.models import Envelope
from plaidoyer.newsletters import reporting
from plaidoyer.newsletters.models import Mailing


class MailingFilters(WagtailFilterSet):
    frozen_at = DateFromToRangeFilter(
        label=gettext_lazy("Audience frozen"), widget=DateRangePickerWidget
    )

    class Meta:
        model = Mailing
        fields = ["frozen_at"]


class MailingList(Listing):
    def get_base_queryset(self) -> QuerySet:
        ended = Q(copies__envelope__state__in=Envelope.FINAL)
        return (
            super()
            .get_base_queryset()
            .annotate(
                readers=Count("copies__envelope"), ended=Count("copies__envelope", filter=ended)
            )
        )


class MailingLedger(Ledger):
    model = Mailing
    name = "mailings"
    icon = "mail"
    menu_label = gettext_lazy("Newsletters")
    menu_order = 185
    index_view_class = MailingList
    list_display = [
        TitleColumn("name", label=gettext_lazy("Name"), url_name="mailings:inspect"),
        DateColumn("frozen_at", label=gettext_lazy("Audience frozen"), sort_key="frozen_at"),
        Column("readers", label=gettext_lazy("Readers"), sort_key="readers"),
        Column("ended", label=gettext_lazy("Copies at their end"), sort_key="ended"),
    ]
    filterset_class = MailingFilters
    search_fields = ["name", "versions__subject"]
    search_backend_name = None
    ordering = ["-created_at"]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_common_view_kwargs(**kwargs), "add_url_name": "writing:new"}

    def get_urlpatterns(self) -> list[URLPattern]:
        inspect = path("inspect/<int:pk>/", mailing, name="inspect")
        return [*super().get_urlpatterns(), inspect]


@permission_required("newsletters.view_mailing")
@require_safe
def mailing(request: HttpRequest, pk: int) -> HttpResponse:
    """How many copies of a mailing stand in each state, and its words in each language."""
    found = get_object_or_404(Mailing.objects.prefetch_related("versions"), pk=pk)
    context = {
        "mailing": found,
        "progress": reporting.progress([found])[0],
        "header_title": str(found),
        "header_icon": "mail",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("mailings:index"), "label": _("Mailings")},
            {"url": reverse("mailings:inspect", args=[pk]), "label": str(found)},
        ],
    }
    return render(request, "newsletters/desk/mailing.html", context)


@hooks.register("register_admin_urls")
def writing() -> list[URLResolver]:
    return [path("newsletters/", include("plaidoyer.newsletters.editor"))]


@hooks.register("register_admin_viewset")
def mailings() -> MailingLedger:
    return MailingLedger()
