from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from plaidoyer.evidence import links
from plaidoyer.evidence.models import Reading

seen_by_organisers = permission_required("evidence.view_reading", raise_exception=True)


@require_safe
@seen_by_organisers
def copy(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Our copy of what a link said, as a file: it must never run as a page of this site."""
    reading = get_object_or_404(Reading, uid=uid)
    if not reading.content:
        raise Http404(uid)
    name = f"{reading.publisher or 'copy'}-{reading.read_at:%Y-%m-%d}"
    ending = {"text/html": ".html", "application/pdf": ".pdf"}.get(reading.content_type, "")
    return HttpResponse(
        bytes(reading.content),
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": content_disposition_header(True, name + ending) or "attachment",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


@require_safe
@seen_by_organisers
def dead(request: HttpRequest) -> HttpResponse:
    """The links of our evidence that no longer answer, and what they prove."""
    found = links.dead()
    rows = [
        {"proof": row, "link": found[row.url]}
        for proof in links.proofs()
        for row in proof.objects.filter(url__in=found).order_by("-published_on")
    ]
    return render(request, "evidence/dead.html", {"rows": rows})
