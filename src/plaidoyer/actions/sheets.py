"""The organiser's sheet of a form: what every form has, and what its kind asks beside."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateTimeInput

from plaidoyer.actions import approvals
from plaidoyer.actions.kinds import KINDS
from plaidoyer.actions.models import ActionForm
from plaidoyer.lib import intrusions, origins
from plaidoyer.lib.words import Words

PREFIX = "options"


class FormSheet(WagtailAdminModelForm):
    """A form of a kind that is already chosen (`instance.kind`), with the kind's own options."""

    class Meta:
        model = ActionForm
        fields = [
            "campaign",
            "name",
            "opens_at",
            "closes_at",
            "paused_at",
            "goal",
            "goal_moves",
            "places",
            "mailbox_shared",
            "challenge",
            "embedded_on",
        ]
        widgets = dict.fromkeys(["opens_at", "closes_at", "paused_at"], AdminDateTimeInput)
        labels = {"campaign": _("Campaign")}
        help_texts = {
            "name": _("In the back office, in mails and where a page has no title of its own."),
            "goal": _("Shown as a line to reach. Leave it empty to show the count alone."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options_form = KINDS[self.instance.kind].options_form
        self.options = options_form(
            self.data if self.is_bound else None, prefix=PREFIX, initial=self.instance.options
        )
        self.options.about(self.instance)
        for name, field in self.options.fields.items():
            self.fields[f"{PREFIX}-{name}"] = field
            initial = self.instance.options.get(name, field.initial)
            self.initial[f"{PREFIX}-{name}"] = initial

    def clean_embedded_on(self) -> str:
        try:
            return "\n".join(origins.read(self.cleaned_data["embedded_on"]))
        except origins.BadOriginError as error:
            raise forms.ValidationError(
                _("Write each site like https://river.example, without a page: %(line)s"),
                params={"line": error.args[0]},
            ) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.options.is_valid():
            self.judge(self.options.cleaned_data)
            self.instance.options = self.options.cleaned_data
            cleaned |= self.options.settled(cleaned)
        for name, errors in self.options.errors.items():
            if f"{PREFIX}-{name}" not in self.errors:
                self.add_error(f"{PREFIX}-{name}", errors)
        return cleaned

    def clean_name(self) -> Words:
        return intrusions.refused(self.cleaned_data["name"])

    def judge(self, options: dict[str, Any]) -> None:
        """Whether the words intrude on nobody, and letters go to public roles alone."""
        for name, said in options.items():
            try:
                intrusions.refused(said)
            except forms.ValidationError as error:
                self.options.add_error(name, error)
        if campaign := self.cleaned_data.get("campaign"):
            for reason in approvals.unfit(self.instance, campaign):
                self.add_error("campaign", reason)

    def save(self, commit: bool = True) -> ActionForm:
        approvals.edited(self.instance, by=self.for_user)
        form = super().save(commit)
        self.options.saved(form, by=self.for_user)
        return form
