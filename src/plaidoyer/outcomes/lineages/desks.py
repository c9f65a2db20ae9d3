"""Lineages in the back office."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import Column

from plaidoyer.lib.desk import Desk
from plaidoyer.outcomes.models import Lineage


class LineageForm(WagtailAdminModelForm):
    """No campaign comes from itself, however long the way."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        earlier, later = cleaned.get("earlier"), cleaned.get("later")
        if earlier and later and leads(later.pk, earlier.pk):
            self.add_error("later", ValidationError(_("That campaign leads to this one already.")))
        return cleaned

    def save(self, commit: bool = True) -> Lineage:
        self.instance.noted_by = self.instance.noted_by or self.for_user
        return super().save(commit)


def leads(start: int, end: int) -> bool:
    """Whether one campaign goes on in the other, through whatever others."""
    edges: dict[int, set[int]] = {}
    for one, other in Lineage.objects.filter(later__isnull=False).values_list("earlier", "later"):
        edges.setdefault(one, set()).add(other)
    reached: set[int] = set()
    waiting = [start]
    while waiting:
        fresh = edges.get(waiting.pop(), set()) - reached
        reached |= fresh
        waiting += fresh
    return end in reached


class LineageDesk(Desk):
    model = Lineage
    name = "lineages"
    icon = "history"
    menu_order = 154
    menu_label = _("How campaigns go on")
    list_display = [
        Column("earlier", label=_("Campaign"), accessor=lambda one: one.earlier),
        Column("kind", label=_("How it goes on"), accessor="get_kind_display"),
        Column("later", label=_("In which campaign"), accessor=lambda one: one.later or "—"),
        "since_on",
        "until_on",
    ]
    list_filter = ["kind", "earlier", "later"]
    search_fields = ["words", "earlier__name", "later__name"]
    ordering = ["-since_on"]
    edit_handler = ObjectList(
        [
            FieldPanel("earlier"),
            FieldPanel("kind"),
            FieldPanel("later"),
            FieldRowPanel([FieldPanel("since_on"), FieldPanel("until_on")]),
            FieldPanel("words"),
        ],
        base_form_class=LineageForm,
    )


@hooks.register("register_admin_viewset")
def lineage_desk() -> LineageDesk:
    return LineageDesk()
