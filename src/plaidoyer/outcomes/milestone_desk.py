"""Milestones in the back office: recorded from a link, approved, corrected, never overwritten."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_POST
from django_filters import BooleanFilter, ChoiceFilter, DateFromToRangeFilter
from wagtail.admin import messages
from wagtail.admin.auth import permission_required
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic

from plaidoyer.evidence import links
from plaidoyer.lib.desk import Deletion, Desk, Listing, RowsPanel
from plaidoyer.outcomes import approvals, link_reading
from plaidoyer.outcomes.forms import EvidenceForm, MilestoneForm, MovementForm, MovementRows
from plaidoyer.outcomes.models import Milestone, Standing
from plaidoyer.outcomes.views import NewEvidence


class MilestoneFilters(WagtailFilterSet):
    happened_on = DateFromToRangeFilter(label=gettext_lazy("Day"), widget=DateRangePickerWidget)
    standing = ChoiceFilter(
        "movements__standing",
        choices=Standing.choices,
        distinct=True,
        label=gettext_lazy("Moved to"),
    )
    waits = BooleanFilter("waits", label=gettext_lazy("Waits for a second person"))

    class Meta:
        model = Milestone
        fields = ["kind", "campaigns", "happened_on", "standing", "claim", "waits"]


class MilestoneList(Listing):
    def get_base_queryset(self) -> QuerySet:
        same = Milestone.objects.filter(pk=OuterRef("pk"))
        milestones = (
            super()
            .get_base_queryset()
            .annotate(waits=Exists(same.waiting()), holds=Exists(same.holding()))
        )
        return milestones.prefetch_related("campaigns", "movements", "evidence")

    def get_edit_url(self, instance: Milestone) -> str | None:
        return self.get_inspect_url(instance)


def names(milestone: Milestone) -> str:
    """Its campaigns, for the list."""
    return ", ".join(str(campaign) for campaign in milestone.campaigns.all())


def moved(milestone: Milestone) -> str:
    """The standings it brought, for the list."""
    brought = [movement.brought for movement in milestone.movements.all()]
    return ", ".join(f"{standing.symbol} {standing.label}" for standing in brought) or "—"


def state(milestone: Any) -> str:
    """Whether it holds, for the list."""
    if milestone.waits:
        return _("waits for a second person")
    if milestone.holds:
        return pgettext("milestone", "holds")
    return pgettext("milestone", "corrected")


class LinkReader:
    """A form that reads its links on demand and shows itself again, filled in and unjudged."""

    request: HttpRequest

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()  # type: ignore[misc]
        if self.request.method == "POST" and link_reading.asked(self.request):
            kwargs |= {"data": link_reading.filled(self.request), "files": None}
        return kwargs

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not link_reading.asked(request):
            return super().post(request, *args, **kwargs)  # type: ignore[misc]
        self.object = self.get_object() if "pk" in self.kwargs else None  # type: ignore[attr-defined]
        self.form = link_reading.unjudged(self.get_form())  # type: ignore[attr-defined]
        return self.render_to_response(self.get_context_data())  # type: ignore[attr-defined]


class NewMilestone(LinkReader, generic.CreateView):
    object: Any

    def get_form(self, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(*args, **kwargs)
        if not form.is_bound and (pair := self.request.GET.get("pair")):
            form.begin_with(pair)
        return form

    def get_success_url(self) -> str:
        return reverse("milestones:inspect", args=[self.object.pk])

    def get_success_buttons(self) -> list[Any]:
        return [messages.button(reverse("milestones:add"), _("Record another"))]

    def get_success_message(self, instance: Milestone) -> str:
        if approvals.needed(instance):
            return _("Recorded. It counts once a second person has approved it.")
        return _("Recorded.")


class Correction(NewMilestone):
    """What is so instead of a milestone that stands, and why."""

    page_title = gettext_lazy("Correct a milestone")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if reason := refused_correction(self.corrected):
            messages.warning(request, reason)
            return redirect("milestones:inspect", self.corrected.pk)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def corrected(self) -> Milestone:
        return get_object_or_404(Milestone, pk=self.kwargs["corrected"])

    def get_initial_form_instance(self) -> Milestone:
        return Milestone(corrects=self.corrected)

    def get_add_url(self) -> str:
        return reverse("milestones:correct", args=[self.corrected.pk])


def refused_correction(milestone: Milestone) -> str:
    """Why it cannot be corrected now; empty when it can."""
    if hasattr(milestone, "correction"):
        return _("Its correction is recorded already: look at that one.")
    return "" if approvals.stands(milestone) else _("It does not count yet: change it as it is.")


class EditMilestone(LinkReader, generic.EditView):
    """While it waits for a second person, a milestone may still change."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Its approval takes the same lock: nobody approves what changes meanwhile.
        with transaction.atomic():
            found = Milestone.objects.select_for_update().filter(pk=kwargs["pk"]).first()
            if found and approvals.stands(found):
                told = _("What is recorded stays. If it is not so, correct it: both will be seen.")
                messages.warning(request, told)
                return redirect("milestones:inspect", found.pk)
            return super().dispatch(request, *args, **kwargs)

    object: Any

    def get_success_url(self) -> str:
        return reverse("milestones:inspect", args=[self.object.pk])

    def get_success_buttons(self) -> list[Any]:
        return []


class DeleteMilestone(Deletion):
    def refused(self) -> HttpResponse | None:
        if approvals.stands(self.object):
            told = _("What is recorded stays. If it is not so, correct it: both will be seen.")
            messages.error(self.request, told)
            return redirect("milestones:inspect", self.object.pk)
        return super().refused()


class Sheet(generic.InspectView):
    """One milestone whole: what it moved, its evidence, who approved it, what corrects it."""

    page_title = gettext_lazy("Milestone")
    template_name = "outcomes/sheet.html"

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        milestone: Milestone = self.object
        proofs = list(milestone.evidence.select_related("reading"))
        dead = links.dead(proof.url for proof in proofs if proof.url)
        return super().get_context_data(**kwargs) | {
            "milestone": milestone,
            "movements": milestone.movements.select_related("demand__campaign", "target"),
            "evidence": [{"proof": proof, "dead": dead.get(proof.url)} for proof in proofs],
            "approval": approvals.given(milestone),
            "needs_approval": approvals.needed(milestone),
            "stands": approvals.stands(milestone),
            "why_not": approvals.refusal(milestone, self.request.user),
            "fingerprint": approvals.fingerprint(milestone),
            "can_correct": not refused_correction(milestone),
        }


@require_POST
@permission_required("outcomes.change_milestone")
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """The second person says that it is so, and sees what else waits for them."""
    milestone = get_object_or_404(Milestone, pk=pk)
    try:
        approvals.approve(milestone, by=request.user, seen=request.POST.get("seen", ""))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("milestones:inspect", pk)
    title = {"title": milestone.title}
    told = _("Approved: “%(title)s”. From now on it counts, and stays as it is.") % title
    messages.success(request, told)
    waiting = approvals.waiting_for(request.user)
    return redirect("milestones:inspect", waiting[0].pk if waiting else pk)


class MilestoneDesk(Desk):
    model = Milestone
    name = "milestones"
    icon = "calendar-check"
    menu_order = 152
    index_view_class = MilestoneList
    add_view_class = NewMilestone
    edit_view_class = EditMilestone
    delete_view_class = DeleteMilestone
    inspect_view_class = Sheet
    inspect_view_enabled = True
    inspect_template_name = "outcomes/sheet.html"
    list_display = [
        "title",
        "happened_on",
        "kind",
        Column("campaigns", label=gettext_lazy("Campaigns"), accessor=names),
        Column("moved", label=gettext_lazy("Moved to"), accessor=moved),
        Column(
            "evidence",
            label=gettext_lazy("Evidence"),
            accessor=lambda row: len(row.evidence.all()),
        ),
        Column("state", label=gettext_lazy("State"), accessor=state),
    ]
    filterset_class = MilestoneFilters
    search_fields = ["title", "story", "campaigns__name", "evidence__title", "evidence__publisher"]
    ordering = ["-happened_on"]
    edit_handler = ObjectList(
        [
            FieldPanel("correction_reason"),
            RowsPanel(
                "evidence",
                [
                    FieldPanel("url"),
                    FieldRowPanel([FieldPanel("title"), FieldPanel("publisher")]),
                    FieldRowPanel([FieldPanel("published_on"), FieldPanel("language")]),
                    FieldPanel("file"),
                ],
                form=EvidenceForm,
                awaiting=1,
                heading=gettext_lazy("Where anybody can check it"),
                label=gettext_lazy("evidence"),
                help_text=gettext_lazy(
                    "Paste a link and have it read: what it says of itself fills in the rest."
                ),
            ),
            FieldPanel("title"),
            FieldRowPanel([FieldPanel("happened_on"), FieldPanel("kind")]),
            RowsPanel(
                "movements",
                [FieldPanel("pair"), FieldPanel("standing")],
                form=MovementForm,
                rows=MovementRows,
                awaiting=1,
                heading=gettext_lazy("What it moved"),
                label=gettext_lazy("movement"),
                help_text=gettext_lazy("Leave it empty for a fact that moved no demand."),
            ),
            FieldPanel("story"),
            MultiFieldPanel(
                [FieldPanel("claim"), FieldPanel("claim_words")], gettext_lazy("Our part in it")
            ),
            FieldPanel(
                "campaigns",
                forms.CheckboxSelectMultiple,
                help_text=gettext_lazy(
                    "The campaigns of the demands above are added by themselves."
                ),
            ),
        ],
        base_form_class=MilestoneForm,
    )

    def get_urlpatterns(self) -> list[Any]:
        correct = self.construct_view(Correction, **self.get_add_view_kwargs())
        return [
            *super().get_urlpatterns(),
            path("approve/<int:pk>/", approve, name="approve"),
            path("correct/<int:corrected>/", correct, name="correct"),
            path("evidence/<int:pk>/", NewEvidence.as_view(), name="evidence"),
        ]
