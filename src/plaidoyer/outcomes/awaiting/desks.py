"""What is awaited, in the back office: noted, given to somebody, ended."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.auth import permission_required
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button

from plaidoyer.campaigns.models import Demand, Target
from plaidoyer.lib.desk import Desk, GroupedChoiceField, Listing
from plaidoyer.outcomes.forms import pairs
from plaidoyer.outcomes.models import Awaited, Ending, Milestone


class AwaitedForm(WagtailAdminModelForm):
    """A day, of a campaign as a whole or of one demand with one target."""

    pair = GroupedChoiceField(
        label=gettext_lazy("Which demand, and from whom"),
        required=False,
        help_text=gettext_lazy("Left empty, the campaign as a whole waits for it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pair: Any = self.fields["pair"]
        pair.offer(pairs())
        if self.instance.demand_id and self.instance.target_id:
            pair.initial = f"{self.instance.demand_id}-{self.instance.target_id}"
        staff = User.objects.filter(is_active=True).order_by("first_name", "username")
        self.fields["owner"].queryset = staff  # type: ignore[attr-defined]
        self.fields["owner"].label_from_instance = lambda one: one.get_full_name() or one.username  # type: ignore[attr-defined]
        self.fields["campaign"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        demand, _dash, target = (cleaned.get("pair") or "").partition("-")
        self.instance.demand = Demand.objects.get(pk=demand) if demand else None
        self.instance.target = Target.objects.get(pk=target) if target else None
        if self.instance.demand:
            cleaned["campaign"] = self.instance.demand.campaign
        elif not cleaned.get("campaign") and "campaign" not in self.errors:
            self.add_error("campaign", _("Choose a campaign, or a demand above."))
        return cleaned

    def save(self, commit: bool = True) -> Awaited:
        self.instance.noted_by = self.instance.noted_by or self.for_user
        return super().save(commit)


class AwaitedList(Listing):
    def get_base_queryset(self) -> QuerySet:
        return super().get_base_queryset().select_related("campaign", "owner", "ending")

    def get_list_more_buttons(self, instance: Awaited) -> list[Any]:
        buttons = super().get_list_more_buttons(instance)
        if hasattr(instance, "ending"):
            return buttons
        url = reverse("awaited:end", args=[instance.pk])
        return [Button(_("It came, or is given up"), url=url, icon_name="check"), *buttons]


def state(awaited: Awaited) -> str:
    """Whether it is still awaited."""
    return _("ended") if hasattr(awaited, "ending") else _("awaited")


class EndingForm(forms.Form):
    milestone = forms.ModelChoiceField(
        Milestone.objects.none(), required=False, label=gettext_lazy("What came")
    )
    reason = forms.CharField(
        label=gettext_lazy("or why it is awaited no more"), required=False, max_length=300
    )

    def __init__(self, awaited: Awaited, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        recorded = awaited.campaign.milestones.order_by("-happened_on", "-id")
        self.fields["milestone"].queryset = recorded  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("milestone") and not cleaned.get("reason"):
            self.add_error("milestone", _("Choose what came, or say why it is awaited no more."))
        return cleaned


@permission_required("outcomes.change_awaited")
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Notes what came of it."""
    awaited = get_object_or_404(Awaited.objects.select_related("campaign"), pk=pk)
    form = EndingForm(awaited, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        values = {**form.cleaned_data, "ended_by": request.user}
        Ending.objects.get_or_create(awaited=awaited, defaults=values)
        messages.success(request, _("It is noted."))
        return redirect("outcomes_board")
    return render(request, "outcomes/end.html", {"awaited": awaited, "form": form})


class AwaitedDesk(Desk):
    model = Awaited
    name = "awaited"
    icon = "calendar"
    menu_order = 153
    index_view_class = AwaitedList
    list_display = [
        Column("words", label=gettext_lazy("What is awaited"), accessor=lambda one: one.words),
        "due_on",
        Column("kind", label=gettext_lazy("Kind"), accessor="get_kind_display"),
        Column("campaign", label=gettext_lazy("Campaign")),
        Column("owner", label=gettext_lazy("Whose step"), accessor=lambda one: one.owner or "—"),
        Column("state", label=gettext_lazy("State"), accessor=state),
    ]
    list_filter = ["campaign", "kind", "owner"]
    search_fields = ["words", "campaign__name"]
    ordering = ["due_on"]
    edit_handler = ObjectList(
        [
            FieldPanel("words"),
            FieldRowPanel([FieldPanel("due_on"), FieldPanel("kind")]),
            FieldPanel("pair"),
            FieldPanel("campaign"),
            FieldPanel("owner"),
            FieldPanel("source"),
        ],
        base_form_class=AwaitedForm,
    )

    def get_urlpatterns(self) -> list[Any]:
        return [*super().get_urlpatterns(), path("end/<int:pk>/", end, name="end")]


@hooks.register("register_admin_viewset")
def awaited_desk() -> AwaitedDesk:
    return AwaitedDesk()
