"""Letters by target: how far they are, and one button that holds, cancels or lets them go."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Count, Exists, F, OuterRef, Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from plaidoyer.campaigns.models import Target
from plaidoyer.delivery.mailboxes import holds, progress
from plaidoyer.delivery.mailboxes.desks import Screen
from plaidoyer.delivery.mailboxes.forms import StopForm
from plaidoyer.delivery.mailboxes.models import MailboxHold
from plaidoyer.delivery.models import Letter

# A body may have as many mailboxes as it has members: the busiest are shown.
SHOWN = 25


@dataclass(frozen=True, slots=True)
class Row:
    """How the letters to one target stand."""

    target: Target
    waiting: int
    left: int
    mailboxes: int
    # In how many of them its letters are held, by themselves or with all others there.
    held: int

    @property
    def share(self) -> int:
        """How many have left, in percent, rounded down."""
        return 100 * self.left // max(1, self.left + self.waiting)


def rows() -> list[Row]:
    """All targets that letters are written to, those that most wait for first; three queries."""
    waits = Exists(Letter.objects.waiting().filter(pk=OuterRef("pk")))
    counts = list(
        Letter.objects.annotate(waits=waits)
        .values("target")
        .annotate(
            waiting=Count("pk", filter=Q(waits=True)),
            left=Count("pk", filter=Q(turn_at__isnull=False) | Q(digest__isnull=False)),
            mailboxes=Count("mailbox", distinct=True),
        )
        .order_by("-waiting", "-left", "target")
    )
    targets = Target.objects.select_related("campaign", "post", "person", "organization")
    asked, held = targets.in_bulk([one["target"] for one in counts]), held_in()
    return [
        Row(
            target=asked[one["target"]],
            waiting=one["waiting"],
            left=one["left"],
            mailboxes=one["mailboxes"],
            held=held.get(one["target"], 0),
        )
        for one in counts
    ]


def held_in() -> dict[int, int]:
    """In how many mailboxes the letters to a target are held, by its id."""
    of_all = Q(campaign=None) | Q(campaign=F("mailbox__letters__target__campaign"))
    stops = MailboxHold.objects.filter(of_all, effect="hold", lifted_at=None)
    counted = stops.values_list("mailbox__letters__target").annotate(
        Count("mailbox", distinct=True)
    )
    return dict(counted.order_by())


class TargetsView(Screen):
    """Every target with the letters that wait and that have left."""

    http_method_names = ["get", "head", "options"]
    template_name = "delivery/admin/mailboxes/targets.html"
    page_title = _("Targets and their letters")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, rows=rows())


class TargetSheet(Screen):
    """One target: the lines to it; all its letters held, cancelled or let go."""

    template_name = "delivery/admin/mailboxes/target.html"
    page_title = _("Letters to a target")
    subject: Target

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        asked = Target.objects.select_related("campaign", "post", "person", "organization")
        self.subject = get_object_or_404(asked, pk=kwargs["pk"])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        *before, here = super().get_breadcrumbs_items()
        return [*before, {"url": reverse("target_lines"), "label": TargetsView.page_title}, here]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        boxes = list(holds.mailboxes_of(self.subject))
        lines = sorted(progress.lines(boxes), key=lambda line: -line.waiting)
        placed = list(holds.placed_on(self.subject))
        return super().get_context_data(
            **{"stop": StopForm(label_suffix=""), **kwargs},
            target=self.subject,
            row=next((row for row in rows() if row.target == self.subject), None),
            lines=lines[:SHOWN],
            others=max(0, len(lines) - SHOWN),
            held=[hold for hold in placed if hold.effect == "hold"],
            cancelled=[hold for hold in placed if hold.effect == "cancel"],
            may_change=self.may_change(),
        )

    def do(self, step: str) -> dict[str, forms.BaseForm]:
        by: Any = self.request.user
        if step in {"lift-hold", "lift-cancel"}:
            effect = step.removeprefix("lift-")
            self.told("lift", holds.lift_for(self.subject, effect, by=by))
            return {}
        form = StopForm(self.request.POST, label_suffix="")
        if not form.is_valid():
            return {"stop": form}
        stop = holds.cancel_for if step == "cancel" else holds.place_for
        placed = stop(self.subject, by=by, **form.cleaned_data)
        effect = "cancel" if step == "cancel" else "hold"
        self.told(effect, sum(hold.letters for hold in placed))
        return {}


@hooks.register("register_admin_urls")
def target_screens() -> list[URLPattern]:
    return [
        path("letters/targets/", TargetsView.as_view(), name="target_lines"),
        path("letters/targets/<int:pk>/", TargetSheet.as_view(), name="target_line"),
    ]
