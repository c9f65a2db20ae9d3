"""Replies and rates in the back office."""

import csv
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from django_filters import ChoiceFilter, DateFromToRangeFilter, ModelChoiceFilter
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets.button import Button

from plaidoyer.actions.models import ActionForm
from plaidoyer.campaigns.models import Campaign, Target
from plaidoyer.delivery import letters
from plaidoyer.delivery.replies import collecting, rates, surveys
from plaidoyer.delivery.replies.forms import ReadingForm
from plaidoyer.delivery.replies.models import Category, Reply
from plaidoyer.lib.desk import Ledger
from plaidoyer.lib.typed import harmless
from plaidoyer.vault.listings import SealedListing

UNREAD, UNREAD_WORDS = "unread", pgettext_lazy("reply", "to be read")
QUOTABLE = {True: pgettext_lazy("quotation", "yes"), False: pgettext_lazy("quotation", "no")}


class ReplyFilters(WagtailFilterSet):
    category = ChoiceFilter(
        label=_("What it is"),
        method="keep_category",
        choices=[(UNREAD, UNREAD_WORDS), *Category.choices],
    )
    campaign = ModelChoiceFilter(
        label=_("Campaign"),
        field_name="letter__target__campaign",
        queryset=Campaign.objects.all(),
    )
    target = ModelChoiceFilter(
        label=_("Target"),
        field_name="letter__target",
        queryset=Target.objects.select_related("post", "person", "organization"),
    )
    received_at = DateFromToRangeFilter(label=_("Received"), widget=DateRangePickerWidget)

    class Meta:
        model = Reply
        fields = ["category", "campaign", "target", "source", "received_at"]

    def keep_category(self, replies: QuerySet, _name: str, category: str) -> QuerySet:
        return replies.filter(category="" if category == UNREAD else category)


class ReplyList(SealedListing):
    def get_base_queryset(self) -> QuerySet:
        return (
            super()
            .get_base_queryset()
            .select_related("letter__action", "letter__target__campaign", "letter__envelope")
        )

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        shares = Button(_("Who answers"), url=reverse("reply_rates"), icon_name="order")
        return [*super().header_more_buttons, shares]


def category(reply: Reply) -> str:
    """What a reply is, for the list."""
    return str(reply.get_category_display() if reply.category else UNREAD_WORDS)


class ReplyLedger(Ledger):
    model = Reply
    name = "replies_desk"
    menu_label = _("Replies")
    icon = "comment"
    menu_order = 161
    index_view_class = ReplyList
    list_display = [
        TitleColumn(
            "who",
            label=_("Who replied"),
            accessor="letter.recipient",
            get_url=lambda one: reverse("reply_sheet", args=[one.pk]),
        ),
        Column("campaign", label=_("Campaign"), accessor="letter.target.campaign"),
        Column("category", label=_("What it is"), accessor=category),
        Column("source", label=_("Came by"), accessor="get_source_display"),
        Column("writer", label=_("Replied to"), accessor="letter.action.full_name"),
        Column(
            "quotable", label=_("May be quoted"), accessor=lambda one: QUOTABLE[one.is_quotable]
        ),
        DateColumn("received_at", label=_("Received"), sort_key="received_at"),
    ]
    filterset_class = ReplyFilters
    search_fields = ["letter__recipient", "letter__action__mark"]
    search_backend_name = None
    ordering = ["-received_at"]


def row_number(text: str) -> int:
    """The number of a row that `text` is; 0, which no row has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


class Screen(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """One of our screens below the list of replies."""

    model = Reply
    any_permission_required = ["view", "change"]
    header_icon = "comment"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        first = {"url": reverse("replies_desk:index"), "label": _("Replies")}
        return [*self.breadcrumbs_items, first, {"url": "", "label": self.get_page_title()}]

    def may_change(self) -> bool:
        """Whether whoever looks may also decide."""
        return self.user_has_permission("change")


class ReplyView(Screen):
    """One reply in plain text, what it is, and what can be made of it."""

    template_name = "delivery/admin/replies/reply.html"
    page_title = _("Reply")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        found = Reply.objects.select_related(
            "letter__action", "letter__target__campaign", "letter__envelope"
        )
        self.reply = get_object_or_404(found, pk=kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        buttons = [
            button
            for more in hooks.get_hooks("reply_buttons")
            for button in more(self.request, self.reply)
        ]
        said = {"category": self.reply.category}
        return super().get_context_data(
            **{"form": ReadingForm(initial=said, label_suffix=""), **kwargs},
            reply=self.reply,
            letter=self.reply.letter,
            category=category(self.reply),
            readings=self.reply.readings.select_related("read_by"),
            buttons=buttons,
            may_change=self.may_change(),
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.may_change():
            raise PermissionDenied
        form = ReadingForm(request.POST, label_suffix="")
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        collecting.classify(self.reply, by=request.user, **form.cleaned_data)
        messages.success(request, gettext("It is noted what this reply is."))
        return HttpResponseRedirect(request.path)


class RatesView(Screen):
    """How targets answer, by campaign; whether everybody may see it; whether writers are asked."""

    template_name = "delivery/admin/replies/rates.html"
    page_title = _("Who answers")
    header_icon = "order"

    def campaigns(self) -> QuerySet[Campaign]:
        """Those with letters; one where it is asked for."""
        written = Campaign.objects.filter(targets__letters__isnull=False).distinct()
        chosen = row_number(self.request.GET.get("campaign", ""))
        return written.filter(pk=chosen) if chosen else written

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "csv" in request.GET:
            return as_csv(rates.table(rates.of(self.campaigns())))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        campaigns = list(self.campaigns())
        by_campaign: dict[int, list[rates.Rate]] = {one.pk: [] for one in campaigns}
        for rate in rates.of(campaigns):
            by_campaign[rate.target.campaign_id].append(rate)
        asking = ActionForm.objects.filter(
            campaign__in=campaigns, kind__in=letters.delivered_kinds()
        ).order_by("id")
        forms: dict[int, list[dict[str, Any]]] = {}
        off = set(surveys.off())
        for form in asking:
            row = {"form": form, "is_on": form.pk not in off}
            forms.setdefault(form.campaign_id, []).append(row)
        shown = rates.shown_for(campaigns)
        blocks = [
            {
                "campaign": one,
                "rates": sorted(by_campaign[one.pk], key=lambda rate: -rate.delivered),
                "is_shown": one.pk in shown,
                "forms": forms.get(one.pk, []),
            }
            # Where there is something to see comes first; sorting keeps the order of the rest.
            for one in sorted(campaigns, key=lambda one: not by_campaign[one.pk])
        ]
        return super().get_context_data(
            **kwargs, blocks=blocks, may_change=self.may_change(), chosen=self.request.GET
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Shows the rates of a campaign or no more; asks the writers of a form or no more."""
        if not self.may_change():
            raise PermissionDenied
        turn, key = request.POST.get("turn"), row_number(request.POST.get("key", ""))
        is_on = request.POST.get("on") == "1"
        if campaign := Campaign.objects.filter(pk=key).first() if turn == "shown" else None:
            rates.show(campaign, is_shown=is_on, by=request.user)
        if form := ActionForm.objects.filter(pk=key).first() if turn == "survey" else None:
            surveys.choose(form, is_on=is_on, by=request.user)
        return HttpResponseRedirect(request.get_full_path())


def as_csv(rows: list[list[Any]]) -> HttpResponse:
    """Rows as a file for a spreadsheet, in UTF-8 with the mark that Excel needs."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="reply-rates.csv"'
    writer = csv.writer(response)
    for row in rows:
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return response


@hooks.register("register_admin_viewset")
def reply_ledger() -> ReplyLedger:
    return ReplyLedger()


@hooks.register("register_admin_urls")
def reply_screens() -> list[URLPattern]:
    return [
        path("replies/<int:pk>/", ReplyView.as_view(), name="reply_sheet"),
        path("replies/rates/", RatesView.as_view(), name="reply_rates"),
    ]
