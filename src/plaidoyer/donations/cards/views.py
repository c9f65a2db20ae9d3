"""The doors of cards: the provider's webhook, and a donor's page of a monthly gift."""

from typing import Any

from django import forms
from django.conf import settings as config
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from plaidoyer.actions.views import SeeOther, personal, unavailable_when_down
from plaidoyer.donations import forms as gift_forms
from plaidoyer.donations import messages
from plaidoyer.donations.cards import offering, recurring, webhooks
from plaidoyer.donations.cards.provider import ProviderError
from plaidoyer.donations.models import DonationMail, RecurringGift, RecurringStep
from plaidoyer.donations.settings import GivingSettings
from plaidoyer.lib import money, tokens
from plaidoyer.lib.fields import AddressField
from plaidoyer.vault import marks

LONGEST_WORD = 512 * 1024
MINUTES = 600
MAILS_A_DAY = 3


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """Hears the provider; 200 once it is kept, whatever follows from it."""
    if not offering.has_keys():
        return HttpResponse("Cards are not taken here.", status=403)
    if int(request.headers.get("Content-Length") or 0) > LONGEST_WORD:
        return HttpResponse(status=413)
    try:
        webhooks.hear(request.body, request.headers.get("Stripe-Signature", ""))
    except webhooks.ForgedError:
        return HttpResponse("Not signed by the provider for this site.", status=400)
    except webhooks.UnreadableError:
        return HttpResponse("It has not the shape that its kind has.", status=422)
    return HttpResponse("Kept.")


class AmountForm(forms.Form):
    """A monthly gift's new amount."""

    amount = gift_forms.AmountField(
        label=_("Amount each month"), error_messages={"required": _("Write an amount.")}
    )

    def __init__(self, gift: RecurringGift, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.currency = gift.donation.currency
        self.fields["amount"].currency = self.currency  # type: ignore[attr-defined]

    def clean_amount(self) -> int:
        amount = self.cleaned_data["amount"]
        unit = 10 ** money.digits(self.currency)
        smallest = GivingSettings.current().smallest
        if not smallest * unit <= amount <= gift_forms.LARGEST * unit:
            raise forms.ValidationError(
                _("Write an amount between %(least)d and %(most)d.")
                % {"least": smallest, "most": gift_forms.LARGEST}
            )
        return amount


class LinkForm(forms.Form):
    """Where the link to a monthly gift is mailed."""

    email = AddressField()


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@unavailable_when_down
def ask_link(request: HttpRequest) -> HttpResponse:
    """Mails the link to a monthly gift; answers the same whether we know the address or not."""
    form = LinkForm(request.POST or None, label_suffix="")
    if form.is_valid():
        mail_links(form.cleaned_data["email"])
        return SeeOther(f"{reverse('donations:ask_link')}?sent")
    status = 422 if form.is_bound else 200
    context = {"form": form, "is_sent": "sent" in request.GET}
    response = render(request, "donations/ask_link.html", context, status=status)
    response["Cache-Control"] = "no-store" if form.is_bound else f"public, max-age={MINUTES}"
    return response


def mail_links(email: str) -> None:
    """Queues the link of each monthly gift of that address, a few a day at most."""
    theirs = RecurringGift.objects.filter(
        donation__mark=marks.address(email), donation__emptied_at=None
    )
    for gift in theirs.select_related("donation")[:5]:
        sent = gift.donation.mails.filter(kind=DonationMail.Kind.MANAGE)
        if sent.filter(envelope__queued_at__date=messages.today()).count() < MAILS_A_DAY:
            messages.queue(DonationMail.Kind.MANAGE, gift.donation)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@personal
@unavailable_when_down
def manage(request: HttpRequest, token: str) -> HttpResponse:
    """Shows a monthly gift to its donor; a POST changes, pauses, resumes or stops it."""
    gift = gift_of(token)
    if gift is None:
        return render(request, "donations/unknown.html", status=404)
    form, status, problem = AmountForm(gift), 200, ""
    step = request.POST.get("step", "")
    if request.method == "POST":
        form = AmountForm(gift, request.POST if step == "amount" else None)
        if step != "amount" or form.is_valid():
            try:
                return SeeOther(do(request, gift, form, step))
            except ProviderError:
                problem, status = "unreachable", 503
        else:
            status = 422
    context = screen(gift, form) | {"problem": problem, "done": request.GET.get("done", "")}
    return render(request, "donations/manage.html", context, status=status)


def gift_of(token: str) -> RecurringGift | None:
    """The monthly gift that a mailed link opens."""
    try:
        uid = tokens.read(messages.MANAGE, token)
    except tokens.BadTokenError:
        return None
    gifts = RecurringGift.objects.filter(donation__uid=uid, donation__emptied_at=None)
    return gifts.select_related("donation__fund").first()


def do(request: HttpRequest, gift: RecurringGift, form: AmountForm, step: str) -> str:
    """Asks the provider for what the donor wants; where they go then. Raises ProviderError."""
    if step == "card":
        return recurring.card_page(gift, config.BASE_URL + request.path)
    if step == "amount":
        recurring.change(gift, form.cleaned_data["amount"])
    elif step in {"pause", "resume", "stop"}:
        getattr(recurring, step)(gift)
    return f"{request.path}?done={step}"


def screen(gift: RecurringGift, form: AmountForm) -> dict[str, Any]:
    """A monthly gift as it stands, by the provider's last word."""
    last, donation = gift.last, gift.donation
    return {
        "gift": gift,
        "donation": donation,
        "fund": donation.fund,
        "amount": last.amount if last else donation.amount,
        "state": last.state if last else RecurringStep.State.ACTIVE,
        "state_words": last.get_state_display() if last else "",
        "payments": donation.payments.all()[:24],
        "form": form,
        "can_change": offering.has_keys(),
        "language": get_language(),
    }
