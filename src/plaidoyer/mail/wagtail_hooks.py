from django.http import HttpRequest
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import ChoiceFilter, DateFromToRangeFilter
from wagtail import hooks
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.viewsets.model import ModelViewSetGroup
from wagtail.log_actions import LogActionRegistry

from plaidoyer.lib.desk import Ledger
from plaidoyer.mail import kinds, views
from plaidoyer.mail.columns import StateColumn
from plaidoyer.mail.desks import IncomingLedger, SuppressionLedger
from plaidoyer.mail.kinds import LABELS
from plaidoyer.mail.models import Envelope
from plaidoyer.vault.listings import SealedListing


class MailFilters(WagtailFilterSet):
    kind = ChoiceFilter(label=_("Kind"), choices=lambda: list(LABELS.items()))
    queued_at = DateFromToRangeFilter(label=_("Queued"), widget=DateRangePickerWidget)

    class Meta:
        model = Envelope
        fields = ["state", "kind", "queued_at"]


def kind(envelope: Envelope) -> str:
    """What the back office calls its kind."""
    return str(LABELS.get(envelope.kind, envelope.kind))


class MailLedger(Ledger):
    model = Envelope
    name = "mail"
    icon = "mail"
    menu_order = 170
    list_display = [
        Column("to_address", label=pgettext_lazy("mail", "To"), accessor=kinds.address),
        Column("kind", label=_("Kind"), accessor=kind),
        StateColumn(label=_("State"), envelope=lambda row: row, none="", list_url="mail:index"),
        Column("reply", label=_("The server’s words")),
        DateColumn("queued_at", label=_("Queued"), sort_key="queued_at"),
        DateColumn("ended_at", label=_("Ended"), sort_key="ended_at"),
        Column("attempts", label=_("Attempts"), sort_key="attempts"),
    ]
    filterset_class = MailFilters
    index_view_class = SealedListing
    search_fields = ["mark"]
    search_backend_name = None
    ordering = ["-queued_at"]

    def get_urlpatterns(self) -> list:
        settle = path("settle/<int:pk>/", views.settle, name="settle")
        return [*super().get_urlpatterns(), settle]


class DomainMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("mail.view_domaincheck")


class MailGroup(ModelViewSetGroup):
    """Everything about mail in one menu."""

    menu_label = _("Mail")
    menu_icon = "mail"
    menu_order = 171
    items = (MailLedger(), SuppressionLedger(), IncomingLedger())

    def get_submenu_items(self) -> list[MenuItem]:
        ours = DomainMenuItem(
            _("Our domain"), reverse_lazy("mail_domain"), icon_name="globe", order=100
        )
        return [*super().get_submenu_items(), ours]


@hooks.register("register_admin_viewset")
def mail() -> MailGroup:
    return MailGroup()


@hooks.register("register_admin_urls")
def screens() -> list[URLPattern]:
    return [path("mail-domain/", views.domain, name="mail_domain")]


@hooks.register("register_log_actions")
def verdicts(actions: LogActionRegistry) -> None:
    actions.register_action("mail.arrived", _("Arrived"), _("Noted that a mail in doubt arrived"))
    actions.register_action("mail.lifted", _("Lifted"), _("Let mail go to an address again"))
    actions.register_action("mail.sent_again", _("Again"), _("Sent a mail in doubt again"))
