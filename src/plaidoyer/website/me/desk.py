"""What is kept of one person, for whoever answers a request in their place: seen, taken, erased.

The person is found by their whole address on the list of supporters (vault.listings). Each door
asks again who is there and is in the audit log by the person's number (staff.door, staff.audit).
"""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages
from wagtail.admin.auth import permission_required

from plaidoyer.newsletters.segments.readers import in_our
from plaidoyer.supporters import privacy
from plaidoyer.supporters.models import Supporter
from plaidoyer.website.me import papers

SEE, TAKE = "supporters.view_supporter", "staff.export_supporters"
ERASE = "supporters.delete_supporter"


def frame(person: Supporter, title: str) -> dict[str, Any]:
    """What stands around a screen: the way back, and who it is about."""
    crumbs = [
        {"url": reverse("wagtailadmin_home"), "label": _("Home")},
        {"url": reverse("supporters:index"), "label": _("Supporters")},
    ]
    return {
        "person": person,
        "header_title": title,
        "header_icon": "user",
        "breadcrumbs_items": [*crumbs, {"url": "", "label": title}],
    }


@permission_required(SEE)
@never_cache
@require_safe
def kept(request: HttpRequest, pk: int) -> HttpResponse:
    """All of it, as the person themselves would read it."""
    person = get_object_or_404(Supporter, pk=pk)
    sections = papers.told(privacy.export(person), timezone.now())["sections"]
    context = {"sections": sections, "may_take": request.user.has_perm(TAKE)}
    context |= {"may_erase": request.user.has_perm(ERASE) and not person.is_erased}
    return render(
        request, "website/me/desk/kept.html", context | frame(person, _("What is kept of a person"))
    )


@permission_required(TAKE)
@never_cache
@require_safe
def data(_request: HttpRequest, pk: int) -> HttpResponse:
    """The file for another program."""
    return papers.as_json(get_object_or_404(Supporter, pk=pk))


@permission_required(TAKE)
@never_cache
@require_safe
def paper(_request: HttpRequest, pk: int) -> HttpResponse:
    """The paper to read, in the person's language: it is for them."""
    person = get_object_or_404(Supporter, pk=pk)
    with override(in_our(person.language)):
        return papers.as_pdf(person)


@permission_required(ERASE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def erasure(request: HttpRequest, pk: int) -> HttpResponse:
    """Says what goes and what stays; only the button erases."""
    person = get_object_or_404(Supporter, pk=pk)
    if request.method == "POST":
        if privacy.erase(person):
            messages.success(request, _("Everything personal about this person is erased."))
        return HttpResponseRedirect(reverse("supporters:index"))
    return render(
        request, "website/me/desk/erasure.html", frame(person, _("Erase everything about a person"))
    )


def routes() -> list[URLPattern]:
    """The doors, by the person's number."""
    return [
        path("supporters/<int:pk>/kept/", kept, name="person_kept"),
        path("supporters/<int:pk>/kept/data.json", data, name="person_data"),
        path("supporters/<int:pk>/kept/data.pdf", paper, name="person_paper"),
        path("supporters/<int:pk>/kept/erasure/", erasure, name="person_erasure"),
    ]
