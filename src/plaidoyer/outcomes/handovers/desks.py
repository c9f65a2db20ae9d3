"""Hand-overs in the back office: asked for from a petition, made behind, then recorded."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets.button import Button

from plaidoyer.actions.models import ActionForm
from plaidoyer.lib.desk import Ledger, Listing
from plaidoyer.lib.words import Words
from plaidoyer.outcomes.handovers import handing
from plaidoyer.outcomes.handovers.forms import HandedOverForm, NewHandoverForm
from plaidoyer.outcomes.handovers.models import Handover, Package

KIND = "petition"
SECONDS = "3"


def state(handover: Handover) -> str:
    """Where a hand-over stands, for people."""
    if handover.milestone_id:
        return str(pgettext_lazy("hand-over", "handed over"))
    if handover.failed_at:
        return str(pgettext_lazy("hand-over", "could not be made"))
    if hasattr(handover, "package"):
        return str(pgettext_lazy("hand-over", "ready"))
    return str(pgettext_lazy("hand-over", "being made"))


def rows() -> QuerySet[Handover]:
    """Hand-overs with all that screens show; never with the zip itself."""
    whom = ("target__post", "target__person", "target__organization")
    return Handover.objects.select_related("form__campaign", *whom, "milestone", "package").defer(
        "package__content"
    )


class HandoverList(Listing):
    def get_base_queryset(self) -> QuerySet:
        return rows()


class HandoverLedger(Ledger):
    model = Handover
    name = "handovers"
    menu_label = _("Hand-overs")
    icon = "folder"
    menu_order = 154
    index_view_class = HandoverList
    list_display = [
        TitleColumn(
            "form",
            label=_("Petition"),
            get_url=lambda one: reverse("handover", args=[one.pk]),
        ),
        Column("target", label=_("Target")),
        Column("state", label=_("State"), accessor=state),
        DateColumn("asked_at", label=_("Asked for"), sort_key="asked_at"),
        Column("handed_on", label=_("Handed over"), accessor="milestone.happened_on"),
    ]
    list_filter = ["form", "form__campaign"]
    ordering = ["-asked_at"]


class Screen(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """One of our screens below the list of hand-overs."""

    model = Handover
    any_permission_required = ["add", "change", "view"]
    header_icon = "folder"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        first = {"url": reverse("handovers:index"), "label": _("Hand-overs")}
        return [*self.breadcrumbs_items, first, {"url": "", "label": self.get_page_title()}]


class NewHandover(Screen):
    """Asks to whom a petition goes, and for the cover letter; a job makes the package."""

    template_name = "outcomes/handovers/new.html"
    page_title = _("Hand over a petition")
    any_permission_required = ["add"]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        petitions = ActionForm.objects.filter(kind=KIND).select_related("campaign")
        self.form = get_object_or_404(petitions, pk=kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = {"form": NewHandoverForm(self.form, label_suffix="")}
        return super().get_context_data(**{**form, **kwargs}, petition=self.form)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = NewHandoverForm(self.form, request.POST, label_suffix="")
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        handover = handing.ask(self.form, by=request.user, **form.cleaned_data)
        return HttpResponseRedirect(reverse("handover", args=[handover.pk]))


class HandoverView(Screen):
    """One hand-over: how far its package is, its figures and hash, and that it happened."""

    template_name = "outcomes/handovers/handover.html"
    page_title = _("Hand-over")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.handover = get_object_or_404(rows(), pk=kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        handover = self.handover
        package = getattr(handover, "package", None)
        may = self.user_has_permission("change") and package and not handover.milestone_id
        form = HandedOverForm(handover) if may else None
        return super().get_context_data(
            **{"form": form, **kwargs},
            handover=handover,
            package=package,
            is_kept=Package.objects.filter(handover=handover).exclude(content=b"").exists(),
            state=state(handover),
            figures=told(package.manifest) if package else [],
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        if not hasattr(self.handover, "package") and not self.handover.failed_at:
            response["Refresh"] = SECONDS
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Records that it was handed over."""
        if not self.user_has_permission("change") or not hasattr(self.handover, "package"):
            raise PermissionDenied
        form = HandedOverForm(self.handover, request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            handing.record(self.handover, by=request.user, **form.cleaned_data)
        except handing.AlreadyHandedOverError:
            messages.warning(request, gettext("Somebody else has recorded it meanwhile."))
        else:
            messages.success(request, gettext("The hand-over is recorded as a milestone."))
        return HttpResponseRedirect(request.path)


class PackageView(Screen):
    """The zip itself."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        handover = get_object_or_404(Handover.objects.select_related("package"), pk=kwargs["pk"])
        package = getattr(handover, "package", None)
        if package is None or not package.content:
            raise Http404
        response = HttpResponse(bytes(package.content), content_type="application/zip")
        name = f"petition-{handover.form.public_id}-{package.counted_at:%Y-%m-%d}.zip"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["Cache-Control"] = "private, no-store"
        return response


def told(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """The figures of a manifest in the reader's language."""
    return [
        {
            "label": str(Words(one["label"])),
            "definition": str(Words(one["definition"])),
            "value": one["value"],
        }
        for one in manifest["figures"]
    ]


@hooks.register("register_admin_viewset")
def handover_ledger() -> HandoverLedger:
    return HandoverLedger()


@hooks.register("register_admin_urls")
def handover_screens() -> list[URLPattern]:
    return [
        path("handovers/new/<int:pk>/", NewHandover.as_view(), name="handover_new"),
        path("handovers/<int:pk>/", HandoverView.as_view(), name="handover"),
        path("handovers/<int:pk>/package.zip", PackageView.as_view(), name="handover_package"),
    ]


@hooks.register("form_buttons")
def handover_button(form: ActionForm) -> list[Button]:
    """The way from a petition to its hand-over, in the list of forms."""
    if form.kind != KIND:
        return []
    url = reverse("handover_new", args=[form.pk])
    return [Button(_("Hand over"), url=url, icon_name="folder", priority=90)]
