"""The audit log in the back office, to be read."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import CharFilter, ChoiceFilter, DateFromToRangeFilter
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.log_actions import registry

from plaidoyer.lib.desk import Ledger
from plaidoyer.staff.models import AuditEntry

VERBS = {
    "sign_in": _("signed in"),
    "refuse": _("was refused"),
    "see": pgettext_lazy("audit", "looked at"),
    "export": _("took out"),
    "send": _("sent a form"),
    "chain": _("kept the end of the ledger of consents"),
}


def told(entry: AuditEntry) -> str:
    """The verb in words: ours, or those of Wagtail's log."""
    return str(VERBS.get(entry.verb) or registry.get_action_label(entry.verb))


class AuditFilters(WagtailFilterSet):
    at = DateFromToRangeFilter(label=pgettext_lazy("audit", "When"), widget=DateRangePickerWidget)
    verb = ChoiceFilter(label=pgettext_lazy("audit", "What was done"), choices=list(VERBS.items()))
    name = CharFilter(label=pgettext_lazy("audit", "Who"), lookup_expr="iexact")
    what = CharFilter(label=pgettext_lazy("audit", "On what"), lookup_expr="icontains")

    class Meta:
        model = AuditEntry
        fields = ["at", "name", "verb", "what"]


class AuditLedger(Ledger):
    model = AuditEntry
    name = "audit"
    icon = "history"
    menu_label = _("Audit log")
    menu_order = 980
    add_to_admin_menu = False
    add_to_settings_menu = True
    list_display = [
        DateColumn("at", label=pgettext_lazy("audit", "When"), sort_key="at"),
        Column("name", label=pgettext_lazy("audit", "Who")),
        Column("verb", label=pgettext_lazy("audit", "What was done"), accessor=told),
        Column("what", label=pgettext_lazy("audit", "On what")),
        Column("number", label=_("Number")),
        Column("note", label=_("Note")),
    ]
    filterset_class = AuditFilters
    ordering = ["-at", "-pk"]
