"""What a donor fills in."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from plaidoyer.actions import sharing
from plaidoyer.campaigns.models import Campaign
from plaidoyer.donations.models import Fund, Offer
from plaidoyer.donations.settings import GivingSettings
from plaidoyer.donations.ways import Way
from plaidoyer.donations.words import Frequency, Method
from plaidoyer.lib import money, wording
from plaidoyer.lib.fields import (
    AddressField,
    FamilyNameField,
    GivenNameField,
    LineField,
    ParagraphsField,
)

# Larger gifts are a conversation, not a form. In whole units.
LARGEST = 100_000
OTHER = "other"


class AmountField(forms.CharField):
    """An amount of money as people type it, in minor units of `currency`."""

    currency = "CAD"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=30, **kwargs)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self, value: Any) -> int | None:
        typed = super().clean(value)
        if not typed:
            return None
        try:
            return money.read(typed, self.currency)
        except money.BadAmountError:
            raise forms.ValidationError(
                _("Write an amount, such as 40 or 12.50."), code="invalid"
            ) from None


class GiftForm(forms.Form):
    """A gift from the page of a fund: how often, how much, how, who."""

    frequency = forms.ChoiceField(
        label=_("How often?"), choices=Frequency.choices, widget=forms.RadioSelect
    )
    amount_once = forms.ChoiceField(label=_("How much?"), required=False, widget=forms.RadioSelect)
    amount_monthly = forms.ChoiceField(
        label=_("How much each month?"), required=False, widget=forms.RadioSelect
    )
    other = AmountField(label=_("Another amount"), required=False)
    method = forms.ChoiceField(
        label=_("How would you like to give?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose how you would like to give."),
            "invalid_choice": _("This way to give is not open at the moment. Choose another."),
        },
    )
    given_name = GivenNameField()
    family_name = FamilyNameField()
    email = AddressField(help_text=_("For your receipt. It puts you on no list."))
    address = ParagraphsField(
        label=_("Postal address (optional)"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )
    currency = forms.CharField(widget=forms.HiddenInput)
    via = LineField(required=False, widget=forms.HiddenInput)
    campaign = LineField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        fund: Fund,
        offer: Offer,
        ways: list[Way],
        settings: GivingSettings,
        data: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        self.fund, self.offer, self.settings = fund, offer, settings
        self.set_choices("amount_once", offer.amounts(Frequency.ONCE))
        self.set_choices("amount_monthly", offer.amounts(Frequency.MONTHLY))
        self.set_choices_of_ways(ways)
        self.fields["other"].currency = offer.currency  # type: ignore[attr-defined]
        self.initial["currency"], self.initial["frequency"] = offer.currency, Frequency.ONCE
        if settings.tax_receipts:
            self.fields["address"].help_text = _("Needed for an official receipt for income tax.")

    def set_choices(self, name: str, amounts: list[int]) -> None:
        """Offers the amounts, the second of them chosen, and another one."""
        language, currency = get_language() or "en", self.offer.currency
        told = [(str(one), wording.money(one, currency, language)) for one in amounts]
        self.fields[name].choices = [*told, (OTHER, _("Another amount"))]  # type: ignore[attr-defined]
        self.initial[name] = str(amounts[min(1, len(amounts) - 1)])

    def set_choices_of_ways(self, ways: list[Way]) -> None:
        field = self.fields["method"]
        field.choices = [(way.method.value, way.label) for way in ways]  # type: ignore[attr-defined]
        if ways:
            self.initial["method"] = ways[0].method.value

    @property
    def amount_groups(self) -> list[dict[str, Any]]:
        """The amounts to choose from, for each frequency; the page shows those of the chosen."""
        return [{"frequency": one.value, "field": self[f"amount_{one.value}"]} for one in Frequency]

    def clean_currency(self) -> str:
        if self.cleaned_data["currency"] != self.offer.currency:
            raise forms.ValidationError(_("This currency is not offered here."))
        return self.offer.currency

    def clean_via(self) -> str:
        return sharing.via(self.cleaned_data["via"])

    def clean_campaign(self) -> Campaign | None:
        slug = self.cleaned_data["campaign"]
        return Campaign.objects.filter(slug=slug).first() if slug else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "other" not in self.errors and cleaned.get("frequency"):
            cleaned["amount"] = self.amount(cleaned)
        return cleaned

    def amount(self, cleaned: dict[str, Any]) -> int | None:
        """What was typed, else what was chosen; a fault is told beside the field to type in."""
        field = f"amount_{cleaned['frequency']}"
        chosen = cleaned.get(field) or ""
        amount = cleaned.get("other") or (int(chosen) if chosen.isdigit() else None)
        if field in self.errors:
            return None
        unit = 10 ** money.digits(self.offer.currency)
        least, most = self.settings.smallest * unit, LARGEST * unit
        language = get_language() or "en"
        if not amount:
            self.add_error("other", _("Choose an amount, or write another one."))
        elif amount < least:
            told = wording.money(least, self.offer.currency, language)
            self.add_error("other", _("The smallest gift is %(amount)s.") % {"amount": told})
        elif amount > most:
            told = wording.money(most, self.offer.currency, language)
            sentence = _("The largest gift by this form is %(amount)s. Please write to us.")
            self.add_error("other", sentence % {"amount": told})
        return amount

    def gift(self) -> dict[str, Any]:
        """The columns of the donation, once the form is valid."""
        names = (
            *("amount", "currency", "frequency", "method", "given_name", "family_name"),
            *("email", "address", "via", "campaign"),
        )
        return {"fund": self.fund} | {name: self.cleaned_data[name] for name in names}

    @property
    def may_be_monthly(self) -> int | None:
        """Which monthly amount may be asked about after a gift once; None where it may not.

        The largest suggested one of which four are not more than the gift.
        """
        cleaned = self.cleaned_data
        asks = self.settings.asks_monthly and cleaned["frequency"] == Frequency.ONCE
        if not asks or cleaned["method"] != Method.CARD or "asked" in self.data:
            return None
        fitting = [
            one for one in self.offer.amounts(Frequency.MONTHLY) if one * 4 <= cleaned["amount"]
        ]
        return max(fitting, default=None)
