from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSetGroup

from plaidoyer.civics.desks import AreaDesk, OrganizationDesk, PersonDesk, PostDesk
from plaidoyer.lib.desk import Desk, Listing, RowsPanel
from plaidoyer.parliament.desks import MotionDesk, PositionDesk
from plaidoyer.parliament.models import OfficialPetition, PetitionSnapshot
from plaidoyer.parliament.petitions import figure_at


class SnapshotForm(WagtailAdminModelForm):
    def clean_taken_at(self) -> Any:
        """Raises ValidationError for a count of the future."""
        taken_at = self.cleaned_data["taken_at"]
        if taken_at and taken_at > timezone.now():
            raise ValidationError(_("This moment has not come yet."))
        return taken_at


class PetitionList(Listing):
    def get_base_queryset(self) -> QuerySet:
        return super().get_base_queryset().select_related("legislature")


def last_count(petition: OfficialPetition) -> PetitionSnapshot | str:
    """The newest official count, for the list."""
    seen = figure_at(petition)
    return f"{seen.signatures} ({timezone.localdate(seen.taken_at)})" if seen else "—"


class PetitionDesk(Desk):
    add_to_admin_menu = False
    model = OfficialPetition
    name = "official-petitions"
    icon = "doc-full"
    index_view_class = PetitionList
    list_display = [
        "__str__",
        Column("legislature", label=_("Legislature")),
        "closes_on",
        Column("count", label=_("Official count"), accessor=last_count),
    ]
    list_filter = ["legislature", "closes_on"]
    search_fields = ["identifier", "title", "sponsor"]
    ordering = ["-closes_on"]
    panels = [
        FieldRowPanel([FieldPanel("legislature"), FieldPanel("identifier")]),
        FieldPanel("title"),
        FieldPanel("url"),
        FieldPanel("sponsor"),
        FieldRowPanel([FieldPanel("opens_on"), FieldPanel("closes_on")]),
        FieldRowPanel([FieldPanel("presented_on"), FieldPanel("response_due_on")]),
        RowsPanel(
            "snapshots",
            [
                FieldRowPanel([FieldPanel("signatures"), FieldPanel("taken_at")]),
                FieldPanel("source"),
            ],
            form=SnapshotForm,
            awaiting=1,
            heading=_("Official counts, as they were seen"),
            label=_("official count"),
        ),
    ]


class DecisionMakers(ModelViewSetGroup):
    menu_label = _("Decision-makers")
    menu_icon = "group"
    menu_order = 170
    items = (
        PostDesk(),
        PersonDesk(),
        OrganizationDesk(),
        AreaDesk(),
        MotionDesk(),
        PositionDesk(),
        PetitionDesk(),
    )


@hooks.register("register_admin_viewset")
def decision_makers() -> DecisionMakers:
    return DecisionMakers()
