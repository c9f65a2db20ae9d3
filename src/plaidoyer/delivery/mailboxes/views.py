"""Pages for the offices that get letters, and for those who look after their mail."""

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from plaidoyer.actions.views import personal, unavailable_when_down
from plaidoyer.delivery.mailboxes import offices
from plaidoyer.delivery.mailboxes.models import Wish
from plaidoyer.organisation.models import Organisation


class WishForm(forms.Form):
    """How letters shall reach a mailbox."""

    choice = forms.ChoiceField(
        label=_("How shall letters reach this mailbox?"),
        choices=Wish.Choice.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one of the three."),
            "invalid_choice": _("Choose one of the three."),
        },
    )


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@personal
@unavailable_when_down
def office(request: HttpRequest, token: str) -> HttpResponse:
    """Asks how letters shall reach a mailbox; what is chosen holds once the mailbox agreed."""
    mailbox = offices.of_token(token)
    if mailbox is None:
        return render(request, "delivery/mailboxes/unknown.html", status=404)
    form = WishForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "organisation": Organisation.current()}
    if form.is_valid():
        offices.ask(mailbox, form.cleaned_data["choice"], get_language() or "")
        return render(request, "delivery/mailboxes/asked.html", context)
    status = 422 if form.is_bound else 200
    return render(request, "delivery/mailboxes/office.html", context, status=status)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@personal
@unavailable_when_down
def agree(request: HttpRequest, token: str) -> HttpResponse:
    """One button, by the link that only the mailbox itself got."""
    wish = offices.wish_of(token)
    if wish is None:
        return render(request, "delivery/mailboxes/unknown.html", status=404)
    if request.method == "POST":
        offices.agree(wish)
        wish.refresh_from_db()
    context = {"wish": wish, "organisation": Organisation.current()}
    return render(request, "delivery/mailboxes/agree.html", context)


@require_safe
def relay(request: HttpRequest) -> HttpResponse:
    """What this relay is, for those who look after an office's mail. The same for everybody."""
    context = {
        "organisation": Organisation.current(),
        "courtesy": offices.promised(),
        "domain": settings.MAIL_DOMAIN,
    }
    return render(request, "delivery/mailboxes/relay.html", context)
