"""Which acts an organiser means, said as filters that are kept with the hold."""

import datetime
from typing import Any

from django import forms
from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateTimeInput

from plaidoyer.actions.guards.models import DOMAIN
from plaidoyer.actions.models import Action, ActionForm, MailDomain


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


def chosen(form: ActionForm, filters: dict[str, Any]) -> QuerySet[Action]:
    """The acts on `form` that all of `filters` fit. `upto` is the last act there was."""
    acts = Action.objects.filter(form=form)
    if domain := filters.get("domain"):
        acts = acts.annotate(mail_domain=MailDomain("email")).filter(mail_domain=domain)
    if name := filters.get("name"):
        full = Concat("given_name", Value(" "), "family_name")
        acts = acts.annotate(full=full).filter(full__icontains=name)
    if text := filters.get("text"):
        # As JSON writes it: a line break within the words is \n there.
        written = text.replace("\\", "\\\\").replace("\r\n", "\n").replace("\n", "\\n")
        written = written.replace('"', '\\"')
        acts = acts.annotate(words=Cast("content", CharField())).filter(words__icontains=written)
    plain = {
        "submitted_at__gte": filters.get("since"),
        "submitted_at__lt": filters.get("until"),
        "network__startswith": filters.get("network"),
        "via": filters.get("via"),
        "id__lte": filters.get("upto"),
    }
    return acts.filter(Q(**{lookup: value for lookup, value in plain.items() if value}))
