"""The screen of what takes two: what waits for one, and what one asked for."""

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem

from plaidoyer.staff.models import EXPORTS, Countersigning
from plaidoyer.staff.seconds import countersigning


@require_safe
def second_person(request: HttpRequest) -> HttpResponse:
    """What waits for one's word, and what became of what one asked for."""
    user: User = request.user  # type: ignore[assignment]
    context = {
        **countersigning.lists(user),
        "page_title": _("Second person"),
        "header_title": _("Second person"),
        "header_icon": "group",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": "", "label": _("Second person")},
        ],
    }
    return render(request, "staff/admin/second_person.html", context)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Allows what somebody else asked for, or does not."""
    asked = get_object_or_404(Countersigning, pk=pk)
    is_allowed = request.POST.get("step") == "allow"
    try:
        countersigning.decide(asked, by=request.user, is_allowed=is_allowed)  # type: ignore[arg-type]
    except countersigning.NotYoursError:
        messages.error(request, _("It is too late for that, or for somebody else to say."))
    else:
        messages.success(request, _("Allowed.") if is_allowed else _("Not allowed."))
    return redirect("second_person")


def routes() -> list[URLPattern]:
    return [
        path("second-person/", second_person, name="second_person"),
        path("second-person/<int:pk>/", decide, name="second_person_decide"),
    ]


class SecondPersonItem(MenuItem):
    """Shown to those who may ask for what takes two, and so allow it."""

    def is_shown(self, request: HttpRequest) -> bool:
        return any(request.user.has_perm(f"staff.export_{thing}") for thing in EXPORTS)


def menu_item() -> MenuItem:
    label, address = gettext_lazy("Second person"), reverse("second_person")
    return SecondPersonItem(label, address, icon_name="group", order=190)
