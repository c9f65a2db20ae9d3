"""Calls as they were reported, and what came of them by target."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, ModelChoiceFilter
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn

from plaidoyer.actions.kinds.call.outcomes import OUTCOMES
from plaidoyer.actions.kinds.letter import letters
from plaidoyer.actions.models import Action, ActionForm, Confirmation
from plaidoyer.civics.models import Post
from plaidoyer.lib.desk import Ledger, Listing

Callee = tuple[str, int]


class CallFilters(WagtailFilterSet):
    form = ModelChoiceFilter(
        label=_("Form"), queryset=ActionForm.objects.filter(kind="call").select_related("campaign")
    )
    outcome = ChoiceFilter(
        label=_("What came of it"),
        field_name="facts__outcome",
        choices=list(OUTCOMES.items()),
    )

    class Meta:
        model = Action
        fields = ["form", "outcome"]


def callee(content: dict[str, Any]) -> Callee:
    """Whom one call went to, by what the act keeps."""
    return (
        ("post", content["post"]) if content.get("post") else ("target", content.get("target", 0))
    )


def names(contents: Iterable[dict[str, Any]], others: Iterable[Callee]) -> dict[Callee, str]:
    """Who was called; a few queries, however many."""
    keys = {*map(callee, contents), *others}
    posts = Post.objects.prefetch_related("memberships__person").in_bulk(
        [key for kind, key in keys if kind == "post"]
    )
    targets = (
        letters.known_targets()
        .prefetch_related("post__memberships__person")
        .in_bulk([key for kind, key in keys if kind == "target"])
    )
    found = {("post", key): _named(post, post) for key, post in posts.items()}
    return found | {
        ("target", key): _named(target.decision_maker, target.post)
        for key, target in targets.items()
    }


def _named(decision_maker: Any, office: Post | None) -> str:
    holder = office.holder() if office else None
    return ", ".join(str(part) for part in (holder, decision_maker) if part)


class CallList(Listing):
    page_title = _("Reported calls")

    def get_base_queryset(self) -> QuerySet:
        calls = super().get_base_queryset().filter(form__kind="call")
        counted = Confirmation.objects.counted().filter(form__kind="call")
        return calls.filter(pk__in=counted.values("action")).select_related("form")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(*args, **kwargs)
        counts = self.outcomes()
        called = names([call.content for call in context["object_list"]], counts)
        for call in context["object_list"]:
            call.whom = called.get(callee(call.content), "—")
        context["tally"] = sorted(
            (
                called.get(one, "—"),
                [(str(OUTCOMES[key]), found[key]) for key in OUTCOMES if key in found],
            )
            for one, found in counts.items()
        )
        return context

    def outcomes(self) -> dict[Callee, dict[str, int]]:
        """How often each outcome was reported of each who was called; one query."""
        parts = ("facts__target", "facts__post", "facts__outcome")
        rows = self.get_queryset().order_by().values_list(*parts).annotate(number=Count("pk"))
        counts: dict[Callee, dict[str, int]] = {}
        for target, post, outcome, number in rows:
            one = callee({"post": post} if post else {"target": target or 0})
            counts.setdefault(one, {})[outcome] = number
        return counts


def outcome(call: Action) -> str:
    """What came of one call."""
    return str(OUTCOMES.get(call.content.get("outcome", ""), "—"))


class CallLedger(Ledger):
    model = Action
    name = "calls"
    icon = "comment"
    menu_label = _("Reported calls")
    menu_order = 155
    index_view_class = CallList
    index_template_name = "call/admin/calls.html"
    list_display = [
        Column("whom", label=_("Called")),
        Column("outcome", label=_("What came of it"), accessor=outcome),
        Column("note", label=_("They said"), accessor=lambda call: call.content.get("note", "")),
        Column("full_name", label=_("Reported by")),
        Column("form", label=_("Form")),
        DateColumn("submitted_at", label=_("Reported"), sort_key="submitted_at"),
    ]
    filterset_class = CallFilters
    ordering = ["-submitted_at"]


@hooks.register("register_admin_viewset")
def calls() -> CallLedger:
    return CallLedger()
