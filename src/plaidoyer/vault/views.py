"""What a list of the back office is asked by."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from plaidoyer.vault import marks


@never_cache
@require_POST
def mark(request: HttpRequest) -> JsonResponse:
    """The mark of a mail address, which comes in the body: pages are asked for by it alone."""
    return JsonResponse({"mark": marks.address(request.POST.get("address", "").strip()[:254])})
