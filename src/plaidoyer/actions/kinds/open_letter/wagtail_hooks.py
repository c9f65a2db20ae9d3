"""The organisations under an open letter, in the back office."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from django_filters import ChoiceFilter
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from plaidoyer.actions.kinds.open_letter import countries, organisations
from plaidoyer.actions.kinds.open_letter.models import OrganisationSignature
from plaidoyer.actions.models import ActionForm
from plaidoyer.actions.review_desk import STATES
from plaidoyer.lib.desk import Ledger, Listing
from plaidoyer.lib.typed import harmless

STANDINGS = {**STATES, "withdrawn": _("withdrawn")}


def standing(signature: Any) -> str:
    """Where a signature stands, for the list."""
    if signature.action.confirmation.withdrawal_id:
        return str(STANDINGS["withdrawn"])
    return str(STANDINGS[signature.decision or "waiting"])


def note(signature: Any) -> str:
    """What an organiser noted: how it was checked, or why it was taken back."""
    withdrawal = signature.action.confirmation.withdrawal
    withdrawn = getattr(withdrawal, "note", None)
    return withdrawn.reason if withdrawn else signature.decision_reason or ""


class OrganisationFilters(WagtailFilterSet):
    state = ChoiceFilter(label=_("State"), method="keep_state", choices=list(STANDINGS.items()))
    country = ChoiceFilter(label=_("Country"), choices=lambda: countries.choices()[1:])

    class Meta:
        model = OrganisationSignature
        fields = ["form", "proof", "state", "country"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        letters = ActionForm.objects.filter(kind="open_letter")
        self.filters["form"].queryset = letters  # type: ignore[attr-defined]

    def keep_state(self, found: QuerySet, _name: str, state: str) -> QuerySet:
        withdrawn = {"action__confirmation__withdrawal__isnull": False}
        if state == "withdrawn":
            return found.filter(**withdrawn)
        return found.exclude(**withdrawn).filter(decision="" if state == "waiting" else state)


class OrganisationList(Listing):
    def get_base_queryset(self) -> QuerySet:
        return organisations.listed()

    def to_row_dict(self, item: Any) -> dict[str, Any]:
        row = super().to_row_dict(item)
        texts = {name: str(cell) for name, cell in row.items() if isinstance(cell, (str, dict))}
        return {**row, **{name: harmless(text) for name, text in texts.items()}}


class OrganisationLedger(Ledger):
    model = OrganisationSignature
    name = "organisation_signatures"
    menu_label = _("Signatories")
    icon = "group"
    menu_order = 153
    index_view_class = OrganisationList
    list_display = [
        TitleColumn(
            "name",
            label=_("Organisation"),
            accessor=str,
            get_url=lambda one: reverse("organisation_signature", args=[one.pk]),
        ),
        Column("form", label=_("Form")),
        Column("country_name", label=_("Country"), sort_key="country"),
        Column("size", label=_("Size"), accessor="get_size_display"),
        Column("proof", label=_("Proof of authority"), accessor="get_proof_display"),
        Column("state", label=_("State"), accessor=standing),
        Column("note", label=_("Note"), accessor=note),
        DateColumn("signed_at", label=_("Signed"), sort_key="signed_at"),
    ]
    taken_out = "acts"
    list_export = [
        "name",
        "form",
        "country",
        "size",
        "website",
        "action.given_name",
        "action.family_name",
        "function",
        "action.email",
        "proof",
        "decision",
        "decision_reason",
        "signed_at",
        "withdrawn_at",
        "withdrawal_reason",
    ]
    export_headings = {f"action.{name}": name for name in ("given_name", "family_name", "email")}
    export_filename = "organisations"
    filterset_class = OrganisationFilters
    search_fields = ["name"]
    search_backend_name = None
    ordering = ["-signed_at"]


class ReasonForm(forms.Form):
    """Why a signature is taken back."""

    reason = forms.CharField(
        label=_("Who asked for it, how and when"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why.")},
    )


class OrganisationView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """One organisation's signature, and taking it back when the organisation asks for it."""

    model = OrganisationSignature
    any_permission_required = ["view", "change"]
    template_name = "open_letter/admin/organisation.html"
    page_title = _("Signatories")
    header_icon = "group"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.signature = get_object_or_404(organisations.listed(), pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.signature)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        first = {"url": reverse("organisation_signatures:index"), "label": self.page_title}
        return [*self.breadcrumbs_items, first, {"url": "", "label": self.get_page_subtitle()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **{"form": ReasonForm(label_suffix=""), **kwargs},
            signature=self.signature,
            standing=standing(self.signature),
            note=note(self.signature),
            withdrawal=self.signature.action.confirmation.withdrawal,
            reviews=self.signature.action.reviews.order_by("part"),
            may_change=self.user_has_permission("change"),
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.user_has_permission("change"):
            raise PermissionDenied
        form = ReasonForm(request.POST, label_suffix="")
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        by: Any = request.user
        if organisations.withdraw(self.signature, reason=form.cleaned_data["reason"], by=by):
            messages.success(request, gettext("The signature is taken back."))
        else:
            messages.warning(request, gettext("It had been taken back before."))
        return HttpResponseRedirect(request.path)


@hooks.register("register_admin_viewset")
def organisation_ledger() -> OrganisationLedger:
    return OrganisationLedger()


@hooks.register("register_admin_urls")
def organisation_screens() -> list[URLPattern]:
    screen = OrganisationView.as_view()
    return [path("organisation_signatures/<int:pk>/", screen, name="organisation_signature")]
