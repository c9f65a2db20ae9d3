"""What organisers do with letters: find out to whom one goes; see how many are in own words."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages
from wagtail.admin.auth import permission_required

from plaidoyer.actions.kinds.letter import seats
from plaidoyer.civics.models import Post
from plaidoyer.delivery import placements, reporting
from plaidoyer.delivery.models import Letter


class PlaceForm(forms.Form):
    """The member who represents the writer."""

    seat = forms.ChoiceField(
        label=gettext_lazy("Who represents them?"),
        error_messages={
            "required": gettext_lazy("Choose one of the list."),
            "invalid_choice": gettext_lazy("Choose one of the list."),
        },
    )

    def __init__(self, members: list[Post], data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        listed = [(str(post.pk), seats.described(post)) for post in members]
        choices = [("", "—"), *sorted(listed, key=lambda choice: choice[1].casefold())]
        self.fields["seat"].choices = choices  # type: ignore[attr-defined]


@permission_required("delivery.change_letter")
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks to which member a waiting letter goes, and sends it there."""
    waiting = Letter.objects.unplaced().select_related("action", "target__organization")
    letter = get_object_or_404(waiting, pk=pk)
    members = seats.every(letter.target.organization)  # type: ignore[arg-type]
    form = PlaceForm(members, request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            chosen = int(form.cleaned_data["seat"])
            placements.place(letter, next(post for post in members if post.pk == chosen))
        except ValidationError as error:
            form.add_error("seat", error)
        else:
            messages.success(request, _("The letter goes to its reader."))
            return redirect("letters:index")
    return render(request, "delivery/admin/place.html", {"letter": letter, "form": form})


@permission_required("delivery.view_letter")
@require_safe
def own_words(request: HttpRequest) -> HttpResponse:
    """How many letters of each form have words of their writers, and how much of them."""
    return render(request, "delivery/admin/own_words.html", {"rows": reporting.own_words()})
