"""What the screens of an edition in the back office share: who may, and Wagtail's frame."""

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.auth import permission_required

from plaidoyer.reports.models import Edition


class StaffRequest(HttpRequest):
    """A request that the back office let in."""

    user: User


may_edit = permission_required("reports.change_edition")


def screen(request: StaffRequest, edition: Edition, name: str, **context: Any) -> HttpResponse:
    """One of the editor's screens in Wagtail's frame."""
    context |= {
        "edition": edition,
        "languages": edition.languages,
        "header_title": str(edition),
        "header_icon": "doc-full",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("editions:index"), "label": _("Editions")},
            {"url": reverse("editions:edit", args=[edition.pk]), "label": str(edition)},
        ],
    }
    return render(request, f"reports/desk/{name}.html", context)
