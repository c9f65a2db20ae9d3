"""Figures and offline acts in the back office."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from wagtail.admin.auth import permission_required
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button

from plaidoyer.figures import texts, values
from plaidoyer.figures.forms import FigureForm, OfflineForm
from plaidoyer.figures.models import Figure, OfflineActs, Strike
from plaidoyer.figures.tellings import tell
from plaidoyer.lib.desk import Desk, Listing, NewSheet
from plaidoyer.lib.words import WordsFormField


class FigureList(Listing):
    """Figures, each with its last value; a fixed number of queries."""

    def get_base_queryset(self) -> QuerySet:
        return super().get_base_queryset().select_related("campaign")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        last = texts.last(figure.name for figure in context["object_list"])
        for figure in context["object_list"]:
            found = last.get(figure.name)
            figure.told = tell(found.figure, found, get_language() or "") if found else None
        return context

    def get_list_more_buttons(self, instance: Figure) -> list[Any]:
        url = reverse("figures:figure", args=[instance.name])
        button = Button(_("Its public page"), url=url, icon_name="view", priority=5)
        return [button, *super().get_list_more_buttons(instance)]


def said(figure: Any) -> str:
    """In words, or that nothing has been counted."""
    return figure.told["phrase"] if figure.told else "—"


def exactly(figure: Any) -> str:
    return f"{figure.told['exact']} ({figure.told['moment']})" if figure.told else "—"


class FigureDesk(Desk):
    model = Figure
    name = "figures-by-name"
    icon = "order"
    menu_order = 156
    index_view_class = FigureList
    list_display = [
        "name",
        Column("said", label=gettext_lazy("In words"), accessor=said),
        Column("exactly", label=gettext_lazy("Exactly"), accessor=exactly),
        Column("source", label=gettext_lazy("Source"), accessor="get_source_display"),
        Column("campaign", label=gettext_lazy("Campaign")),
    ]
    list_filter = ["campaign", "source"]
    search_fields = ["name", "noun"]
    ordering = ["name"]
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldPanel("campaign"),
            FieldPanel("noun"),
            FieldPanel("noun_one"),
            FieldPanel("source"),
            MultiFieldPanel(
                [FieldPanel("rung"), FieldPanel("forms", forms.CheckboxSelectMultiple)],
                gettext_lazy("Of our own acts"),
            ),
            MultiFieldPanel([FieldPanel("petition")], gettext_lazy("Of a parliament’s count")),
            MultiFieldPanel([FieldPanel("offline_kind")], gettext_lazy("Of offline acts")),
            MultiFieldPanel(
                [FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on")])],
                gettext_lazy("Period"),
                help_text=gettext_lazy("Left empty: from the beginning to the moment of counting."),
            ),
        ],
        base_form_class=FigureForm,
    )


class OfflineList(Listing):
    def get_base_queryset(self) -> QuerySet:
        return super().get_base_queryset().select_related("campaign", "strike")

    def get_list_more_buttons(self, instance: OfflineActs) -> list[Any]:
        if hasattr(instance, "strike"):
            return []
        url = reverse("offline-acts:strike", args=[instance.pk])
        return [Button(_("Strike"), url=url, icon_name="cross", priority=5)]


def state(line: OfflineActs) -> Any:
    """Whether it counts."""
    return line.strike.reason if hasattr(line, "strike") else _("counts")


class StrikeForm(forms.Form):
    reason = WordsFormField(label=gettext_lazy("Why it is struck"), long=True, max_length=2000)


@permission_required("figures.change_offlineacts")
@require_http_methods(["GET", "HEAD", "POST"])
def strike(request: HttpRequest, pk: int) -> HttpResponse:
    """Strikes a line, with a reason; it stays and counts no more."""
    line = get_object_or_404(OfflineActs, pk=pk)
    form = StrikeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            made = {"reason": form.cleaned_data["reason"], "struck_by": request.user}
            Strike.objects.get_or_create(line=line, defaults=made)
        values.recount(Figure.objects.filter(campaign=line.campaign_id, source="offline"))
        messages.success(request, _("The line counts no more. It stays, with your reason."))
        return redirect("offline-acts:index")
    return render(request, "figures/strike.html", {"line": line, "form": form})


class NewLine(NewSheet):
    def get_success_buttons(self) -> list[Any]:
        # A line is not edited.
        return []


class OfflineDesk(Desk):
    """Lines are added and struck, never changed."""

    model = OfflineActs
    name = "offline-acts"
    icon = "clipboard-list"
    menu_order = 157
    add_view_class = NewLine
    index_view_class = OfflineList
    list_display = [
        Column("what", label=gettext_lazy("What it was"), accessor=lambda line: line.words),
        "happened_on",
        Column("kind", label=gettext_lazy("Kind"), accessor="get_kind_display"),
        "number",
        Column("campaign", label=gettext_lazy("Campaign")),
        Column("publisher", label=gettext_lazy("Evidence"), accessor="publisher"),
        Column("state", label=gettext_lazy("State"), accessor=state),
    ]
    list_filter = ["campaign", "kind"]
    search_fields = ["words", "publisher", "title"]
    ordering = ["-happened_on"]
    edit_handler = ObjectList(
        [
            FieldPanel("campaign"),
            FieldPanel("words"),
            FieldRowPanel([FieldPanel("kind"), FieldPanel("number")]),
            FieldRowPanel([FieldPanel("happened_on"), FieldPanel("counted_by")]),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("url"), FieldPanel("file")]),
                    FieldRowPanel([FieldPanel("title"), FieldPanel("publisher")]),
                    FieldRowPanel([FieldPanel("published_on"), FieldPanel("language")]),
                ],
                gettext_lazy("Where anybody can check it"),
            ),
        ],
        base_form_class=OfflineForm,
    )

    def get_urlpatterns(self) -> list[Any]:
        kept = {"index", "index_results", "add"}
        routes = [route for route in super().get_urlpatterns() if route.name in kept]
        return [*routes, path("strike/<int:pk>/", strike, name="strike")]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        without = {f"{name}_url_name": None for name in ("edit", "delete")}
        return super().get_common_view_kwargs(**{**without, **kwargs})

    def register_admin_url_finder(self) -> None:
        """There is no page of one row to be found."""
