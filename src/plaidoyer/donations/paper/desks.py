"""Envelopes and quick records in the back office: few fields, one key, totals that run along."""

import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from plaidoyer.donations import funds, pledges
from plaidoyer.donations.forms import AmountField
from plaidoyer.donations.ledgers import booking
from plaidoyer.donations.models import (
    Batch,
    Channel,
    Donation,
    Frequency,
    Fund,
    Method,
    Payment,
)
from plaidoyer.donations.paper import batches
from plaidoyer.donations.screens import Changing, back
from plaidoyer.donations.words import currencies
from plaidoyer.lib import wording
from plaidoyer.lib.fields import (
    AddressField,
    FamilyNameField,
    GivenNameField,
    LineField,
    ParagraphsField,
)
from plaidoyer.lib.words import languages

DAY = {"type": "date"}


class DayField(forms.DateField):
    """A day that has come."""

    widget = forms.DateInput(attrs=DAY, format="%Y-%m-%d")

    def clean(self, value: Any) -> datetime.date | None:
        day = super().clean(value)
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        return day


class NamesForm(forms.Form):
    """Who gives, as far as it is known."""

    given_name = GivenNameField(required=False)
    family_name = FamilyNameField(required=False)
    email = AddressField(required=False)
    address = ParagraphsField(
        label=_("Postal address"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    WHO = ("given_name", "family_name", "email", "address")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        for name in self.WHO:
            # The browser knows who types, not who gives.
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def who(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.WHO}


class RecordForm(NamesForm):
    """A gift told by telephone or on a visit: what it is first, then whose."""

    amount = AmountField(label=_("Amount"), error_messages={"required": _("Write an amount.")})
    currency = forms.ChoiceField(label=_("Currency"), choices=currencies)
    frequency = forms.ChoiceField(label=_("How often"), choices=Frequency.choices)
    fund = forms.ModelChoiceField(label=_("Fund"), queryset=Fund.objects.none(), empty_label=None)
    channel = forms.ChoiceField(
        label=_("Came by"),
        choices=[(one.value, one.label) for one in (Channel.PHONE, Channel.VISIT, Channel.POST)],
    )
    method = forms.ChoiceField(
        label=_("How it is given"),
        choices=[(one.value, one.label) for one in Method if one != Method.CARD],
    )
    is_here = forms.BooleanField(label=_("The money is here"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=languages)
    phone = LineField(label=_("Telephone"), max_length=40, required=False)

    order = (
        *("amount", "currency", "frequency", "fund", "channel", "method", "is_here"),
        *("given_name", "family_name", "email", "phone", "address", "language"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(self.order)
        self.fields["fund"].queryset = funds.open_now()  # type: ignore[attr-defined]
        self.fields["amount"].widget.attrs["autofocus"] = True
        if self.is_bound:
            self.fields["amount"].currency = self.data.get("currency", "CAD")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        names = ("given_name", "family_name", "email", "phone")
        if not any(cleaned.get(name) for name in names):
            self.add_error("family_name", _("Write a name, an address or a telephone number."))
        return cleaned


class RecordScreen(Changing):
    """Records a pledge or a gift that somebody told us of. What is the same stays chosen."""

    template_name = "donations/desk/record.html"
    page_title = _("Record a gift")
    any_permission_required = ["add"]
    KEPT = ("fund", "channel", "method", "frequency", "currency", "language")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        known = {name: self.request.GET.get(name) for name in self.KEPT if name in self.request.GET}
        known.setdefault("language", get_language())
        lately = Donation.objects.filter(promised_by=self.request.user.pk).select_related("fund")
        return super().get_context_data(
            **{"form": RecordForm(initial=known), **kwargs}, lately=lately[:5]
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = RecordForm(request.POST)
        if not form.is_valid():
            return self.faulty(form)
        facts = dict(form.cleaned_data)
        is_here = facts.pop("is_here")
        donation = pledges.promise(tell=not is_here, promised_by=request.user, **facts)
        if is_here:
            booking.receive(
                donation, amount=donation.amount, paid_at=timezone.now(), by=request.user
            )
        words = gettext("%(donor)s: %(worth)s. Reference %(code)s.")
        told = {"donor": donation.donor, "worth": donation.worth, "code": donation.reference}
        messages.success(request, words % told)
        said = "&".join(f"{name}={request.POST.get(name, '')}" for name in self.KEPT)
        response = back(request, "gifts_record")
        response["Location"] += f"?{said}"
        return response


class BatchForm(forms.ModelForm):
    """A new batch: what it holds, and the total by hand where there is one."""

    expected = AmountField(label=_("Total by hand (optional)"), required=False)

    class Meta:
        model = Batch
        fields = ["method", "currency", "received_on", "expected"]
        field_classes = {"received_on": DayField}
        widgets = {"received_on": forms.DateInput(attrs=DAY, format="%Y-%m-%d")}


class BatchesScreen(Changing):
    """The batches of the last weeks, and a new one."""

    template_name = "donations/desk/batches.html"
    page_title = _("Envelopes")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lately = Batch.objects.select_related("opened_by")[:30]
        told = [{"batch": one, **batches.totals(one)} for one in lately]
        return super().get_context_data(
            **{"form": BatchForm(label_suffix=""), **kwargs}, batches=told
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = BatchForm(request.POST, label_suffix="")
        if not form.is_valid():
            return self.faulty(form)
        form.instance.opened_by = request.user
        return back(request, "gifts_batch", form.save().pk)


class EnvelopeForm(NamesForm):
    """One envelope: the reference on it, else the fund and whose it is."""

    amount = AmountField(label=_("Amount"), error_messages={"required": _("Write an amount.")})
    code = LineField(
        label=_("Reference"),
        max_length=20,
        required=False,
        help_text=_("Of a gift, or of the form. With a gift’s, nothing else is needed."),
    )
    fund = forms.ModelChoiceField(
        label=_("Fund"), queryset=Fund.objects.all(), required=False, empty_label="—"
    )

    def __init__(self, batch: Batch, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(("amount", "code", *self.WHO, "fund"))
        self.fields["amount"].currency = batch.currency  # type: ignore[attr-defined]
        self.fields["amount"].widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        said = cleaned.get("code")
        held = batches.holder(said) if said else None
        if said and held is None:
            self.add_error("code", _("No gift and no form has this reference. Look for a slip."))
        cleaned["donation"] = held if isinstance(held, Donation) else None
        if isinstance(held, Fund):
            cleaned["fund"] = held
        if not said and not cleaned.get("fund"):
            self.add_error("fund", _("Choose the fund, or write the reference of the form."))
        elif not cleaned["donation"] and not cleaned.get("family_name"):
            self.add_error("family_name", _("Write whose it is."))
        return cleaned


class BatchScreen(Changing):
    """A day's envelopes, one after the other, with their running total."""

    template_name = "donations/desk/batch.html"
    page_title = _("Envelopes of a day")
    above = [("gifts_batches", _("Envelopes"))]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.batch = get_object_or_404(Batch, pk=kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        batch, totals = self.batch, batches.totals(self.batch)
        rows = batch.payments.select_related("donation__fund").prefetch_related("reversals")
        expected = batch.expected
        return super().get_context_data(
            **{"form": EnvelopeForm(batch), **kwargs},
            batch=batch,
            rows=rows.order_by("-pk"),
            totals=totals,
            left=None if expected is None else expected - totals["sum"],
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        step = request.POST.get("step", "enter")
        if step == "close":
            return self.close(request)
        if step == "void":
            payment = get_object_or_404(
                Payment, pk=request.POST.get("payment") or 0, batch=self.batch
            )
            if not self.batch.closed_at and booking.left(payment):
                batches.take_out(payment, by=request.user)
            return back(request, "gifts_batch", self.batch.pk)
        return self.enter(request)

    def enter(self, request: HttpRequest) -> HttpResponse:
        form = EnvelopeForm(self.batch, request.POST)
        if not form.is_valid():
            return self.faulty(form)
        said = form.cleaned_data
        facts = (
            {} if said["donation"] else {"fund": said["fund"], "language": get_language() or "en"}
        )
        who = {} if said["donation"] else form.who()
        try:
            batches.enter(
                self.batch,
                amount=said["amount"],
                by=request.user,
                donation=said["donation"],
                **facts,
                **who,
            )
        except batches.ClosedError:
            messages.error(request, gettext("This batch is closed."))
        return back(request, "gifts_batch", self.batch.pk)

    def close(self, request: HttpRequest) -> HttpResponse:
        try:
            batches.close(self.batch)
        except batches.OutOfTotalError:
            sum_, language = batches.totals(self.batch)["sum"], get_language() or "en"
            words = gettext("The envelopes sum to %(sum)s, the total by hand is %(expected)s.")
            told = {
                "sum": wording.money(sum_, self.batch.currency, language),
                "expected": wording.money(self.batch.expected or 0, self.batch.currency, language),
            }
            messages.error(request, words % told)
        return back(request, "gifts_batch", self.batch.pk)


def routes() -> list[URLPattern]:
    return [
        path("giving/record/", RecordScreen.as_view(), name="gifts_record"),
        path("giving/envelopes/", BatchesScreen.as_view(), name="gifts_batches"),
        path("giving/envelopes/<int:pk>/", BatchScreen.as_view(), name="gifts_batch"),
    ]
