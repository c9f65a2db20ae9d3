"""The door that finds whom somebody calls, by their postal code: nothing of it is kept."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from plaidoyer.actions import reporting
from plaidoyer.actions.kinds.call.forms import CallForm, FindForm
from plaidoyer.actions.kinds.letter import letters, seats
from plaidoyer.actions.models import ActionForm
from plaidoyer.actions.views import personal, unavailable_when_down
from plaidoyer.civics.models import Post


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@personal
@unavailable_when_down
def numbers(request: HttpRequest, public_id: str) -> HttpResponse:
    """The page of the call with the numbers of whoever represents the supporter."""
    form = ActionForm.objects.filter(public_id=public_id, kind="call").first()
    if form is None:
        return render(request, "actions/unknown_form.html", status=404)
    page = reporting.page_of(form)
    if request.method != "POST" or not form.is_open:
        return redirect(page.get_url(request) if page else f"/{get_language()}/")
    find = FindForm(request.POST)
    found = posts(form, find) if find.is_valid() else []
    call = CallForm(form, callees=found, initial={"postal_code": find.data.get("postal_code", "")})
    context: dict[str, Any] = page.get_context(request) if page else {}
    context |= reporting.act_screen(form, page, call) | {"find": find}
    status = 200 if found else 422
    return render(request, "actions/action_page.html", context, status=status)


def posts(form: ActionForm, find: FindForm) -> list[Post]:
    """The seats for a postal code, or the one that was chosen where the code is not known.

    Where it lies in several areas all are given: one knows where one lives. Where none is found,
    the form asks to choose among all.
    """
    body = seats.legislature(letters.known_targets().filter(campaign=form.campaign_id))
    if body is None or body.organization is None:
        return []
    code = find.cleaned_data["postal_code"]
    if code and (lying := seats.found(code, body.organization)):
        return lying
    every = seats.every(body.organization)
    chosen = [seat for seat in every if str(seat.pk) == find.data.get("seat")]
    if not chosen:
        known = [("", "—"), *seats.listed(every)]
        find.fields["seat"].choices = known  # type: ignore[attr-defined]
        find["seat"].help_text = seats.hint(body.organization)
        find.add_error("seat" if code else "postal_code", refusal(code))
    return chosen


def refusal(code: str) -> str:
    """Why nobody was found."""
    if not code:
        return _("Write your postal code, or choose your member from the list.")
    return _("We do not know this postal code. Choose the member who represents you.")
