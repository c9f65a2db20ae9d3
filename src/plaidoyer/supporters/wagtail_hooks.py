from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn

from plaidoyer.lib.desk import Ledger
from plaidoyer.supporters.models import Supporter
from plaidoyer.vault import marks


class SupporterFilters(WagtailFilterSet):
    email = CharFilter(label=_("E-mail"), method="keep_email")

    class Meta:
        model = Supporter
        fields = ["email", "language"]

    def keep_email(self, supporters: QuerySet, _name: str, email: str) -> QuerySet:
        """Every spelling of one address; part of one finds nobody."""
        return supporters.filter(mark=marks.address(email))


class SupporterLedger(Ledger):
    model = Supporter
    name = "supporters"
    icon = "group"
    menu_order = 160
    list_display = [
        Column("name", label=_("Name"), accessor=str),
        Column("email", label=_("E-mail")),
        Column("language", label=_("Language")),
        DateColumn("created_at", label=_("Since"), sort_key="created_at"),
    ]
    taken_out = "supporters"
    list_export = ["email", "given_name", "family_name", "postal_code", "language", "created_at"]
    export_filename = "supporters"
    filterset_class = SupporterFilters
    ordering = ["-created_at"]


@hooks.register("register_admin_viewset")
def supporters() -> SupporterLedger:
    return SupporterLedger()
