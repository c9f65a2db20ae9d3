"""The doors of giving: the page of a fund, what to do next, the form on paper.

None asks for a CSRF token: no cookie allows anything here (actions/views.py).
"""

from typing import Any
from uuid import UUID

from django.conf import settings as config
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.csp import CSP
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.csp import csp_override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from plaidoyer.actions.guards import challenges, networks
from plaidoyer.actions.views import SeeOther, personal, typed, unavailable_when_down
from plaidoyer.donations import funds, pledges, reporting, ways
from plaidoyer.donations.cards import guarding, sessions
from plaidoyer.donations.forms import GiftForm
from plaidoyer.donations.models import Donation, Fund
from plaidoyer.donations.paper import forms as paper_forms
from plaidoyer.donations.settings import GivingSettings
from plaidoyer.donations.words import Frequency, Method
from plaidoyer.lib import tokens

THANKS = "gift"
SHARED_SECONDS = 60
A_DAY = 24 * 60 * 60
# A browser follows the way from a form to the provider only where its page says so.
TO_PROVIDER: dict[str, Any] = {
    **config.SECURE_CSP,
    "form-action": [CSP.SELF, config.STRIPE_CHECKOUT_ORIGIN],
}


@require_safe
@cache_control(public=True, max_age=SHARED_SECONDS)
def index(request: HttpRequest) -> HttpResponse:
    """All open funds."""
    told = [{"fund": fund, "progress": reporting.progress(fund)} for fund in funds.open_now()]
    context = {"funds": told, "query": request.META.get("QUERY_STRING", "")[:200]}
    return render(request, "donations/index.html", context)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@csp_override(TO_PROVIDER)
@unavailable_when_down
def fund(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of a fund; a POST promises a gift, and leads on to where its money is given."""
    found = get_object_or_404(Fund.objects.prefetch_related("offers"), slug=slug)
    if found.opens_at is None:
        raise Http404
    settings = GivingSettings.current()
    said = request.POST if request.method == "POST" else request.GET
    offer = reporting.offer_in(found, said.get("currency", ""))
    data = request.POST if request.method == "POST" else None
    known = {name: request.GET.get(name, "")[:100] for name in ("via", "campaign")}
    form = GiftForm(found, offer, ways.offered(settings), settings, data, initial=known)
    if data is None:
        return shared(
            render(request, "donations/fund.html", reporting.fund_screen(found, form, settings))
        )
    if not found.is_open:
        return page(request, found, form, settings, status=410)
    if not form.is_valid():
        return page(request, found, form, settings, status=422)
    if monthly := form.may_be_monthly:
        return ask_monthly(request, found, form, monthly)
    return take(request, found, form, settings)


def take(
    request: HttpRequest, fund: Fund, form: GiftForm, settings: GivingSettings
) -> HttpResponse:
    """Writes the gift down and leads on: to the provider for a card, else to what to do next."""
    facts = form.gift() | {"language": get_language() or "", "network": networks.of(request.META)}
    is_card = facts["method"] == Method.CARD
    if is_card and (
        reason := guarding.refusal(fund, facts, request.POST.get("proof", ""), settings)
    ):
        form.add_error("method", str(reason))
        return page(request, fund, form, settings, status=429)
    donation = pledges.promise(tell=not is_card, **facts)
    if not is_card:
        return SeeOther(thanks_path(donation))
    try:
        return SeeOther(sessions.begin(donation))
    except sessions.ProviderError:
        form.add_error("method", sessions.UNREACHABLE)
        return page(request, fund, form, settings, status=503)


def page(
    request: HttpRequest, fund: Fund, form: GiftForm, settings: GivingSettings, status: int
) -> HttpResponse:
    """The page of the fund with what was typed, and what is wrong with it."""
    context = reporting.fund_screen(fund, form, settings)
    response = render(request, "donations/fund.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def shared(response: HttpResponse) -> HttpResponse:
    """Lets caches keep the page: it is the same for everybody."""
    response["Cache-Control"] = f"public, max-age={SHARED_SECONDS}"
    return response


def ask_monthly(request: HttpRequest, fund: Fund, form: GiftForm, monthly: int) -> HttpResponse:
    """Asks once whether the gift may be monthly; what was typed is carried, nothing is kept."""
    carried = [(name, value) for name, value in typed(request) if name not in {"asked", "other"}]
    anew = {"frequency", "amount_monthly"}
    context: dict[str, Any] = {
        "fund": fund,
        "form": form,
        "monthly": monthly,
        "once": [*carried, ("other", request.POST.get("other", "")), ("asked", "no")],
        "each_month": [
            *((name, value) for name, value in carried if name not in anew),
            ("frequency", Frequency.MONTHLY),
            ("amount_monthly", str(monthly)),
            ("asked", "yes"),
        ],
    }
    response = render(request, "donations/ask.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def thanks_path(donation: Donation) -> str:
    """Where its donor sees what to do next, in the active language."""
    return reverse("donations:thanks", args=[tokens.make(THANKS, donation.uid)])


@require_safe
@personal
@unavailable_when_down
def thanks(request: HttpRequest, token: str) -> HttpResponse:
    """What to do next for a gift; once its money came, that it did."""
    donation = holder_of(THANKS, token)
    if donation is None:
        return render(request, "donations/unknown.html", status=404)
    context = reporting.thanks_screen(donation)
    response = render(request, "donations/thanks.html", context)
    if donation.method == Method.CARD and not context["payment"]:
        # With its address: a browser that came with a fragment would else only scroll.
        response["Refresh"] = f"4; url={request.path}"
    return response


def holder_of(purpose: str, token: str) -> Donation | None:
    """The gift that `token` opens for `purpose`; None once its donor is not kept any more."""
    try:
        uid: UUID = tokens.read(purpose, token)
    except tokens.BadTokenError:
        return None
    return Donation.objects.filter(uid=uid, emptied_at=None).select_related("fund").first()


@require_safe
@cache_control(public=True, max_age=A_DAY)
def paper(request: HttpRequest, slug: str) -> HttpResponse:
    """The form to print or to fill in, as PDF."""
    found = get_object_or_404(Fund.objects.prefetch_related("offers"), slug=slug)
    settings = GivingSettings.current()
    if found.opens_at is None or not settings.cheque_to:
        raise Http404
    language = get_language() or "en"
    response = HttpResponse(
        paper_forms.draw(found, settings, language), content_type="application/pdf"
    )
    response["Content-Disposition"] = f'inline; filename="{slug}-{language}.pdf"'
    return response


@require_safe
def challenge(request: HttpRequest, slug: str) -> HttpResponse:
    """A riddle for one gift by card, as JSON; 204 when none is asked at this moment."""
    found = get_object_or_404(Fund, slug=slug)
    response: HttpResponse
    if found.is_open and guarding.asks_proof(GivingSettings.current()):
        response = JsonResponse(challenges.make(found))
    else:
        response = HttpResponse(status=204)
    response["Cache-Control"] = "no-store"
    return response
