"""The back office on what comes back: suppressed addresses, what came in, and our domain."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import ChoiceFilter, DateFromToRangeFilter
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.widgets.button import HeaderButton

from plaidoyer.lib.addresses import BadAddressError, validated
from plaidoyer.lib.desk import Ledger
from plaidoyer.mail import kinds
from plaidoyer.mail.messages import one_line
from plaidoyer.mail.models import Incoming, Suppression
from plaidoyer.vault.listings import SealedListing


class SuppressionForm(forms.Form):
    """An address that shall get no mail of ours."""

    address = forms.CharField(label=_("E-mail address"), max_length=254)
    words = forms.CharField(
        label=_("Why"), max_length=300, help_text=_("Such as: asked us by phone on 3 May.")
    )

    def clean_address(self) -> str:
        try:
            return validated(self.cleaned_data["address"])
        except BadAddressError:
            raise forms.ValidationError(_("No mail could reach this. Is it whole?")) from None

    def clean_words(self) -> str:
        return one_line(self.cleaned_data["words"])


class LiftForm(forms.Form):
    """Why an address may get mail again."""

    because = forms.CharField(
        label=_("Why may mail go there again?"),
        max_length=300,
        help_text=_("Such as: wrote to us from this address; the mailbox was full."),
    )

    def clean_because(self) -> str:
        return one_line(self.cleaned_data["because"])


class SuppressionFilters(WagtailFilterSet):
    state = ChoiceFilter(
        label=_("State"),
        method="keep_state",
        choices=[("in_force", _("in force")), ("lifted", _("lifted"))],
    )
    suppressed_at = DateFromToRangeFilter(label=_("Since"), widget=DateRangePickerWidget)

    class Meta:
        model = Suppression
        fields = ["state", "reason", "suppressed_at"]

    def keep_state(self, rows: QuerySet, _name: str, state: str) -> QuerySet:
        return rows.filter(lifted_at__isnull=state == "in_force")


class SuppressionList(SealedListing):
    def get_header_buttons(self) -> list[Any]:
        if not self.request.user.has_perm("mail.change_suppression"):
            return []
        add = reverse("suppressions:suppress")
        return [HeaderButton(_("Suppress an address"), add, icon_name="plus")]


def address(row: Suppression) -> str:
    """The address, or that it is kept as a hash only."""
    return row.address or str(_("(erased: kept as a hash)"))


def standing(row: Suppression) -> str:
    """In force, with the way to lift it, or since when it is lifted, how and why."""
    if row.lifted_at is None:
        lift = reverse("suppressions:lift", args=[row.pk])
        return format_html('{} · <a href="{}">{}</a>', _("in force"), lift, _("Lift"))
    day = date_format(localtime(row.lifted_at), "SHORT_DATE_FORMAT")
    because = f": {row.lifted_because}" if row.lifted_because else ""
    return f"{_('lifted')} {day} ({row.get_lifted_how_display()}{because})"


class SuppressionLedger(Ledger):
    model = Suppression
    name = "suppressions"
    icon = "no-view"
    menu_label = _("Suppressed addresses")
    index_view_class = SuppressionList
    list_display = [
        Column("address", label=_("Address"), accessor=address),
        Column("reason", label=_("Reason"), accessor="get_reason_display", sort_key="reason"),
        Column("words", label=_("Evidence")),
        DateColumn("suppressed_at", label=_("Since"), sort_key="suppressed_at"),
        Column("lifted_at", label=_("State"), accessor=standing),
    ]
    filterset_class = SuppressionFilters
    search_fields = ["mark"]
    search_backend_name = None
    ordering = ["-suppressed_at"]

    def get_urlpatterns(self) -> list[URLPattern]:
        from plaidoyer.mail import views

        return [
            *super().get_urlpatterns(),
            path("suppress/", views.suppress, name="suppress"),
            path("lift/<int:pk>/", views.lift, name="lift"),
        ]


class IncomingFilters(WagtailFilterSet):
    received_at = DateFromToRangeFilter(label=_("Received"), widget=DateRangePickerWidget)

    class Meta:
        model = Incoming
        fields = ["kind", "received_at"]


class IncomingList(SealedListing):
    def get_base_queryset(self) -> QuerySet:
        return super().get_base_queryset().select_related("envelope")


def about(row: Incoming) -> str:
    """To whom the mail was that this is about."""
    return kinds.address(row.envelope) if row.envelope else "—"


class IncomingLedger(Ledger):
    model = Incoming
    name = "incoming"
    icon = "download"
    menu_label = _("What came back")
    index_view_class = IncomingList
    list_display = [
        DateColumn("received_at", label=_("Received"), sort_key="received_at"),
        Column("kind", label=_("Kind"), accessor="get_kind_display"),
        Column("envelope", label=pgettext_lazy("incoming", "About the mail to"), accessor=about),
        Column("code", label=_("Code")),
        Column("words", label=_("Words")),
        Column("via", label=_("Came by")),
    ]
    filterset_class = IncomingFilters
    search_fields = ["code", "mark"]
    search_backend_name = None
    ordering = ["-received_at"]
