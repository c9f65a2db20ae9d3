from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.panels.base import get_form_for_model
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from plaidoyer.campaigns.models import Campaign, Demand, Target
from plaidoyer.campaigns.reporting import open_on
from plaidoyer.evidence import links, readings
from plaidoyer.outcomes import approvals, boards
from plaidoyer.outcomes.boards import Line, Turn
from plaidoyer.outcomes.forms import EvidenceForm
from plaidoyer.outcomes.models import Evidence, Milestone, Standing


def decision_makers() -> list[tuple[str, str]]:
    """Everybody who is asked in any campaign, each once, by name."""
    targets = Target.objects.select_related("post", "person", "organization")
    return [("", _("Everybody")), *((name, name) for name in sorted({str(one) for one in targets}))]  # type: ignore[list-item]


class BoardFilters(forms.Form):
    campaign = forms.ModelChoiceField(
        Campaign.objects.all(), required=False, label=_("Campaign"), empty_label=_("All campaigns")
    )
    who = forms.ChoiceField(choices=decision_makers, required=False, label=_("Asked of"))
    standing = forms.ChoiceField(
        choices=lambda: [("", _("All standings")), *Standing.choices],
        required=False,
        label=_("Standing"),
    )
    turn = forms.ChoiceField(
        choices=lambda: [("", _("Everybody")), *Turn.choices], required=False, label=_("Waits for")
    )
    closed = forms.BooleanField(required=False, label=_("With closed campaigns"))

    def campaigns(self) -> QuerySet[Campaign]:
        """Those chosen; an open one or a named one unless the closed ones are asked for."""
        found = Campaign.objects.all()
        if chosen := self.cleaned_data.get("campaign"):
            return found.filter(pk=chosen.pk)
        return found if self.cleaned_data.get("closed") else open_on()

    def keeps(self, line: Line) -> bool:
        """Whether a line is among what is looked for."""
        wanted = self.cleaned_data
        return (
            wanted.get("standing") in {"", None, line.row.standing}
            and wanted.get("turn") in {"", None, line.turn}
            and wanted.get("who") in {"", None, str(line.row.target)}
        )


class Screen(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """One of our screens."""

    model = Milestone
    any_permission_required = ["add", "change", "view"]
    header_icon = "table"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        board = {"url": reverse("outcomes_board"), "label": _("Outcomes board")}
        return [*self.breadcrumbs_items, board, {"url": "", "label": self.page_title}]


class BoardView(Screen):
    """How every demand of every campaign stands with everybody who is asked, on one sheet."""

    template_name = "outcomes/board.html"
    page_title = _("Outcomes board")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        filters = BoardFilters(self.request.GET, label_suffix="")
        filters.is_valid()
        groups = boards.read(filters.campaigns())
        for group in groups:
            group.lines = [line for line in group.lines if filters.keeps(line)]
        groups = [group for group in groups if group.lines]
        lines = [line for group in groups for line in group.lines]
        query = self.request.GET.copy()
        query.pop("as", None)
        return super().get_context_data(**kwargs) | {
            "filters": filters,
            "groups": groups,
            "rows": [line.row for line in lines],
            "lines": lines,
            "shares": boards.shares(lines),
            "columns": boards.columns(lines),
            "as_cards": self.request.GET.get("as") == "board",
            "query": query.urlencode(),
            "todo": todo(self.request),
            "today": timezone.localdate(),
        }


def todo(request: HttpRequest) -> dict[str, Any]:
    """What waits for the reader: milestones to approve, own steps, dead links."""
    steps = request.user.awaited.filter(ending=None).select_related("campaign")  # type: ignore[union-attr]
    return {
        "approve": approvals.waiting_for(request.user),
        "steps": steps.order_by("due_on"),
        "dead": len(links.dead()),
    }


class PairView(Screen):
    """One demand with one target: every standing it ever had, with what brought it there."""

    template_name = "outcomes/pair.html"
    page_title = _("History")
    header_icon = "history"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        demand = get_object_or_404(Demand.objects.select_related("campaign"), pk=kwargs["demand"])
        target = get_object_or_404(Target, pk=kwargs["target"], campaign=demand.campaign_id)
        groups = boards.read(Campaign.objects.filter(pk=demand.campaign_id))
        pair = demand.pk, target.pk
        found = [
            line
            for group in groups
            for line in group.lines
            if (line.row.demand.pk, line.row.target.pk) == pair
        ]
        return super().get_context_data(**kwargs) | {
            "demand": demand,
            "target": target,
            "line": found[0] if found else None,
            "moves": _moves(demand, target),
            "asked": Standing.ASKED,
        }


def _moves(demand: Demand, target: Target) -> list[dict[str, Any]]:
    """Every movement, the last first, with what became of it."""
    moves = demand.movements.filter(target=target).order_by(
        "-milestone__happened_on", "-milestone_id"
    )
    moves = moves.select_related("milestone__approval__approved_by", "milestone__recorded_by")
    moves = moves.select_related("milestone__correction").prefetch_related("milestone__evidence")
    pks = [move.milestone_id for move in moves]
    holding = set(Milestone.objects.holding().filter(pk__in=pks).values_list("pk", flat=True))
    waiting = set(Milestone.objects.waiting().filter(pk__in=pks).values_list("pk", flat=True))
    return [
        {
            "move": move,
            "milestone": move.milestone,
            "holds": move.milestone_id in holding,
            "waits": move.milestone_id in waiting,
        }
        for move in moves
    ]


class NewEvidence(Screen):
    """One more place where a milestone can be checked; what was given stays."""

    template_name = "outcomes/new_evidence.html"
    page_title = _("Add evidence")
    header_icon = "link"
    any_permission_required = ["change"]

    @property
    def form_class(self) -> Any:
        names = ["url", "title", "publisher", "published_on", "language", "file"]
        return get_form_for_model(Evidence, EvidenceForm, fields=names)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        milestone = get_object_or_404(Milestone, pk=self.kwargs["pk"])
        form = kwargs.pop("form", None) or self.form_class(label_suffix="")
        return super().get_context_data(**kwargs) | {"milestone": milestone, "form": form}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "read" in request.POST:
            return self.read(request)
        milestone = get_object_or_404(Milestone, pk=kwargs["pk"])
        proof = Evidence(milestone=milestone)
        form = self.form_class(request.POST, request.FILES, instance=proof, label_suffix="")
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        form.save()
        messages.success(request, _("The evidence is added."))
        return redirect("milestones:inspect", milestone.pk)

    def read(self, request: HttpRequest) -> HttpResponse:
        """Shows the form again with what the link says of itself."""
        typed = {name: request.POST.get(name, "") for name in self.form_class().fields}
        try:
            reading = readings.read(typed["url"].strip(), by=request.user)
        except readings.UnreadableError as error:
            told = _("This link could not be read: %(why)s. Fill in the rest by hand.")
            messages.warning(request, told % {"why": error})
        else:
            said = {name: getattr(reading, name) for name in ("title", "publisher", "language")}
            said["published_on"] = reading.published_on or ""
            typed |= {name: value for name, value in said.items() if value and not typed[name]}
            typed["language"] = reading.language or typed["language"]
        form = self.form_class(initial=typed, label_suffix="")
        return self.render_to_response(self.get_context_data(form=form))
