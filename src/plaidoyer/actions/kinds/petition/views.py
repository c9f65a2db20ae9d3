from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from plaidoyer.actions import reporting
from plaidoyer.actions.kinds.petition import comments
from plaidoyer.actions.models import ActionForm

PER_PAGE = 30


@require_safe
def all_comments(request: HttpRequest, public_id: str) -> HttpResponse:
    """Every accepted comment, page by page."""
    form = get_object_or_404(ActionForm, public_id=public_id, kind="petition")
    if not form.options.get("comments"):
        raise Http404(public_id)
    page = Paginator(comments.accepted(form), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "action_form": form,
        "page": reporting.page_of(form),
        "comments": comments.signed(page.object_list, form),
        "sheet": page,
    }
    response = render(request, "petition/comments.html", context)
    patch_cache_control(response, public=True, max_age=20)
    return response
