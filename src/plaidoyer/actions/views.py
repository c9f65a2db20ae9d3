"""The doors of an act: send, confirm, withdraw. What follows the first: afterwards.

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
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from plaidoyer.actions import confirmations, intake, messages, reporting, sharing
from plaidoyer.actions import personal as personal_links
from plaidoyer.actions.forms import ActForm
from plaidoyer.actions.guards import challenges, networks
from plaidoyer.actions.kinds import KINDS, Kind
from plaidoyer.actions.models import Action, ActionForm
from plaidoyer.lib import tokens
from plaidoyer.lib.fields import ParagraphsField
from plaidoyer.supporters.models import Supporter
from plaidoyer.supporters.privacy import ErasedError

View = Callable[..., HttpResponse]
LONGEST_WRITTEN = 20_000
RETRY_AFTER = "10"


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
            return unavailable(typed(request))

    return wrapped


def unavailable(typed: list[tuple[str, str]]) -> HttpResponse:
    """The honest 503, in the active language: nothing is kept, and nothing lost."""
    page = render_to_string("actions/unavailable.html", {"typed": typed})
    return HttpResponse(page, status=503, headers={"Retry-After": RETRY_AFTER})


def personal(view: View) -> View:
    """Keeps a page about one person out of caches, search engines and other sites' logs.

    Where that person had everything erased, it says so.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except ErasedError:
            response = render(request, "supporters/nothing_kept.html", status=410)
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
        context = reporting.after_screen(action_form) | {"written": written(kind.form, request)}
        return render(request, "actions/not_open.html", context, status=status)
    reader = personal_links.reader(request.POST["person"]) if "person" in request.POST else None
    if "person" in request.POST and reader is None:
        return stale(request, action_form)
    form = kind.form(action_form, personal_links.filled(request.POST, reader))
    step = next_step(kind, form)
    if step == "change":
        status = 200 if form.is_valid() else 422
        return act_page(request, action_form, form, status=status, reader=reader)
    if step == "preview":
        return preview(request, action_form, form, reader)
    take = personal_links.sign if reader else intake.append
    action = take(
        action_form,
        language=get_language() or "",
        network=networks.of(request.META),
        proof=challenges.kept(action_form, request.POST.get("proof", "")),
        **form.act(),
    )
    return SeeOther(messages.thanks_path(action, veiled=bool(reader)))


def next_step(kind: Kind, form: ActForm) -> str:
    """What comes of a form that was sent: "change" it, "preview" it first, or "send" it."""
    step = form.data.get("step") or ("preview" if kind.preview_template else "send")
    if step == "change" or not form.is_valid():
        return "change"
    return (
        "preview" if kind.preview_template and not (step == "send" and form.was_shown) else "send"
    )


@require_safe
@personal
def personal_page(request: HttpRequest, token: str, public_id: str) -> HttpResponse:
    """The form as the reader of our mail acts on it: nothing to type, and only a POST acts."""
    action_form = ActionForm.objects.filter(public_id=public_id).first()
    reader = personal_links.reader(token)
    if action_form is None or reader is None:
        return stale(request, action_form)
    kind = KINDS[action_form.kind]
    if kind.form is None or not action_form.is_open or not personal_links.may_act(reader):
        page = reporting.page_of(action_form)
        return redirect(page.get_url(request) if page else f"/{get_language()}/")
    form = kind.form(action_form, initial={"via": sharing.via(request.GET.get("via", ""))})
    return act_page(request, action_form, form, status=200, reader=reader)


def stale(request: HttpRequest, action_form: ActionForm | None) -> HttpResponse:
    """The personal link is nobody's any more; the form itself may still be open to all."""
    page = reporting.page_of(action_form) if action_form else None
    context = {"page": page, "campaign_page": reporting.campaign_page(page)}
    return render(request, "actions/stale_link.html", context, status=404)


def act_page(
    request: HttpRequest,
    action_form: ActionForm,
    form: ActForm,
    status: int,
    reader: Supporter | None = None,
) -> HttpResponse:
    """The very page the supporter came from, with what they typed; or the page of a `reader`."""
    page = reporting.page_of(action_form)
    context = page.get_context(request) if page else {}
    context |= reporting.act_screen(action_form, page, form)
    if reader:
        context |= reporting.reader_screen(action_form, reader)
    return render(request, "actions/action_page.html", context, status=status)


def preview(
    request: HttpRequest, action_form: ActionForm, form: ActForm, reader: Supporter | None = None
) -> HttpResponse:
    """What will leave, word for word; the page itself carries what was typed.

    A `reader` of our mail sees it under a veiled name: the letter has the whole one.
    """
    kind = KINDS[action_form.kind]
    columns = personal_links.veiled(form.act()) if reader else form.act()
    action = Action(form=action_form, language=get_language() or "", **columns)
    context = {
        "action_form": action_form,
        "kind": kind,
        "action": action,
        "act_url": request.path,
        "typed": form.carried(typed(request)),
        **kind.told(action),
    }
    return render(request, kind.preview_template, context)


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
    """The act that `token` opens for `purpose`.

    Raises ErasedError where its author had it erased.
    """
    try:
        uid = tokens.read(purpose, token)
    except tokens.BadTokenError:
        return None
    action = Action.objects.filter(uid=uid).select_related("form__campaign").first()
    if action and not action.email:
        raise ErasedError
    return action


def written(form: type[ActForm], request: HttpRequest) -> str:
    """What somebody wrote in sentences on a form that takes nothing: theirs to keep."""
    fields = form.base_fields.items()
    sentences = [name for name, field in fields if isinstance(field, ParagraphsField)]
    texts = (ParagraphsField.clean_text(request.POST.get(name, "")) for name in sentences)
    return "\n\n".join(filter(None, texts))[:LONGEST_WRITTEN]


def typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What was sent, field by field, to be sent again."""
    return [(name, value) for name, values in request.POST.lists() for value in values]
