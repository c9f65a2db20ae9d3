"""The doors of an act: send, confirm, withdraw.

None of them asks for a CSRF token: it protects what a cookie allows, and no cookie allows anything
here. Whoever can send an act may send it from anywhere; a confirmation or a withdrawal is
allowed by the secret in its own address. So pages need no session and can be cached.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from plaidoyer.actions import confirmations, intake, messages, reporting
from plaidoyer.actions.forms import ActForm
from plaidoyer.actions.kinds import KINDS
from plaidoyer.actions.models import Action, ActionForm
from plaidoyer.lib import tokens

View = Callable[..., HttpResponse]


class SeeOther(HttpResponseRedirect):
    """303: what was asked is done, and is shown there."""

    status_code = 303


def unavailable_when_down(view: View) -> View:
    """Answers 503 with what was typed, ready to send again, while the database is away."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (OperationalError, InterfaceError):
            context = {"typed": typed(request)}
            response = HttpResponse(
                render_to_string("actions/unavailable.html", context), status=503
            )
            response["Retry-After"] = "10"
            return response

    return wrapped


def personal(view: View) -> View:
    """Keeps a page about one person out of caches, search engines and other sites' logs."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        patch_cache_control(response, private=True, no_store=True)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    return wrapped


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@personal
@unavailable_when_down
def act(request: HttpRequest, public_id: str) -> HttpResponse:
    """Takes an act in. At most three queries, one of them a write, when it is sent rightly."""
    action_form = ActionForm.objects.filter(public_id=public_id).first()
    if action_form is None:
        return render(request, "actions/unknown_form.html", status=404)
    kind = KINDS[action_form.kind]
    if request.method != "POST" or kind.form is None:
        page = reporting.page_of(action_form)
        return redirect(page.get_url(request) if page else f"/{get_language()}/")
    if not action_form.is_open:
        status = 410 if action_form.is_over else 403
        context = reporting.after_screen(action_form)
        return render(request, "actions/not_open.html", context, status=status)
    form = kind.form(action_form, request.POST)
    step = request.POST.get("step") or ("preview" if kind.preview_template else "send")
    if step == "change" or not form.is_valid():
        return act_page(request, action_form, form, status=200 if form.is_valid() else 422)
    if kind.preview_template and step != "send":
        return preview(request, action_form, form)
    intake.append(action_form, language=get_language() or "", **form.act())
    return SeeOther(reverse("actions:thanks", args=[public_id]))


def act_page(
    request: HttpRequest, action_form: ActionForm, form: ActForm, status: int
) -> HttpResponse:
    """The very page the supporter came from, with what they typed."""
    page = reporting.page_of(action_form)
    context = page.get_context(request) if page else {}
    context |= reporting.act_screen(action_form, page, form)
    return render(request, "actions/action_page.html", context, status=status)


def preview(request: HttpRequest, action_form: ActionForm, form: ActForm) -> HttpResponse:
    """What will leave, word for word; the page itself carries what was typed."""
    kind = KINDS[action_form.kind]
    action = Action(form=action_form, language=get_language() or "", **form.act())
    context = {
        "action_form": action_form,
        "kind": kind,
        "action": action,
        "act_url": request.path,
        "typed": [(name, value) for name, value in typed(request) if name != "step"],
        **kind.told(action),
    }
    return render(request, kind.preview_template, context)


@require_safe
def thanks(request: HttpRequest, public_id: str) -> HttpResponse:
    """The thank-you, the same for everybody: what happens next is in the mail."""
    action_form = ActionForm.objects.filter(public_id=public_id).first()
    if action_form is None:
        return render(request, "actions/unknown_form.html", status=404)
    response = render(request, "actions/thanks.html", reporting.after_screen(action_form))
    patch_cache_control(response, public=True, max_age=10)
    return response


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@personal
@unavailable_when_down
def confirmation(request: HttpRequest, token: str) -> HttpResponse:
    """Shows where the act stands; only a POST confirms it."""
    action = holder_of(messages.CONFIRM, token)
    if action is None:
        return render(request, "actions/unknown_link.html", status=404)
    if request.method == "POST":
        confirmations.confirm(action)
        return SeeOther(request.path)
    return render(request, "actions/confirmation.html", reporting.confirmation_screen(action))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@personal
@unavailable_when_down
def withdrawal(request: HttpRequest, token: str) -> HttpResponse:
    """Shows where the act stands; only a POST takes it back."""
    action = holder_of(messages.WITHDRAW, token)
    if action is None:
        return render(request, "actions/unknown_link.html", status=404)
    if request.method == "POST":
        confirmations.withdraw(action)
        return SeeOther(request.path)
    return render(request, "actions/withdrawal.html", reporting.confirmation_screen(action))


def holder_of(purpose: str, token: str) -> Action | None:
    """The act that `token` opens for `purpose`."""
    try:
        uid = tokens.read(purpose, token)
    except tokens.BadTokenError:
        return None
    return Action.objects.filter(uid=uid).select_related("form__campaign").first()


def typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What was sent, field by field, to be sent again."""
    return [(name, value) for name, values in request.POST.lists() for value in values]
