"""The door at which a browser gets its riddle; the back office's doors are in desks."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from plaidoyer.actions.guards import challenges
from plaidoyer.actions.models import ActionForm


@require_safe
def challenge(request: HttpRequest, public_id: str) -> HttpResponse:
    """A riddle for one act on the form, as JSON; 204 when none is asked at this moment."""
    form = ActionForm.objects.filter(public_id=public_id).first()
    response: HttpResponse
    if form is None:
        response = HttpResponse(status=404)
    elif not form.is_open or not challenges.asked(form):
        response = HttpResponse(status=204)
    else:
        response = JsonResponse(challenges.make(form))
    response["Cache-Control"] = "no-store"
    return response
