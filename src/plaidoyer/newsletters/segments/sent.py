"""Was sent a mailing. Whether it was opened nobody knows: there is no pixel in it."""

import datetime
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plaidoyer.mail.models import Envelope
from plaidoyer.newsletters.models import Copy, Mailing
from plaidoyer.newsletters.segments.conditions import Condition
from plaidoyer.newsletters.segments.fields import RowField

State = Envelope.State
# A server took it, or most likely did; what bounced or was reported as spam had been taken.
TAKEN = (State.ACCEPTED, State.IN_DOUBT, State.COMPLAINED)


class SentForm(forms.Form):
    mailing = RowField(
        label=gettext_lazy("Mailing"),
        queryset=Mailing.objects.exclude(frozen_at=None).order_by("-frozen_at"),
    )


class Sent(Condition):
    code = "sent"
    label = gettext_lazy("Got a mailing")
    form = SentForm

    def holds(self, cleaned: dict[str, Any], at: datetime.datetime) -> Q:
        copies = Copy.objects.filter(supporter=OuterRef("pk"), mailing=cleaned["mailing"])
        return Q(Exists(copies.filter(envelope__state__in=TAKEN)))

    def said(self, cleaned: dict[str, Any], *, negated: bool) -> str:
        said = _("did not get “%(mailing)s”") if negated else _("got “%(mailing)s”")
        return said % {"mailing": cleaned["mailing"]}
