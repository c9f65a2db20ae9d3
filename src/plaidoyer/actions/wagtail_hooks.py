from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy
from django_filters import ChoiceFilter, DateFromToRangeFilter
from wagtail import hooks
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn

from plaidoyer.actions import (  # noqa: F401  (review_desk's screens)
    approval_desk,
    confirmations,
    counting,
    kinds,
    openings,
    review_desk,
)
from plaidoyer.actions.guards import desks as guards  # noqa: F401  (its screens)
from plaidoyer.actions.kinds import KINDS
from plaidoyer.actions.models import Action, ActionForm, Held
from plaidoyer.actions.openings import OPENINGS, OpeningColumn
from plaidoyer.actions.reach import ReachView
from plaidoyer.actions.sheets import FormSheet
from plaidoyer.lib.desk import Desk, Ledger, Listing, NewSheet

STATES = {
    "waiting": pgettext_lazy("act", "not confirmed"),
    "counted": pgettext_lazy("act", "counted"),
    "withdrawn": pgettext_lazy("act", "withdrawn"),
    "held": pgettext_lazy("act", "held"),
}


class FormFilters(WagtailFilterSet):
    kind = ChoiceFilter(
        label=_("Kind"), choices=lambda: [(k.name, k.label) for k in KINDS.values()]
    )
    when = ChoiceFilter(label=_("Opening"), method="keep_when", choices=list(OPENINGS.items()))

    class Meta:
        model = ActionForm
        fields = ["campaign", "kind", "when"]

    def keep_when(self, forms: QuerySet, _name: str, when: str) -> QuerySet:
        return forms.filter(openings.kept(when))


class FormList(Listing):
    def get_base_queryset(self) -> QuerySet:
        return super().get_base_queryset().select_related("campaign")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(*args, **kwargs)
        counts = counting.confirmed(context["object_list"])
        for form in context["object_list"]:
            form.count = counts[form.pk].value
        return context

    def get_list_more_buttons(self, instance: ActionForm) -> list[MenuItem]:
        """What may be done with a form; an upper floor adds its own (hook form_buttons)."""
        buttons = super().get_list_more_buttons(instance)
        for more in hooks.get_hooks("form_buttons"):
            buttons.extend(more(instance))
        return buttons


class NewForm(NewSheet):
    """Asks for the kind first: the rest of the sheet depends on it, and it stays."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.GET.get("kind") in KINDS or not self.user_has_permission("add"):
            return super().dispatch(request, *args, **kwargs)
        return render(request, "actions/admin/choose_kind.html", {"kinds": KINDS.values()})

    def get_form_kwargs(self) -> dict[str, Any]:
        kind = self.request.GET["kind"]
        return {**super().get_form_kwargs(), "instance": ActionForm(kind=kind)}

    def get_add_url(self) -> str:
        return f"{super().get_add_url()}?kind={self.request.GET['kind']}"


def kind_label(form: ActionForm) -> str:
    return str(KINDS[form.kind].label)


def reach_url(form: ActionForm) -> str:
    """Where the count is told by channel, sharer and area."""
    return reverse("forms:reach", args=[form.pk])


class FormDesk(Desk):
    model = ActionForm
    name = "forms"
    icon = "form"
    menu_label = _("Forms")
    menu_order = 140
    index_view_class = FormList
    add_view_class = NewForm
    list_display = [
        "__str__",
        Column("campaign", label=_("Campaign"), sort_key="campaign__name"),
        Column("kind", label=_("Kind"), accessor=kind_label),
        OpeningColumn("open", label=_("Opening")),
        TitleColumn("count", label=_("Counted"), get_url=reach_url),
    ]
    filterset_class = FormFilters
    search_fields = ["name"]
    search_backend_name = None
    ordering = ["-opens_at"]

    def get_form_class(self, for_update: bool = False) -> type[FormSheet]:
        return FormSheet

    def get_urlpatterns(self) -> list:
        return [
            *super().get_urlpatterns(),
            path("pause/<int:pk>/", openings.pause, name="pause"),
            path("approve/<int:pk>/", approval_desk.ApproveView.as_view(), name="approve"),
            path("reach/<int:pk>/", ReachView.as_view(), name="reach"),
        ]


class ActFilters(WagtailFilterSet):
    submitted_at = DateFromToRangeFilter(label=_("Submitted"), widget=DateRangePickerWidget)
    state = ChoiceFilter(label=_("State"), method="keep_state", choices=list(STATES.items()))

    class Meta:
        model = Action
        fields = ["form", "submitted_at", "state"]

    def keep_state(self, acts: QuerySet, _name: str, state: str) -> QuerySet:
        confirmed = Q(confirmation__isnull=False)
        withdrawn = Q(confirmation__withdrawal__isnull=False)
        held = Q(Exists(Held.objects.filter(action=OuterRef("pk"), released_at=None)))
        by_state = {"waiting": ~confirmed, "counted": confirmed & ~withdrawn & ~held, "held": held}
        return acts.filter(by_state.get(state, withdrawn))


class ActList(Listing):
    def get_base_queryset(self) -> QuerySet:
        acts = super().get_base_queryset()
        held = Held.objects.filter(action=OuterRef("pk"), released_at=None)
        acts = acts.select_related("form", "confirmation__withdrawal")
        return acts.annotate(held_now=Exists(held))

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(*args, **kwargs)
        never = confirmations.beside(context["object_list"])
        for act in context["object_list"]:
            act.is_noted = never.get(act.pk) is confirmations.State.NOTED
        return context


def act_state(action: Action) -> str:
    """Where an act stands, for the list."""
    confirmation = getattr(action, "confirmation", None)
    if getattr(action, "held_now", False):
        return str(STATES["held"])
    if confirmation is None:
        is_noted = getattr(action, "is_noted", False)
        return pgettext("act", "noted, never counts") if is_noted else str(STATES["waiting"])
    return str(STATES["withdrawn" if confirmation.withdrawal_id else "counted"])


class ActLedger(Ledger):
    model = Action
    name = "acts"
    icon = "pick"
    menu_order = 150
    index_view_class = ActList
    list_display = [
        Column("full_name", label=_("Name")),
        Column("email", label=_("E-mail")),
        Column("form", label=_("Form")),
        DateColumn("submitted_at", label=_("Submitted"), sort_key="submitted_at"),
        Column("language", label=_("Language")),
        Column("state", label=_("State"), accessor=act_state),
    ]
    taken_out = "acts"
    list_export = ["form", "email", "given_name", "family_name", "language", "submitted_at"]
    export_filename = "acts"
    filterset_class = ActFilters
    ordering = ["-submitted_at"]


kinds.load_hooks()


@hooks.register("register_admin_viewset")
def acts() -> list[Desk]:
    return [FormDesk(), ActLedger()]


hooks.register("register_log_actions", openings.register_log_actions)
hooks.register("register_log_actions", approval_desk.register_log_actions)
