"""What newsletters ask of gifts: who gave, as a condition of segments; what a mailing brought in.

Both are told to those alone who may see gifts.
"""

import datetime
from typing import Any

from django import forms
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from plaidoyer.donations.models import Frequency, Payment, Posting
from plaidoyer.donations.statistics import figures
from plaidoyer.donations.words import Account
from plaidoyer.lib import wording
from plaidoyer.newsletters.models import Mailing
from plaidoyer.newsletters.results.channels import channel
from plaidoyer.newsletters.results.figures import Brought
from plaidoyer.newsletters.segments.conditions import Condition
from plaidoyer.newsletters.segments.fields import DayField, begins

RIGHT = "donations.view_donation"
ONCE, MONTHLY = "once", "monthly"
# Whoever gives each month gave within two of them.
TWO_MONTHS = datetime.timedelta(days=62)


class GaveForm(forms.Form):
    what = forms.ChoiceField(
        label=gettext_lazy("What"),
        choices=[(ONCE, gettext_lazy("a gift")), (MONTHLY, gettext_lazy("a gift each month"))],
    )
    since = DayField(label=gettext_lazy("On that day or later (optional)"))


class Gave(Condition):
    """Money of theirs came, and is not all gone back."""

    code = "gift"
    label = gettext_lazy("Gave money")
    form = GaveForm
    needs = RIGHT

    def holds(self, cleaned: dict[str, Any], at: datetime.datetime) -> Q:
        paid = Payment.objects.kept().filter(donation__supporter=OuterRef("pk"), paid_at__lte=at)
        if cleaned["what"] == MONTHLY:
            monthly = {"donation__frequency": Frequency.MONTHLY, "paid_at__gt": at - TWO_MONTHS}
            paid = paid.filter(**monthly)
        if cleaned["since"]:
            paid = paid.filter(paid_at__gte=begins(cleaned["since"]))
        return Q(Exists(paid))

    def said(self, cleaned: dict[str, Any], *, negated: bool) -> str:
        if cleaned["what"] == MONTHLY:
            words = _("does not give each month") if negated else _("gives each month")
        else:
            words = _("did not give") if negated else _("gave")
        if not cleaned["since"]:
            return words
        day = wording.date(cleaned["since"], get_language() or "en")
        return _("%(gave)s, on %(day)s or later") % {"gave": words, "day": day}


def given_since(who: Any, since: Any) -> QuerySet[Payment]:
    """The money of a supporter that came since a moment: a sign that they are there."""
    return Payment.objects.filter(donation__supporter=who, paid_at__gte=since)


def brought(mailing: Mailing) -> list[Brought]:
    """What was given by links of `mailing`, less what went back: a line for each currency."""
    gifts = Posting.objects.filter(account=Account.GIFTS).annotate(via=figures.of_donation("via"))
    rows = (
        gifts.filter(via=channel(mailing))
        .values_list("currency")
        .annotate(sum=-Sum("amount"), number=Count("entry__payment"))
        .order_by("currency")
    )
    return [Brought(_("Gifts"), told(*row)) for row in rows]


def told(currency: str, amount: int, number: int) -> str:
    worth = wording.money(amount, currency, get_language() or "en")
    words = ngettext("%(worth)s in %(number)d payment", "%(worth)s in %(number)d payments", number)
    return words % {"worth": worth, "number": number}
