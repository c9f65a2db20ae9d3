"""The whole board of a drive, searched and filtered by plain links that a cache may keep."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from plaidoyer.actions import reporting
from plaidoyer.actions.kinds.vote_drive import board
from plaidoyer.actions.models import ActionForm
from plaidoyer.lib import typed


@require_safe
def members(request: HttpRequest, public_id: str) -> HttpResponse:
    """Every member, or those that a search and a standing keep."""
    drive = ActionForm.objects.filter(public_id=public_id, kind="vote_drive").first()
    if drive is None:
        return render(request, "actions/unknown_form.html", status=404)
    words, stands = typed.line(request.GET.get("q", ""))[:100], request.GET.get("stands", "")
    stands = stands if stands in board.LABELS else ""
    facts = dict(board.shown(drive))
    rows = facts.pop("rows", [])
    page = reporting.page_of(drive)
    context = {
        **facts,
        "action_form": drive,
        "page": page,
        "campaign_page": reporting.campaign_page(page),
        "rows_shown": board.kept(rows, words, stands),
        "members": len(rows),
        "words": words,
        "stands": stands,
        "labels": board.LABELS,
    }
    response = render(request, "vote_drive/members.html", context)
    patch_cache_control(response, public=True, max_age=10)
    return response
