from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.widgets.button import Button
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from plaidoyer.donations import desks
from plaidoyer.donations.bank import desks as bank
from plaidoyer.donations.ledgers import booking
from plaidoyer.donations.models import Donation, Fund, Payment, Receipt
from plaidoyer.donations.paper import desks as paper
from plaidoyer.donations.statistics import desks as statistics
from plaidoyer.lib import wording
from plaidoyer.lib.desk import Desk, Ledger, Listing, RowsPanel
from plaidoyer.vault.listings import SealedListing


def told(amount: int, currency: str) -> str:
    return wording.money(amount, currency, get_language() or "en")


class FundDesk(Desk):
    model = Fund
    name = "funds"
    icon = "pick"
    menu_label = _("Funds")
    add_to_admin_menu = False
    list_display = [
        "name",
        Column("given", label=_("Given"), accessor=lambda f: told(booking.given(f), f.currency)),
        Column(
            "goal",
            label=_("Goal"),
            accessor=lambda f: told(f.goal_minor, f.currency) if f.goal else "—",
        ),
        Column("is_open", label=_("Open"), accessor=lambda f: _("yes") if f.is_open else _("no")),
        DateColumn("ends_on", label=_("Last day")),
    ]
    search_fields = ["name", "slug"]
    search_backend_name = None
    ordering = ["-opens_at"]
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldPanel("slug"),
            FieldPanel("lead"),
            FieldPanel("text"),
            FieldPanel("campaign"),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("currency"), FieldPanel("goal")]),
                    FieldPanel("ends_on"),
                    FieldPanel("above"),
                    FieldPanel("below"),
                ],
                _("Goal"),
            ),
            RowsPanel(
                "offers",
                [
                    FieldRowPanel([FieldPanel("language"), FieldPanel("currency")]),
                    FieldRowPanel([FieldPanel("once"), FieldPanel("monthly")]),
                ],
                awaiting=1,
                heading=_("Suggested amounts"),
                label=_("amounts"),
            ),
            FieldRowPanel([FieldPanel("opens_at"), FieldPanel("closed_at")]),
        ]
    )


class GiftFilters(WagtailFilterSet):
    state = ChoiceFilter(
        label=_("State"),
        method="keep_state",
        choices=[("paid", _("money came")), ("promised", _("promised"))],
    )

    class Meta:
        model = Donation
        fields = ["state", "fund", "method", "channel", "frequency"]

    def keep_state(self, rows: QuerySet, _name: str, state: str) -> QuerySet:
        return rows.filter(is_paid=state == "paid")


class GiftList(SealedListing):
    def get_base_queryset(self) -> QuerySet:
        paid = Payment.objects.filter(donation=OuterRef("pk"))
        return super().get_base_queryset().select_related("fund").annotate(is_paid=Exists(paid))

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        record = Button(_("Record a gift"), url=reverse("gifts_record"), icon_name="plus")
        return [*super().header_more_buttons, record]


class GiftLedger(Ledger):
    model = Donation
    name = "gifts"
    icon = "list-ul"
    menu_label = _("Gifts")
    add_to_admin_menu = False
    index_view_class = GiftList
    list_display = [
        TitleColumn("donor", label=_("Donor"), get_url=lambda one: reverse("gift", args=[one.pk])),
        Column("worth", label=_("Amount")),
        Column("frequency", label=_("How often"), accessor="get_frequency_display"),
        Column("fund", label=_("Fund")),
        Column("method", label=_("Method"), accessor="get_method_display"),
        Column(
            "is_paid",
            label=_("State"),
            accessor=lambda one: _("money came") if one.is_paid else _("promised"),
        ),
        Column("reference", label=_("Reference")),
        DateColumn("promised_at", label=_("Promised"), sort_key="promised_at"),
    ]
    filterset_class = GiftFilters
    search_fields = ["code", "mark"]
    search_backend_name = None
    ordering = ["-promised_at"]

    def get_permissions_to_register(self) -> QuerySet[Permission]:
        """Three rights for all about gifts: to see, to record, to change. None deletes one."""
        names = [f"{verb}_donation" for verb in ("view", "add", "change")]
        return Permission.objects.filter(content_type__app_label="donations", codename__in=names)


class ReceiptList(Listing):
    @cached_property
    def header_more_buttons(self) -> list[Button]:
        annual = Button(
            _("Receipts of a year"), url=reverse("receipts_annual"), icon_name="calendar-alt"
        )
        return [*super().header_more_buttons, annual]

    def get_base_queryset(self) -> QuerySet:
        return super().get_base_queryset().defer("sealed")


class ReceiptLedger(Ledger):
    model = Receipt
    name = "receipts"
    icon = "doc-full"
    menu_label = _("Receipts")
    add_to_admin_menu = False
    index_view_class = ReceiptList
    list_display = [
        TitleColumn(
            "label",
            label=_("Number"),
            get_url=lambda one: reverse("receipt_pdf", args=[one.pk]),
        ),
        Column("kind", label=_("Kind"), accessor="get_kind_display"),
        Column("amount", label=_("Amount"), accessor=lambda r: told(r.amount, r.currency)),
        Column(
            "state",
            label=_("State"),
            accessor=lambda r: _("cancelled") if r.cancelled_at else _("valid"),
        ),
        DateColumn("issued_at", label=_("Issued"), sort_key="issued_at"),
    ]
    list_filter = ["kind", "is_official", "year"]
    ordering = ["-issued_at"]

    def get_permissions_to_register(self) -> QuerySet[Permission]:
        """None of its own: whoever sees gifts sees receipts."""
        return Permission.objects.none()


register_permission_policy(Receipt, ModelPermissionPolicy(Donation))


VIEWSETS = [FundDesk(), GiftLedger(), ReceiptLedger()]


@hooks.register("register_admin_viewset")
def viewsets() -> list[Desk]:
    return VIEWSETS


@hooks.register("register_admin_urls")
def screens() -> list[URLPattern]:
    return [*desks.routes(), *bank.routes(), *paper.routes(), *statistics.routes()]


class GiftsItem(MenuItem):
    """A screen for those who may see gifts."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("donations.view_donation")


class FundsItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("donations.change_fund")


def giving_menu() -> Menu:
    """The screens of the room, in the order of a day's work."""
    screens = [
        ("gifts_overview", _("Overview"), "view"),
        ("gifts:index", _("Gifts"), "list-ul"),
        ("gifts_record", _("Record a gift"), "plus"),
        ("gifts_bank", _("Bank"), "download"),
        ("gifts_batches", _("Envelopes"), "mail"),
        ("receipts:index", _("Receipts"), "doc-full"),
        ("gifts_books", _("Books"), "table"),
    ]
    items: list[Any] = [
        GiftsItem(label, reverse_lazy(name), name=f"giving-{place}", icon_name=icon, order=place)
        for place, (name, label, icon) in enumerate(screens)
    ]
    funds = FundsItem(_("Funds"), reverse_lazy("funds:index"), icon_name="pick", order=9)
    return Menu(items=[*items, funds])


@hooks.register("register_admin_menu_item")
def menu_item() -> SubmenuMenuItem:
    return SubmenuMenuItem(_("Giving"), giving_menu(), name="giving", icon_name="pick", order=158)
