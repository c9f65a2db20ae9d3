"""The screens where organisers read words before they show: the list, one after the other."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View
from django_filters import ChoiceFilter
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.log_actions import LogActionRegistry

from plaidoyer.actions import reviews
from plaidoyer.actions.models import Review
from plaidoyer.lib.desk import Ledger
from plaidoyer.vault.listings import SealedListing

STATES = {
    "waiting": _("waiting"),
    Review.Decision.ACCEPTED: _("shown"),
    Review.Decision.REJECTED: _("not shown"),
}


class ReviewFilters(WagtailFilterSet):
    part = ChoiceFilter(
        label=_("Part"), choices=lambda: [(name, p.label) for name, p in reviews.PARTS.items()]
    )
    state = ChoiceFilter(label=_("State"), method="keep_state", choices=list(STATES.items()))

    class Meta:
        model = Review
        fields = ["part", "action__form", "state"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["action__form"].label = _("Form")

    def keep_state(self, found: QuerySet, _name: str, state: str) -> QuerySet:
        return found.filter(decision="" if state == "waiting" else state)


class ReviewList(SealedListing):
    """What waits, first; several may be accepted at once."""

    results_template_name = "actions/admin/reviews.html"

    def get_base_queryset(self) -> QuerySet:
        found = reviews.counted(super().get_base_queryset())
        return found.select_related("action__form", "locked_by", "decided_by")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(*args, **kwargs)
        context["may_decide"] = self.request.user.has_perm("actions.change_review")
        context["some_wait"] = any(not review.decision for review in context["object_list"])
        return context


class TickColumn(Column):
    """A box to accept several at once; only what waits has one."""

    cell_template_name = "actions/admin/review_tick.html"


def state(review: Review) -> str:
    """Where it stands, and by whom."""
    by = review.decided_by if review.decision else review.locked_by
    told = str(STATES[review.decision or "waiting"])  # type: ignore[index]
    return f"{told} ({by})" if by else told


def part(review: Review) -> str:
    return str(reviews.PARTS[review.part].label)


def beginning(review: Review) -> str:
    """The first words, for the list."""
    if reviews.PARTS[review.part].is_picture:
        return str(_("a picture"))
    return review.text if len(review.text) <= 160 else f"{review.text[:160]}…"


class ReviewMenuItem(MenuItem):
    """“To review”, with how many wait."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("actions.view_review")

    def render_component(self, request: HttpRequest) -> Any:
        component = super().render_component(request)
        if number := reviews.waiting().order_by().aggregate(number=Count("*"))["number"]:
            component.label = f"{self.label} ({number})"
        return component


class ReviewLedger(Ledger):
    model = Review
    name = "reviews"
    icon = "glasses"
    menu_label = _("To review")
    menu_order = 152
    menu_item_class = ReviewMenuItem
    index_view_class = ReviewList
    list_display = [
        TickColumn("tick", label=_("Choose")),
        TitleColumn(
            "text", label=_("Words"), accessor=beginning, get_url=lambda r: address("review", r)
        ),
        Column("part", label=_("Part"), accessor=part),
        Column("form", label=_("Form"), accessor=lambda review: review.action.form),
        Column("state", label=_("State"), accessor=state),
        DateColumn("queued_at", label=_("Waiting since"), sort_key="queued_at"),
    ]
    filterset_class = ReviewFilters
    search_fields = ["action__mark"]
    search_backend_name = None
    # What was not decided yet has an empty decision and comes first.
    ordering = ["decision", "queued_at", "id"]

    @property
    def menu_url(self) -> str:
        return reverse(self.get_url_name("index"))


def address(name: str, review: Review) -> str:
    return reverse(name, args=[review.pk])


class DecisionForm(forms.Form):
    """Why something is not shown, or how it was checked."""

    reason = forms.ChoiceField(
        label=_("Reason, if it is not shown"),
        required=False,
        choices=[("", "—"), *reviews.REASONS.items()],
    )
    words = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only organisers read it."),
    )
    # Which decision stood when the page was read, so that nobody overrules what they never saw.
    seen = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)

    def because(self, *, accept: bool) -> str:
        """The reason as it is kept."""
        chosen = "" if accept else str(reviews.REASONS.get(self.cleaned_data["reason"], ""))
        return " – ".join(text for text in (chosen, self.cleaned_data["words"]) if text)


class DecideView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """The words, whose they are, what was decided before; and the decision."""

    model = Review
    any_permission_required = ["view", "change"]
    template_name = "actions/admin/review.html"
    page_title = _("To review")
    header_icon = "glasses"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        rows = Review.objects.select_related(
            "action__form__campaign", "action__confirmation__withdrawal", "locked_by", "decided_by"
        )
        self.review = get_object_or_404(rows, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return part(self.review)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        first = {"url": reverse("reviews:index"), "label": self.page_title}
        return [*self.breadcrumbs_items, first, {"url": "", "label": self.get_page_subtitle()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        review, part = self.review, reviews.PARTS[self.review.part]
        form = DecisionForm(initial={"seen": review.decision}, label_suffix="")
        mine = reviews.is_locked(review) and review.locked_by_id == self.request.user.pk
        return super().get_context_data(
            **{"form": form, **kwargs},
            review=review,
            part=part,
            picture=default_storage.url(review.text) if part.is_picture else "",
            check=part.check(review),
            noted=part.noted(review),
            before=reviews.said_before(review)[:20],
            mine=mine,
            taken_by=review.locked_by if reviews.is_locked(review) and not mine else None,
            may_decide=self.user_has_permission("change"),
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.user_has_permission("change"):
            raise PermissionDenied
        if request.POST.get("step") == "release":
            reviews.release(self.review, by=organiser(request))
            return HttpResponseRedirect(reverse("reviews:index"))
        form = DecisionForm(request.POST, label_suffix="")
        if form.is_valid() and self.decide(form, accept=request.POST.get("step") == "accept"):
            return go_on(request)
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def decide(self, form: DecisionForm, *, accept: bool) -> bool:
        """Whether the decision was taken; else the form says why not."""
        because = form.because(accept=accept)
        try:
            if form.cleaned_data["seen"] != self.review.decision:
                raise reviews.TakenError(reviews.holder(self.review))
            reviews.decide(self.review, accept=accept, by=organiser(self.request), reason=because)
        except reviews.ReasonMissingError:
            missing = _("Note how you checked it.") if accept else _("Say why it is not shown.")
            form.add_error("words" if accept else "reason", missing)
            return False
        except reviews.TakenError as taken:
            words = gettext("%(name)s was faster, or is reading it now. Look at it again.")
            form.add_error(None, words % {"name": taken.by or gettext("Somebody")})
            return False
        return True


def organiser(request: HttpRequest) -> Any:
    """Who is at the screen; Wagtail lets nobody else so far."""
    return request.user


def go_on(request: HttpRequest) -> HttpResponse:
    """To the next that waits and nobody reads, kept for this organiser; else to the list."""
    if review := reviews.take_next(by=organiser(request)):
        return HttpResponseRedirect(address("review", review))
    messages.success(request, gettext("Nothing waits any more."))
    return HttpResponseRedirect(reverse("reviews:index"))


class Deciding(PermissionCheckedMixin, View):
    """What is done from the list, by those who may decide."""

    model = Review
    permission_required = "change"
    http_method_names = ["post"]


class NextView(Deciding):
    def post(self, request: HttpRequest) -> HttpResponse:
        return go_on(request)


class AcceptView(Deciding):
    def post(self, request: HttpRequest) -> HttpResponse:
        ids = [int(pk) for pk in request.POST.getlist("id") if pk.isdecimal() and len(pk) < 19]
        number = reviews.accept_many(ids, by=organiser(request))
        told = ngettext("%(number)s is shown now.", "%(number)s are shown now.", number)
        messages.success(request, told % {"number": number})
        if left := len(ids) - number:
            words = ngettext(
                "%(number)s stays: it needs a note, or somebody else reads it.",
                "%(number)s stay: they need a note, or somebody else reads them.",
                left,
            )
            messages.warning(request, words % {"number": left})
        return HttpResponseRedirect(reverse("reviews:index"))


@hooks.register("register_admin_viewset")
def review_ledger() -> ReviewLedger:
    return ReviewLedger()


@hooks.register("register_admin_urls")
def review_screens() -> list[URLPattern]:
    return [
        path("reviews/read/<int:pk>/", DecideView.as_view(), name="review"),
        path("reviews/next/", NextView.as_view(), name="next_review"),
        path("reviews/accept/", AcceptView.as_view(), name="accept_reviews"),
    ]


@hooks.register("register_log_actions")
def decisions(actions: LogActionRegistry) -> None:
    actions.register_action("reviews.accepted", _("Shown"), _("Let words show"))
    actions.register_action("reviews.rejected", _("Not shown"), _("Kept words from showing"))
