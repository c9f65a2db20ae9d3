"""The page on which the writer of a waiting letter says who represents them."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from plaidoyer.actions import messages
from plaidoyer.actions.kinds.letter import seats, waiting
from plaidoyer.actions.kinds.letter.models import SaidSeat
from plaidoyer.actions.models import Action
from plaidoyer.actions.views import SeeOther, holder_of, personal, unavailable_when_down
from plaidoyer.campaigns.models import Target
from plaidoyer.civics.models import Organization, Post


class SeatForm(forms.Form):
    """The member who represents the writer, from the whole list."""

    seat = forms.ChoiceField(
        label=_("Who represents you?"),
        error_messages={
            "required": _("Choose the member who represents you."),
            "invalid_choice": _("Choose the member who represents you."),
        },
    )

    def __init__(self, body: Organization, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.seats = seats.every(body)
        field = self.fields["seat"]
        field.choices = [("", "—"), *seats.listed(self.seats)]  # type: ignore[attr-defined]
        field.help_text = seats.hint(body)

    @property
    def post(self) -> Post:
        return next(one for one in self.seats if str(one.pk) == self.cleaned_data["seat"])


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@personal
@unavailable_when_down
def member(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """Asks who represents the writer of a waiting letter; only a POST says it."""
    action = holder_of(messages.CONFIRM, token)
    body = legislature(action) if action and waiting.waits(action) else None
    if action is None or body is None:
        return render(request, "actions/unknown_link.html", status=404)
    if SaidSeat.objects.filter(action=action).exists():
        return SeeOther(messages.confirmation_path(action))
    form = SeatForm(body, request.POST if request.method == "POST" else None)
    if form.is_valid():
        waiting.say(action, form.post)
        return SeeOther(messages.confirmation_path(action))
    status = 422 if form.is_bound else 200
    context = {"form": form, "action": action, "action_form": action.form}
    return render(request, "letter/member.html", context, status=status)


def legislature(action: Action) -> Organization | None:
    """The body to one of whose members the letter goes."""
    chosen = Target.objects.filter(pk__in=action.content.get("targets", []))
    target = seats.legislature(chosen.select_related("organization"))
    return target.organization if target else None
