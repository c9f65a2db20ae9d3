from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import ChoiceFilter, DateFromToRangeFilter
from wagtail import hooks
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views import generic

from plaidoyer.actions import counting, kinds
from plaidoyer.actions.kinds import KINDS
from plaidoyer.actions.models import Action, ActionForm
from plaidoyer.actions.sheets import FormSheet
from plaidoyer.lib.desk import Desk, Ledger, Listing

OPENINGS = {
    "open": pgettext_lazy("form", "open"),
    "closed": pgettext_lazy("form", "closed"),
    "coming": pgettext_lazy("form", "not open yet"),
}
STATES = {
    "waiting": pgettext_lazy("act", "not confirmed"),
    "counted": pgettext_lazy("act", "counted"),
    "withdrawn": pgettext_lazy("act", "withdrawn"),
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
        now = timezone.now()
        over, coming = Q(closes_at__lte=now), Q(opens_at__gt=now)
        return forms.filter({"open": ~over & ~coming, "closed": over, "coming": coming}[when])


class FormList(Listing):
    def get_base_queryset(self) -> QuerySet:
        return super().get_base_queryset().select_related("campaign")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(*args, **kwargs)
        counts = counting.confirmed(context["object_list"])
        for form in context["object_list"]:
            form.count = counts[form.pk].value
        return context


class NewForm(generic.CreateView):
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


def opening(form: ActionForm) -> str:
    """Whether the form takes acts, for the list."""
    state = "open" if form.is_open else "closed" if form.is_over else "coming"
    return str(OPENINGS[state])


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
        Column("open", label=_("Opening"), accessor=opening),
        Column("count", label=_("Counted")),
    ]
    filterset_class = FormFilters
    search_fields = ["name"]
    search_backend_name = None
    ordering = ["-opens_at"]

    def get_form_class(self, for_update: bool = False) -> type[FormSheet]:
        return FormSheet


class ActFilters(WagtailFilterSet):
    submitted_at = DateFromToRangeFilter(label=_("Submitted"), widget=DateRangePickerWidget)
    state = ChoiceFilter(label=_("State"), method="keep_state", choices=list(STATES.items()))

    class Meta:
        model = Action
        fields = ["form", "submitted_at", "state"]

    def keep_state(self, acts: QuerySet, _name: str, state: str) -> QuerySet:
        confirmed = Q(confirmation__isnull=False)
        withdrawn = Q(confirmation__withdrawal__isnull=False)
        by_state = {"waiting": ~confirmed, "counted": confirmed & ~withdrawn}
        return acts.filter(by_state.get(state, withdrawn))


class ActList(Listing):
    def get_base_queryset(self) -> QuerySet:
        acts = super().get_base_queryset()
        return acts.select_related("form", "confirmation__withdrawal")


def act_state(action: Action) -> str:
    """Where an act stands, for the list."""
    confirmation = getattr(action, "confirmation", None)
    if confirmation is None:
        return str(STATES["waiting"])
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
    filterset_class = ActFilters
    ordering = ["-submitted_at"]


kinds.load_hooks()


@hooks.register("register_admin_viewset")
def acts() -> list[Desk]:
    return [FormDesk(), ActLedger()]
