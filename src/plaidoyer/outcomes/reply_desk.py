"""From a reply to a standing in the back office: proposed, then confirmed."""

import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets.button import Button

from plaidoyer.delivery.models import Reply
from plaidoyer.delivery.replies.models import Category
from plaidoyer.lib.fields import ParagraphsField
from plaidoyer.lib.words import WordsFormField
from plaidoyer.outcomes import replies
from plaidoyer.outcomes.forms import not_to_come
from plaidoyer.outcomes.models import Milestone, Standing

CHOOSE = {
    "required": _("Choose one of the list."),
    "invalid_choice": _("Choose one of the list."),
}


class StandingForm(forms.Form):
    """Which demand the reply moved, how far, when; and what of it may be read by everybody."""

    demand = forms.ChoiceField(label=_("Which demand moved"), error_messages=CHOOSE)
    standing = forms.ChoiceField(
        label=_("How far it has come"),
        choices=[("", "—"), *Standing.choices],
        error_messages=CHOOSE,
    )
    happened_on = forms.DateField(
        label=_("Day of the reply"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Write the day."),
            "invalid": _("Write a day, such as 2026-05-31."),
        },
    )
    title = WordsFormField(label=_("What happened"), max_length=200)
    quotation = ParagraphsField(
        label=_("What we quote of it (optional)"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Everybody will read it. Leave out whom it was written to."),
    )

    def __init__(self, reply: Reply, data: Any = None) -> None:
        self.asked = {str(one.pk): one for one in replies.demands(reply)}
        first = next(iter(self.asked), "") if len(self.asked) == 1 else ""
        proposed = {
            "demand": first,
            "standing": replies.PROPOSED.get(Category(reply.category), ""),
            "happened_on": replies.day(reply),
            "title": replies.proposed_title(reply),
        }
        super().__init__(data, initial=proposed, label_suffix="")
        choices = [(key, Truncator(str(one)).chars(120)) for key, one in self.asked.items()]
        self.fields["demand"].choices = [("", "—"), *choices]  # type: ignore[attr-defined]
        if not reply.is_quotable:
            del self.fields["quotation"]

    def clean_demand(self) -> Any:
        return self.asked[self.cleaned_data["demand"]]

    def clean_happened_on(self) -> datetime.date | None:
        return not_to_come(self.cleaned_data["happened_on"])


class ReplyStandingView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """What a reply changes, ready to be confirmed."""

    model = Milestone
    any_permission_required = ["add"]
    template_name = "outcomes/reply_standing.html"
    page_title = _("What the reply changes")
    header_icon = "calendar-check"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        found = Reply.objects.filter(category__in=replies.MOVES).select_related(
            "letter__action", "letter__target__campaign"
        )
        self.reply = get_object_or_404(found, pk=kwargs["pk"])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        all_replies = {"url": reverse("replies_desk:index"), "label": _("Replies")}
        this = {"url": reverse("reply_sheet", args=[self.reply.pk]), "label": _("Reply")}
        here = {"url": "", "label": self.page_title}
        return [*self.breadcrumbs_items, all_replies, this, here]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = {} if "form" in kwargs else {"form": StandingForm(self.reply)}
        return super().get_context_data(**form, **kwargs, reply=self.reply)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = StandingForm(self.reply, request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        milestone = replies.record(self.reply, by=request.user, **form.cleaned_data)
        messages.success(request, gettext("The milestone is recorded, with the reply behind it."))
        return HttpResponseRedirect(reverse("milestones:inspect", args=[milestone.pk]))


@hooks.register("register_admin_urls")
def reply_standing() -> list[URLPattern]:
    view = ReplyStandingView.as_view()
    return [path("replies/<int:pk>/standing/", view, name="reply_standing")]


@hooks.register("reply_buttons")
def buttons(request: HttpRequest, reply: Reply) -> list[Button]:
    """What was made of a reply, and the way to make a milestone of it."""
    made = Milestone.objects.filter(reply_bases__reply=reply).order_by("id")
    links = [
        Button(str(one), url=reverse("milestones:inspect", args=[one.pk]), priority=10)
        for one in made
    ]
    if not request.user.has_perm("outcomes.add_milestone"):
        return links
    if reply.category not in replies.MOVES:
        return [*links, Button(_("Say first what it is; then it can change a standing."))]
    url = reverse("reply_standing", args=[reply.pk])
    return [*links, Button(_("Propose a standing"), url=url, priority=20)]
