"""Mailboxes in the back office: how far their lines are; held, let go or cancelled, and why."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from django_filters import ChoiceFilter, ModelChoiceFilter
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from plaidoyer.campaigns.models import Campaign, Target
from plaidoyer.delivery.mailboxes import holds, progress
from plaidoyer.delivery.mailboxes.forms import MailboxStopForm, PaceForm
from plaidoyer.delivery.mailboxes.models import Mailbox, MailboxHold
from plaidoyer.delivery.models import Letter
from plaidoyer.lib.desk import Ledger, Listing

STOPPED = Exists(MailboxHold.objects.filter(mailbox=OuterRef("pk"), effect="hold", lifted_at=None))


class MailboxFilters(WagtailFilterSet):
    state = ChoiceFilter(
        label=_("State"),
        method="keep_state",
        choices=[("waiting", _("letters wait there")), ("held", _("letters are held there"))],
    )
    campaign = ModelChoiceFilter(
        label=_("Campaign"),
        field_name="letters__target__campaign",
        queryset=Campaign.objects.all(),
        distinct=True,
    )

    class Meta:
        model = Mailbox
        fields = ["state", "campaign", "flow"]

    def keep_state(self, boxes: QuerySet, _name: str, state: str) -> QuerySet:
        waiting = Exists(Letter.objects.waiting().filter(mailbox=OuterRef("pk")))
        return boxes.filter(waiting if state == "waiting" else STOPPED)


class MailboxList(Listing):
    def get_base_queryset(self) -> QuerySet:
        return super().get_base_queryset().annotate(is_stopped=STOPPED)

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(*args, **kwargs)
        boxes = list(context["object_list"])
        for box, line in zip(boxes, progress.lines(boxes), strict=True):
            box.line = line
        return {**context, "object_list": boxes}


def last_leaves(mailbox: Any) -> str:
    """When the last letter that waits will leave, as things stand."""
    line: progress.Line = mailbox.line
    return (
        date_format(localtime(line.finish_at), "SHORT_DATETIME_FORMAT") if line.finish_at else "—"
    )


def stands(mailbox: Any) -> str:
    """Whether letters there are held, else how they arrive."""
    held = pgettext("letters", "held")
    return held if mailbox.is_stopped else mailbox.get_flow_display()


class MailboxLedger(Ledger):
    model = Mailbox
    name = "mailboxes-desk"
    icon = "mail"
    menu_label = _("Mailboxes")
    add_to_admin_menu = False
    index_view_class = MailboxList
    list_display = [
        TitleColumn("to_address", label=_("Mailbox"), url_name="mailboxes-desk:sheet"),
        Column("waiting", label=_("Letters that wait"), accessor="line.waiting"),
        Column("left", label=_("Have left"), accessor="line.left"),
        Column("per_hour", label=_("At most an hour"), accessor="line.per_hour"),
        Column("finish", label=_("The last one leaves"), accessor=last_leaves),
        Column("flow", label=_("How they arrive"), accessor=stands),
    ]
    filterset_class = MailboxFilters
    search_fields = ["to_address"]
    search_backend_name = None
    ordering = ["address"]

    def get_urlpatterns(self) -> list[URLPattern]:
        sheet = path("<int:pk>/", MailboxSheet.as_view(), name="sheet")
        return [*super().get_urlpatterns(), sheet]


class Screen(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """One of our screens about whom letters reach."""

    model = Mailbox
    any_permission_required = ["view", "change"]
    header_icon = "mail"
    subject: Mailbox | Target | None = None

    def get_page_subtitle(self) -> str:
        return str(self.subject or "")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        letters = {"url": reverse("letters:index"), "label": _("Letters")}
        here = {"url": "", "label": self.get_page_subtitle() or self.page_title}
        return [*self.breadcrumbs_items, letters, here]

    def may_change(self) -> bool:
        """Whether whoever looks may also decide."""
        return self.user_has_permission("change")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.may_change():
            raise PermissionDenied
        wrong = self.do(request.POST.get("step", ""))
        if wrong:
            return self.render_to_response(self.get_context_data(**wrong), status=422)
        return HttpResponseRedirect(request.path)

    def do(self, step: str) -> dict[str, forms.BaseForm]:
        """Does what was pressed; the form, by its name in the page, where it is not right."""
        raise NotImplementedError

    def told(self, effect: str, number: int) -> None:
        """Says what became of so many letters."""
        words = {
            "hold": ngettext(
                "Held: %(number)s letter waits.", "Held: %(number)s letters wait.", number
            ),
            "cancel": ngettext(
                "%(number)s letter is cancelled.", "%(number)s letters are cancelled.", number
            ),
            "lift": ngettext(
                "Let go: %(number)s letter waits for its turn.",
                "Let go: %(number)s letters wait for their turn.",
                number,
            ),
        }
        messages.success(self.request, words[effect] % {"number": number})


class MailboxSheet(Screen):
    """One mailbox: its line, its pace, what stops it, the mails of a day it got."""

    template_name = "delivery/admin/mailboxes/mailbox.html"
    page_title = _("Mailbox")
    subject: Mailbox

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.subject = get_object_or_404(Mailbox, pk=kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        box = self.subject
        [line] = progress.lines([box])
        given = {"stop": MailboxStopForm(box), "pace": PaceForm(instance=box, label_suffix="")}
        written = Target.objects.filter(letters__mailbox=box).distinct().order_by("id")
        placed = box.holds.select_related("campaign", "placed_by", "lifted_by")
        digests = box.digests.select_related("envelope").annotate(carried=Count("letters"))
        return super().get_context_data(
            **{**given, **kwargs},
            mailbox=box,
            line=line,
            targets=written.select_related("campaign", "post", "person", "organization"),
            holds=placed.order_by("-placed_at", "-pk"),
            digests=digests.order_by("-day")[:30],
            wishes=box.wishes.exclude(agreed_at=None).order_by("-agreed_at"),
            may_change=self.may_change(),
        )

    def do(self, step: str) -> dict[str, forms.BaseForm]:
        if step == "pace":
            return self.set_pace()
        if step.startswith("lift-"):
            return self.lift(step.removeprefix("lift-"))
        form = MailboxStopForm(self.subject, self.request.POST)
        if not form.is_valid():
            return {"stop": form}
        stop = holds.cancel if step == "cancel" else holds.place
        hold = stop(self.subject, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]
        self.told(hold.effect, hold.letters)
        return {}

    def lift(self, key: str) -> dict[str, forms.BaseForm]:
        placed = self.subject.holds.filter(pk=int(key)) if key.isdecimal() and len(key) < 18 else []
        for hold in placed:
            self.told("lift", holds.lift(hold, by=self.request.user))  # type: ignore[arg-type]
        return {}

    def set_pace(self) -> dict[str, forms.BaseForm]:
        box = Mailbox.objects.get(pk=self.subject.pk)
        form = PaceForm(self.request.POST, instance=box, label_suffix="")
        if not form.is_valid():
            return {"pace": form}
        # Turns are given meanwhile: their columns stay as they are.
        box.save(update_fields=form.Meta.fields)
        messages.success(self.request, gettext("It holds from the next letter on."))
        return {}


@hooks.register("register_admin_viewset")
def mailbox_ledger() -> MailboxLedger:
    return MailboxLedger()
