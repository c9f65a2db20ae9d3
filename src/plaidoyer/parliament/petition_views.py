"""Official petitions in the back office: counts, pasted pages, sitting days, the own feed."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.admin.auth import permission_required

from plaidoyer.parliament import links, pastes, petitions, sittings, tellings
from plaidoyer.parliament.models import OfficialPetition, PetitionSnapshot
from plaidoyer.parliament.petition_forms import CountForm, PageForm, SittingsForm

CHANGE = "parliament.change_officialpetition"
ICON = "doc-full"


def crumbs(*last: tuple[str, str]) -> list[dict[str, str]]:
    """The way to a screen of petitions."""
    way = [(reverse("wagtailadmin_home"), _("Home"))]
    way += [(reverse("official-petitions:index"), _("Official petitions")), *last]
    return [{"url": url, "label": label} for url, label in way]


@permission_required(CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def counts(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a petition stands, a count to note, and a page to paste: seen before it is kept."""
    petition = get_object_or_404(
        OfficialPetition.objects.select_related("legislature", "session"), pk=pk
    )
    step = request.POST.get("step", "")
    count = CountForm(petition, request.POST if step == "count" else None)
    page = PageForm(petition, request.POST if step in ("read", "keep") else None, prefix="page")
    if count.is_bound and count.is_valid():
        note(petition, count, request.user)
        messages.success(request, _("The count is noted."))
        return redirect("official-petitions:counts", pk)
    read = pastes.read(page.cleaned_data["text"]) if page.is_bound and page.is_valid() else None
    if read and step == "keep":
        facts = {name: page.cleaned_data[name] for name in ("taken_at", "source")}
        pastes.keep(petition, read, by=request.user, **facts)  # type: ignore[arg-type]
        messages.success(request, _("What the page says is noted."))
        return redirect("official-petitions:counts", pk)
    return render(
        request, "parliament/desk/counts.html", counts_screen(petition, count, page, read)
    )


def note(petition: OfficialPetition, form: CountForm, by: Any) -> PetitionSnapshot:
    """Keeps one count that was typed in."""
    return PetitionSnapshot.objects.create(petition=petition, entered_by=by, **form.cleaned_data)


def counts_screen(
    petition: OfficialPetition, count: CountForm, page: PageForm, read: pastes.Page | None
) -> dict[str, Any]:
    """The page of a petition's counts."""
    dates = [
        (petition._meta.get_field(name).verbose_name, day, getattr(petition, name) is None)
        for name, day in (read.dates if read else {}).items()
    ]
    edit = (reverse("official-petitions:edit", args=[petition.pk]), str(petition))
    return {
        "petition": petition,
        "told": tellings.tell(petitions.story(petition)),
        "count": count,
        "page": page,
        "read": read,
        "dates": dates,
        "doubts": pastes.doubts(petition, read) if read else [],
        "header_title": str(petition),
        "header_icon": ICON,
        "breadcrumbs_items": crumbs(edit, ("", _("Counts"))),
    }


@permission_required("parliament.change_sittingday")
@require_http_methods(["GET", "HEAD", "POST"])
def sitting_days(request: HttpRequest) -> HttpResponse:
    """A list of sitting days: shown with the lines that name none, then kept."""
    form = SittingsForm(request.POST or None)
    read = sittings.read(form.cleaned_data["text"]) if form.is_bound and form.is_valid() else None
    if read and read.days and request.POST.get("step") == "keep":
        house, whole = form.cleaned_data["legislature"], form.cleaned_data["whole"]
        new, gone = sittings.keep(house, read.days, whole=whole)
        said = ngettext("%(new)s new sitting day", "%(new)s new sitting days", new) % {"new": new}
        if gone:
            said += ngettext(", %(gone)s taken away", ", %(gone)s taken away", gone) % {
                "gone": gone
            }
        messages.success(request, f"{house}: {said}.")
        return redirect("official-petitions:sittings")
    screen = {
        "form": form,
        "read": read,
        "header_title": _("Sitting days"),
        "header_icon": "calendar",
        "breadcrumbs_items": crumbs(("", _("Sitting days"))),
    }
    return render(request, "parliament/desk/sittings.html", screen)


@permission_required(CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def feed(request: HttpRequest) -> HttpResponse:
    """The address at which one's calendar finds all deadlines; a POST makes a new one."""
    if request.method == "POST":
        links.renew(request.user)  # type: ignore[arg-type]
        messages.success(request, _("Your calendar has an address. Any older one is dead."))
        return redirect("official-petitions:feed")
    link = links.held(request.user)  # type: ignore[arg-type]
    path = reverse("petitions:own_feed", args=[links.token(link)]) if link else ""
    screen = {
        "address": settings.BASE_URL + path if path else "",
        "language": get_language(),
        "header_title": _("Deadlines in your calendar"),
        "header_icon": "calendar",
        "breadcrumbs_items": crumbs(("", _("Deadlines in your calendar"))),
    }
    return render(request, "parliament/desk/feed.html", screen)
