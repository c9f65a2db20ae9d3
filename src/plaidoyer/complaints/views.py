"""The public pages: to complain, to follow what becomes of it, and what became of all."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from plaidoyer.actions.views import SeeOther, personal, unavailable_when_down
from plaidoyer.complaints import filings, reporting
from plaidoyer.complaints.forms import AppealForm, ComplaintForm


@require_safe
@cache_control(public=True, max_age=600)
def index(request: HttpRequest) -> HttpResponse:
    """How many complaints there were, of what, and what became of them."""
    return render(request, "complaints/index.html", reporting.summary())


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@personal
@unavailable_when_down
def new(request: HttpRequest) -> HttpResponse:
    """Takes a complaint, and leads to the page that follows it."""
    if request.method != "POST":
        form = ComplaintForm(initial={"page": request.GET.get("page", "")[:300]}, label_suffix="")
        return render(request, "complaints/new.html", {"form": form})
    form = ComplaintForm(request.POST, label_suffix="")
    if not form.is_valid():
        return render(request, "complaints/new.html", {"form": form}, status=422)
    try:
        complaint = filings.file(**form.cleaned_data, language=get_language() or "")
    except filings.EnoughError as error:
        form.add_error(None, str(error))
        return render(request, "complaints/new.html", {"form": form}, status=429)
    return SeeOther(reverse("complaints:follow", args=[filings.token(complaint)]))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@personal
@unavailable_when_down
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """Where a complaint stands; a POST asks for a second decision."""
    complaint = filings.of_token(token)
    if complaint is None:
        return render(request, "complaints/unknown.html", status=404)
    may_appeal = filings.may_appeal(complaint)
    form = AppealForm(
        request.POST if request.method == "POST" and may_appeal else None, label_suffix=""
    )
    if form.is_valid():
        filings.appeal(complaint, form.cleaned_data["text"])
        return SeeOther(request.path)
    context = {"complaint": complaint, "form": form if may_appeal else None}
    status = 422 if form.is_bound else 200
    return render(request, "complaints/follow.html", context, status=status)
