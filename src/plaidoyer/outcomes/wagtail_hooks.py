from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from plaidoyer.outcomes import reply_desk  # noqa: F401  (its screen)
from plaidoyer.outcomes.awaiting import desks as awaiting  # noqa: F401  (its screens)
from plaidoyer.outcomes.handovers import desks as handovers  # noqa: F401  (its screens)
from plaidoyer.outcomes.lineages import desks as lineages  # noqa: F401  (its screens)
from plaidoyer.outcomes.milestone_desk import MilestoneDesk
from plaidoyer.outcomes.views import BoardView, PairView


@hooks.register("register_admin_viewset")
def milestones() -> MilestoneDesk:
    return MilestoneDesk()


@hooks.register("register_admin_urls")
def screens() -> list[URLPattern]:
    pair = "outcomes/<int:demand>/<int:target>/"
    return [
        path("outcomes/", BoardView.as_view(), name="outcomes_board"),
        path(pair, PairView.as_view(), name="outcomes_pair"),
    ]


class BoardMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("outcomes.view_milestone")


@hooks.register("register_admin_menu_item")
def board_menu_item() -> Any:
    address = reverse_lazy("outcomes_board")
    return BoardMenuItem(_("Outcomes board"), address, icon_name="table", order=151)
