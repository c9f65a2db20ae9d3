"""Recorded votes and scorecards: the same for everybody, but for who asks about their own member.

A postal code is sent by POST and answered on the spot: it stands in no address, and is not kept.
"""

import csv
import io

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from plaidoyer.actions.views import SeeOther, personal, unavailable_when_down
from plaidoyer.campaigns import scorecards
from plaidoyer.campaigns.models import Campaign
from plaidoyer.parliament import results
from plaidoyer.parliament.models import VoteEvent
from plaidoyer.website.votes import reporting, tables
from plaidoyer.website.votes.forms import CodeForm

# Facts that change when an organiser notes or imports something.
SECONDS = 60
FILTERS = ("party", "province", "way")


def shared(response: HttpResponse) -> HttpResponse:
    """Lets caches keep what is the same for everybody."""
    patch_cache_control(response, public=True, max_age=SECONDS)
    return response


def found(public_id: str) -> VoteEvent:
    """The recorded vote of that address. Raises Http404."""
    event = reporting.event_of(public_id)
    if event is None:
        raise Http404(public_id)
    return event


@require_safe
def vote(request: HttpRequest, public_id: str) -> HttpResponse:
    """One recorded vote, filtered by plain links."""
    event = found(public_id)
    chosen = {name: request.GET.get(name, "")[:120] for name in FILTERS}
    if chosen["way"] not in results.LABELS:
        chosen["way"] = ""
    screen = reporting.vote_screen(event, get_language() or "", chosen)
    return shared(render(request, "website/votes/vote.html", {**screen, "form": CodeForm()}))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@personal
@unavailable_when_down
def mine(request: HttpRequest, public_id: str) -> HttpResponse:
    """How the member of a postal code voted; the code itself is kept nowhere."""
    event = found(public_id)
    if request.method != "POST":
        return SeeOther(request.path.removesuffix("mine/"))
    form = CodeForm(request.POST)
    members = reporting.mine(event, form.cleaned_data["postal_code"]) if form.is_valid() else []
    context = {"event": event, "motion": event.motion, "form": form, "mine": members}
    status = 200 if form.is_valid() else 422
    return render(request, "website/votes/mine.html", context, status=status)


def campaign_of(slug: str) -> Campaign | None:
    """The campaign of that short name; none for the organisation's own. Raises Http404."""
    if not slug:
        return None
    campaign = Campaign.objects.filter(slug=slug).first()
    if campaign is None:
        raise Http404(slug)
    return campaign


@require_safe
def scorecard(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Members by the votes that a campaign, or the organisation, chose."""
    sort = request.GET.get("sort", "")
    sort = sort if sort in scorecards.SORTS else scorecards.SORTS[0]
    screen = reporting.scorecard_screen(campaign_of(slug), get_language() or "", sort)
    if not screen["card"].asked:
        raise Http404(slug)
    return shared(render(request, "website/votes/scorecard.html", screen))


@require_safe
def table(request: HttpRequest, slug: str = "") -> HttpResponse:
    """The scorecard for other programs."""
    card = scorecards.scorecard(campaign_of(slug))
    if not card.asked:
        raise Http404(slug)
    sheet = io.StringIO()
    csv.writer(sheet).writerows(tables.rows(card))
    # The mark lets spreadsheets read accents rightly.
    response = HttpResponse("\ufeff" + sheet.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"scorecard-{slug}.csv" if slug else "scorecard.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return shared(response)
