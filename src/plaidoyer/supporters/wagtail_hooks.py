from typing import Any

from django.db.models import QuerySet
from django.urls import URLPattern, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.widgets import Button

from plaidoyer.lib.desk import Ledger
from plaidoyer.supporters import canaries
from plaidoyer.supporters.lists import desk
from plaidoyer.supporters.models import Supporter
from plaidoyer.vault.listings import SealedListing


def address(supporter: Supporter) -> str:
    """What leads to what is kept of them."""
    return supporter.email or str(_("erased"))


class SupporterListing(SealedListing):
    """Its files bear a row by which it is known which of them went astray."""

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        bring = Button(_("Bring readers in"), url=reverse("reader_lists"), icon_name="upload")
        may = self.request.user.has_perm("supporters.add_readerlist")
        return [*super().header_more_buttons, *([bring] if may else [])]

    def as_spreadsheet(self, queryset: QuerySet[Supporter], spreadsheet_format: str) -> Any:
        rows = canaries.Watermarked(queryset, self.request.export_id)
        return super().as_spreadsheet(rows, spreadsheet_format)


class SupporterLedger(Ledger):
    model = Supporter
    name = "supporters"
    icon = "group"
    menu_order = 160
    list_display = [
        Column("name", label=_("Name"), accessor=str),
        # What is kept of them is told at the roof (website.me.desk).
        TitleColumn("email", label=_("E-mail"), accessor=address, url_name="person_kept"),
        Column("language", label=_("Language")),
        DateColumn("created_at", label=_("Since"), sort_key="created_at"),
    ]
    taken_out = "supporters"
    list_export = ["email", "given_name", "family_name", "postal_code", "language", "created_at"]
    export_filename = "supporters"
    index_view_class = SupporterListing
    search_fields = ["mark"]
    search_backend_name = None
    list_filter = ["language"]
    ordering = ["-created_at"]


@hooks.register("register_admin_viewset")
def supporters() -> SupporterLedger:
    return SupporterLedger()


@hooks.register("register_admin_urls")
def reader_lists() -> list[URLPattern]:
    return desk.routes()
