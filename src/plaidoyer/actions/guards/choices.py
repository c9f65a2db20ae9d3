"""Which acts an organiser means, said as filters that are kept with the hold."""

import datetime
from itertools import islice
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateTimeInput

from plaidoyer.actions.guards.models import DOMAIN
from plaidoyer.actions.models import Action, ActionForm


class ChoiceForm(forms.Form):
    """Acts of one form, by any of: when, from where, by which way, with which words."""

    form = forms.ModelChoiceField(
        ActionForm.objects.all(),
        label=_("Form"),
        error_messages={"required": _("Choose the form that the acts are on.")},
    )
    since = forms.DateTimeField(label=_("Sent from"), required=False, widget=AdminDateTimeInput)
    until = forms.DateTimeField(label=_("Sent until"), required=False, widget=AdminDateTimeInput)
    domain = forms.CharField(
        label=_("Mail domain"),
        required=False,
        max_length=253,
        validators=[DOMAIN],
        help_text=_("What stands after the @, such as example.org."),
    )
    network = forms.RegexField(
        r"^[0-9a-f]{4,24}$",
        label=_("Network"),
        required=False,
        help_text=_("The label that “Vigilance” shows; known for 48 hours."),
        error_messages={"invalid": _("A label is made of digits and the letters a to f.")},
    )
    via = forms.CharField(label=_("Came by"), required=False, max_length=60)
    name = forms.CharField(
        label=_("The name contains"), required=False, max_length=100, min_length=2
    )
    text = forms.CharField(
        label=_("Their words contain"),
        required=False,
        max_length=500,
        min_length=4,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept with the hold, for whoever asks later."),
        error_messages={"required": _("Say why.")},
    )

    FILTERS = ("since", "until", "domain", "network", "via", "name", "text")

    def clean_domain(self) -> str:
        return self.cleaned_data["domain"].strip().lower()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since >= until:
            self.add_error("until", _("It ends before it begins."))
        if not self.errors and not any(cleaned.get(name) for name in self.FILTERS):
            raise forms.ValidationError(_("Choose by one thing at least, beside the form."))
        return cleaned

    def filters(self) -> dict[str, Any]:
        """What was chosen, as it is kept: moments as ISO texts, nothing that is empty."""
        said = {name: self.cleaned_data[name] for name in self.FILTERS}
        return {
            name: value.isoformat() if isinstance(value, datetime.datetime) else value
            for name, value in said.items()
            if value
        }


def chosen(
    form: ActionForm,
    filters: dict[str, Any],
    *,
    among: QuerySet[Action] | None = None,
    limit: int | None = None,
) -> QuerySet[Action]:
    """The acts on `form`, or those `among` them, that all of `filters` fit. `upto` is the last act
    there was.

    Names and words are sealed, so each act that the other filters leave is opened: about ten
    seconds for a million. With `limit` the search ends with so many, the first of them.
    """
    plain = {
        "submitted_at__gte": filters.get("since"),
        "submitted_at__lt": filters.get("until"),
        "domain": filters.get("domain"),
        "network__startswith": filters.get("network"),
        "via": filters.get("via"),
        "id__lte": filters.get("upto"),
        "id__gt": filters.get("after"),
    }
    acts = (Action.objects.all() if among is None else among).filter(form=form)
    acts = acts.filter(Q(**{lookup: value for lookup, value in plain.items() if value}))
    if not (filters.get("name") or filters.get("text")):
        return acts
    fitting = (act.pk for act in acts.order_by("id").iterator(2000) if fits(act, filters))
    return Action.objects.filter(id__in=list(islice(fitting, limit)))


def fits(act: Action, filters: dict[str, Any]) -> bool:
    """Whether an act's name and words contain what is looked for, whatever the case."""
    name, text = filters.get("name", ""), filters.get("text", "").replace("\r\n", "\n")
    if name.casefold() not in act.full_name.casefold():
        return False
    words = (str(said).replace("\r\n", "\n") for said in act.content.values())
    return not text or any(text.casefold() in said.casefold() for said in words)
