"""The back office's screen of what became of a mailing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from wagtail.admin.auth import permission_required

from plaidoyer.newsletters.models import Mailing
from plaidoyer.newsletters.results import figures
from plaidoyer.newsletters.screens import frame


@permission_required("newsletters.view_mailing")
@never_cache
@require_safe
def results(request: HttpRequest, pk: int) -> HttpResponse:
    """The figures of a mailing, drawn and as tables."""
    mailing = get_object_or_404(Mailing, pk=pk)
    context = {"figures": figures.of(mailing, request.user)} | frame(
        _("Results"), mailing, "results"
    )
    return render(request, "newsletters/desk/results.html", context)
