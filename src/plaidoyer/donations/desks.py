"""Gifts in the back office: the overview, one gift, receipts."""

import datetime
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from plaidoyer.donations.cards import offering, refunding
from plaidoyer.donations.forms import AmountField
from plaidoyer.donations.ledgers import booking
from plaidoyer.donations.models import (
    CardPause,
    Donation,
    Method,
    Payment,
    Receipt,
    Reconciliation,
    Reversal,
)
from plaidoyer.donations.receipts import issuing
from plaidoyer.donations.screens import Changing, Screen, back
from plaidoyer.donations.settings import GivingSettings
from plaidoyer.donations.statistics import figures
from plaidoyer.lib import money, wording

TITLES = {
    "method": _("By method"),
    "fund": _("By fund"),
    "campaign": _("By campaign"),
    "channel": _("By the way it came"),
    "source": _("By source"),
}


class OverviewScreen(Screen):
    """What was given, in twelve months: drawn, and as tables; what asks for somebody's eyes."""

    template_name = "donations/desk/overview.html"
    page_title = _("Giving")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        used = figures.currencies_used()
        currency = self.request.GET.get("currency", "")
        currency = currency if currency in used else used[0]
        since, until = figures.since_month(), timezone.now()
        postings = figures.gifts(since, until, currency)
        months, tables = figures.by_month(postings), figures.tables(postings)
        return super().get_context_data(
            **kwargs,
            currency=currency,
            currencies=used,
            months=bars(months),
            total=sum(amount for _month, amount in months),
            tables=[
                {"title": TITLES[name], "rows": rows, "largest": figures.largest(rows)}
                for name, rows in tables.items()
                if rows
            ],
            donors=figures.new_and_returning(since, until, currency),
            monthly=figures.monthly(),
            cohorts=figures.retention(),
            promised=figures.promised_unpaid(),
            pause=CardPause.objects.filter(ended_at=None).first(),
            reconciliation=Reconciliation.objects.first(),
            has_keys=offering.has_keys(),
            counted_at=until,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ends the pause of the card form, or begins one."""
        if not self.user_has_permission("change"):
            return self.handle_no_permission()
        if request.POST.get("step") == "pause":
            because = gettext("paused by %(name)s") % {"name": request.user}
            CardPause.objects.get_or_create(ended_at=None, defaults={"because": because[:200]})
        else:
            CardPause.objects.filter(ended_at=None).update(
                ended_at=timezone.now(), ended_by=request.user
            )
        return back(request, "gifts_overview")


# Of a bar, in the units of the drawing.
TALLEST = 40


def bars(months: list[tuple[datetime.date, int]]) -> list[dict[str, Any]]:
    """The months with the place and height of each one's bar."""
    most = max((amount for _month, amount in months), default=0) or 1
    names = wording.month_names(get_language() or "en")
    return [
        {
            "month": f"{names[month.month - 1]} {month.year}",
            "short": date_format(month, "M"),
            "amount": amount,
            "height": max(0, round(amount * TALLEST / most, 1)),
            "x": place * 10,
            "y": TALLEST - max(0, round(amount * TALLEST / most, 1)),
        }
        for place, (month, amount) in enumerate(months)
    ]


class BackForm(forms.Form):
    """How much of a payment goes back, and why."""

    kind = forms.ChoiceField(
        label=_("What happened"),
        choices=[
            (Reversal.Kind.REFUND, _("We give it back")),
            (Reversal.Kind.VOID, _("It was recorded by mistake")),
            (Reversal.Kind.BOUNCED, _("The cheque was not honoured")),
        ],
    )
    amount = AmountField(label=_("Amount"), error_messages={"required": _("Write an amount.")})
    reason = forms.CharField(
        label=_("Reason"), max_length=300, error_messages={"required": _("Write why.")}
    )

    def __init__(self, payment: Payment, *args: Any, **kwargs: Any) -> None:
        left = money.plain(booking.left(payment), payment.currency)
        kwargs.setdefault("initial", {"amount": left})
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.payment = payment
        self.fields["amount"].currency = payment.currency  # type: ignore[attr-defined]
        if payment.method == Method.CARD:
            del self.fields["kind"]

    def clean_amount(self) -> int:
        amount = self.cleaned_data["amount"]
        if not 0 < amount <= booking.left(self.payment):
            raise forms.ValidationError(_("No more can go back than is left."))
        return amount


class GiftScreen(Screen):
    """One gift: who, what for, what came of it; and the way to give money back."""

    template_name = "donations/desk/gift.html"
    page_title = _("Gift")
    above = [("gifts:index", _("Gifts"))]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        gifts = Donation.objects.select_related("fund", "campaign", "promised_by")
        self.donation = get_object_or_404(gifts, pk=kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        payments = self.donation.payments.prefetch_related(
            "reversals", "receipt_lines__receipt", "refund_requests"
        )
        may = self.user_has_permission("change")
        faulty = kwargs.pop("form", None)
        told = []
        for payment in payments:
            left = booking.left(payment)
            form = faulty if faulty and faulty.payment == payment else None
            told.append(
                {
                    "payment": payment,
                    "left": left,
                    "form": (form or BackForm(payment)) if may and left else None,
                    "is_open": form is not None,
                }
            )
        return super().get_context_data(
            **kwargs,
            gift=self.donation,
            payments=told,
            mails=self.donation.mails.select_related("envelope"),
            recurring=getattr(self.donation, "recurring", None),
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.user_has_permission("change"):
            return self.handle_no_permission()
        payment = get_object_or_404(self.donation.payments, pk=request.POST.get("payment") or 0)
        form = BackForm(payment, request.POST)
        if not form.is_valid():
            return self.faulty(form)
        try:
            self.give_back(payment, form.cleaned_data)
        except booking.TooMuchError:
            messages.error(request, gettext("No more can go back than is left."))
        return back(request, "gift", self.donation.pk)

    def give_back(self, payment: Payment, said: dict[str, Any]) -> None:
        if payment.method == Method.CARD:
            refunding.ask(
                payment, amount=said["amount"], reason=said["reason"], by=self.request.user
            )
            messages.success(self.request, gettext("The card provider is asked within a minute."))
            return
        booking.give_back(
            payment,
            kind=said["kind"],
            amount=said["amount"],
            reason=said["reason"],
            by=self.request.user,
        )
        messages.success(self.request, gettext("It is booked. Its receipt is made anew."))


class YearForm(forms.Form):
    """Of which year everybody gets one receipt."""

    year = forms.TypedChoiceField(label=_("Year"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        this = timezone.localdate().year
        self.fields["year"].choices = [(one, str(one)) for one in range(this - 1, this - 8, -1)]  # type: ignore[attr-defined]


class AnnualScreen(Changing):
    """Issues one receipt for all of a year to each donor."""

    template_name = "donations/desk/annual.html"
    page_title = _("Receipts of a year")
    above = [("receipts:index", _("Receipts"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        settings = GivingSettings.current()
        return super().get_context_data(**{"form": YearForm(), **kwargs}, giving=settings)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = YearForm(request.POST)
        if not form.is_valid():
            return self.faulty(form)
        issued, without = issuing.issue_annual(form.cleaned_data["year"])
        return self.render_to_response(
            self.get_context_data(form=form, issued=issued, without=without, is_done=True)
        )


def receipt_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """A receipt as it left."""
    if not request.user.has_perm("donations.view_donation"):
        raise Http404
    receipt = get_object_or_404(Receipt, pk=pk)
    if not receipt.pdf:
        raise Http404
    response = HttpResponse(bytes(receipt.pdf), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{receipt.label}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def routes() -> list[URLPattern]:
    return [
        path("giving/", OverviewScreen.as_view(), name="gifts_overview"),
        path("giving/gifts/<int:pk>/", GiftScreen.as_view(), name="gift"),
        path("giving/annual/", AnnualScreen.as_view(), name="receipts_annual"),
        path("giving/receipts/<int:pk>.pdf", receipt_pdf, name="receipt_pdf"),
    ]
