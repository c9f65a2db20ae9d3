"""The back office's screens of the guards: what is busy, what is held, what an organiser does."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from plaidoyer.actions.guards import holds, watching
from plaidoyer.actions.guards.choices import ChoiceForm, chosen
from plaidoyer.actions.models import Action, ActionForm, Confirmation, Held, Hold

SAMPLE = 20
PER_PAGE = 50
SEEN = "plaidoyer.invalidate"


@dataclass(frozen=True, slots=True)
class ActRow:
    """One act in a table of these screens; `held` where it is one of a hold's."""

    act: Action
    held: Held | None = None

    @property
    def state(self) -> str:
        """Where it stands apart from its holds."""
        confirmation = getattr(self.act, "confirmation", None)
        if confirmation is None:
            return pgettext("act", "not confirmed")
        return (
            pgettext("act", "withdrawn")
            if confirmation.withdrawal_id
            else pgettext("act", "confirmed")
        )

    @property
    def words(self) -> str:
        """What its author wrote, where its kind asks for words."""
        content = self.act.content
        return str(content.get("comment") or content.get("body") or "")


class Screen(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """A screen about holds, for whoever may see them."""

    model = Hold
    any_permission_required = ["view", "change"]
    header_icon = "warning"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        first = {"url": reverse("vigilance"), "label": WatchView.page_title}
        here = {"url": "", "label": self.get_page_subtitle() or self.page_title}
        is_first = isinstance(self, WatchView)
        return [*self.breadcrumbs_items, *([] if is_first else [first]), here]


class WatchView(Screen):
    """Where the acts of the last hour or day came from, form by form."""

    template_name = "actions/admin/watch.html"
    page_title = _("Vigilance")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        span = self.request.GET.get("span", "hour")
        span = span if span in watching.SPANS else "hour"
        watched = watching.watch(span)
        return super().get_context_data(**kwargs, span=span, watched=watched)


class ReasonForm(forms.Form):
    """Why acts are let go."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why.")},
    )


class HoldView(Screen):
    """One hold: why, which acts, how far it has come; and letting them go."""

    template_name = "actions/admin/hold.html"
    page_title = _("Hold")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        rows = Hold.objects.select_related("form__campaign", "placed_by", "lifted_by")
        self.hold = get_object_or_404(rows, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.hold)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        held = self.hold.held.select_related(
            "action__confirmation__withdrawal", "released_by"
        ).order_by("action_id")
        numbers = holds.numbers([self.hold]).get(self.hold.pk, {"taken": 0, "held": 0})
        page = Paginator(held, PER_PAGE).get_page(self.request.GET.get("p"))
        chosen_by = {**dict(_labels()), "network": _("Network")}
        return super().get_context_data(
            **{"reason_form": ReasonForm(label_suffix=""), **kwargs},
            hold=self.hold,
            filters=[
                (chosen_by[name], said)
                for name, said in self.hold.chosen.items()
                if name in chosen_by and not self.hold.subject
            ],
            **numbers,
            waiting=holds.waiting_in(self.hold),
            running=holds.is_running(self.hold, numbers),
            may_change=self.user_has_permission("change"),
            page=page,
            rows=[ActRow(row.action, row) for row in page],
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.user_has_permission("change"):
            raise PermissionDenied
        form = ReasonForm(request.POST, label_suffix="")
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(reason_form=form), status=422)
        self.let_go(request, form.cleaned_data["reason"])
        return HttpResponseRedirect(request.path)

    def let_go(self, request: HttpRequest, reason: str) -> None:
        by: Any = request.user
        if request.POST.get("step") == "lift":
            try:
                holds.lift(self.hold, by=by, because=reason)
            except holds.AlreadyLiftedError:
                messages.warning(request, gettext("Somebody lifted this hold before you."))
            else:
                messages.success(request, gettext("The hold is lifted; its acts are being let go."))
            return
        acts = [int(pk) for pk in request.POST.getlist("act") if pk.isdecimal() and len(pk) < 19]
        number = holds.release(self.hold, acts, by=by, because=reason)
        words = ngettext("%(number)s act was let go.", "%(number)s acts were let go.", number)
        messages.success(request, words % {"number": number})


class InvalidateView(Screen):
    """Choosing acts that shall not count, seeing what that does, and only then doing it."""

    any_permission_required = ["change"]
    template_name = "actions/admin/invalidate.html"
    page_title = _("Invalidate acts")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        known = {"form", "domain", "network", "via"}
        initial = {name: said for name, said in self.request.GET.items() if name in known}
        form = ChoiceForm(initial=initial, label_suffix="")
        return super().get_context_data(**{"choice": form, **kwargs})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ChoiceForm(request.POST, label_suffix="")
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(choice=form), status=422)
        asked, filters = form.cleaned_data["form"], form.filters()
        seen = shown_before(request, asked, filters)
        if request.POST.get("step") != "place" or not seen:
            effect = foresee(asked, filters)
            return self.render_to_response(self.get_context_data(choice=form, effect=effect))
        by: Any = request.user
        reason = form.cleaned_data["reason"]
        hold = holds.invalidate(asked, filters=filters, reason=reason, by=by, **seen)
        return HttpResponseRedirect(reverse("hold", args=[hold.pk]))


def foresee(form: ActionForm, filters: dict[str, Any]) -> dict[str, Any]:
    """What invalidating these acts does: how many, what the count becomes, and some of them.

    `seen` says, signed, what was shown, so that nothing else is done.
    """
    upto = chosen(form, filters).aggregate(last=Max("id"))["last"] or 0
    acts = chosen(form, {**filters, "upto": upto}) if upto else Action.objects.none()
    counted = Confirmation.objects.filter(form=form).counted()
    before, fewer = counted.count(), counted.filter(action__in=acts.values("id")).count()
    sample = acts.select_related("confirmation__withdrawal").order_by("-id")[:SAMPLE]
    number = acts.count()
    said = {"form": form.pk, "filters": filters, "upto": upto, "foreseen": number}
    return {
        "acts": number,
        "counted": fewer,
        "before": before,
        "after": before - fewer,
        "sample": [ActRow(act) for act in sample],
        "seen": signing.dumps(said, salt=SEEN),
    }


def shown_before(
    request: HttpRequest, form: ActionForm, filters: dict[str, Any]
) -> dict[str, int] | None:
    """What the preview of this very choice showed: up to which act, and how many."""
    try:
        seen = signing.loads(request.POST.get("seen", ""), salt=SEEN)
    except signing.BadSignature:
        return None
    same = (seen["form"], seen["filters"]) == (form.pk, filters) and seen["foreseen"]
    return {"upto": seen["upto"], "foreseen": seen["foreseen"]} if same else None


def _labels() -> list[tuple[str, Any]]:
    fields = ChoiceForm.base_fields
    return [(name, fields[name].label) for name in ChoiceForm.FILTERS]
