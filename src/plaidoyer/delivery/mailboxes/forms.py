"""What an organiser says of a mailbox: that its letters stop, and at which pace they come."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from plaidoyer.campaigns.models import Campaign
from plaidoyer.delivery.mailboxes.models import Mailbox
from plaidoyer.lib.fields import LineField


class StopForm(forms.Form):
    """Why letters are held or cancelled."""

    because = LineField(
        label=_("Why"),
        max_length=300,
        help_text=_("Such as: the minister has said yes; the office rang."),
        error_messages={"required": _("Say why.")},
    )


class MailboxStopForm(StopForm):
    """The same, and of which campaign: a mailbox may get letters of several."""

    campaign = forms.ModelChoiceField(
        Campaign.objects.none(),
        label=_("Letters of"),
        required=False,
        empty_label=_("all campaigns"),
        error_messages={"invalid_choice": _("Choose one of the list.")},
    )
    field_order = ["campaign", "because"]

    def __init__(self, mailbox: Mailbox, data: Any = None) -> None:
        super().__init__(data, label_suffix="")
        written = Campaign.objects.filter(targets__letters__mailbox=mailbox).distinct()
        self.fields["campaign"].queryset = written  # type: ignore[attr-defined]


class PaceForm(forms.ModelForm):
    """How letters reach one mailbox; what is left empty is as for all."""

    class Meta:
        model = Mailbox
        fields = ["flow", "per_hour", "opens", "closes", "weekends", "time_zone"]
