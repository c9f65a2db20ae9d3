"""The doors of the public log: its files for programs, its page for people, one's own receipt."""

import inspect
import json
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from plaidoyer.actions import counting, messages, reporting
from plaidoyer.actions.kinds import KINDS
from plaidoyer.actions.ledger import keys, receipts, verify
from plaidoyer.actions.ledger.models import Checkpoint, Entry
from plaidoyer.actions.models import ActionForm
from plaidoyer.actions.views import holder_of, personal
from plaidoyer.lib import wording

# Entries in one file, which never changes once it is full.
BUNDLE = verify.BUNDLE
FOR_EVER, A_MOMENT, COUNT_SECONDS = 31_536_000, 60, 10
PUBLISHED = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def published(text: str, seconds: int) -> HttpResponse:
    """A file that anybody may keep, check and mirror."""
    response = HttpResponse(text, content_type="text/plain; charset=utf-8", headers=PUBLISHED)
    patch_cache_control(response, public=True, max_age=seconds, immutable=seconds == FOR_EVER)
    return response


def found(public_id: str) -> tuple[ActionForm, Checkpoint]:
    """A form and its last checkpoint. Raises Http404 where it has none."""
    last = Checkpoint.objects.filter(form__public_id=public_id).order_by("-size")
    checkpoint = last.select_related("form").first()
    if checkpoint is None:
        raise Http404(public_id)
    return checkpoint.form, checkpoint


@require_safe
def count(request: HttpRequest, public_id: str) -> HttpResponse:
    """How many count on the form, and since when that is so: a hundred bytes. Two queries."""
    form = ActionForm.objects.filter(public_id=public_id).first()
    if form is None or form.kind not in KINDS:
        raise Http404(public_id)
    counted = counting.confirmed([form])[form.pk]
    said = {"confirmed": counted.value, "counted_at": counted.counted_at}
    response = JsonResponse(said, headers=PUBLISHED)
    patch_cache_control(response, public=True, max_age=COUNT_SECONDS)
    return response


@require_safe
def checkpoint(request: HttpRequest, public_id: str) -> HttpResponse:
    return published(found(public_id)[1].note, A_MOMENT)


@require_safe
def checkpoints(request: HttpRequest, public_id: str) -> HttpResponse:
    """Every checkpoint ever signed, the oldest first, as JSON."""
    form, _last = found(public_id)
    every = form.checkpoints.order_by("size").values_list("note", flat=True)
    return published(json.dumps(list(every), ensure_ascii=False), A_MOMENT)


@require_safe
def entries(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """The entries from number * 1024 on, a line each, as far as they are under a checkpoint."""
    form, last = found(public_id)
    first, end = number * BUNDLE, min((number + 1) * BUNDLE, last.size)
    if first >= last.size:
        raise Http404(number)
    lines = Entry.objects.filter(form=form, index__gte=first, index__lt=end).order_by("index")
    is_full = end == first + BUNDLE
    text = "".join(f"{line}\n" for line in lines.values_list("line", flat=True))
    return published(text, FOR_EVER if is_full else A_MOMENT)


@require_safe
def key(request: HttpRequest) -> HttpResponse:
    return published(f"{keys.public()}\n", A_MOMENT)


@require_safe
def program(request: HttpRequest) -> HttpResponse:
    """The verifier itself: one file without dependencies."""
    return published(Path(inspect.getfile(verify)).read_text(), A_MOMENT)


@require_safe
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    """What the log proves and what not, and a verifier that runs in the browser."""
    form = ActionForm.objects.filter(public_id=public_id).select_related("campaign").first()
    if form is None:
        raise Http404(public_id)
    last = form.checkpoints.order_by("-size").first()
    page = reporting.page_of(form)
    context = {
        "page": page,
        "campaign_page": reporting.campaign_page(page),
        "action_form": form,
        "checkpoint": last,
        "signed_at": last and wording.moment(timezone.localtime(last.signed_at), get_language()),
        "key": keys.public(),
    }
    response = render(request, "actions/ledger/page.html", context)
    patch_cache_control(response, public=True, max_age=A_MOMENT)
    return response


@require_safe
@personal
def own(request: HttpRequest, token: str) -> HttpResponse:
    """The receipt of an act, for whoever holds its link; as a file with `?file`."""
    action = holder_of(messages.CONFIRM, token)
    if action is None:
        return render(request, "actions/unknown_link.html", status=404)
    said = receipts.receipt(action)
    if said and "file" in request.GET:
        name = f"receipt-{action.form.public_id}-{said['index']}.json"
        return JsonResponse(said, headers={"Content-Disposition": f'attachment; filename="{name}"'})
    context = {"action_form": action.form, "receipt": json.dumps(said, indent=2) if said else ""}
    return render(request, "actions/ledger/receipt.html", context)
