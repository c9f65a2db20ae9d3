"""Took part: in a campaign, on a form or in any act of a kind, since a day, so many times."""

import datetime
from typing import Any

from django import forms
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from plaidoyer.actions.kinds import KINDS
from plaidoyer.actions.models import ActionForm, Confirmation
from plaidoyer.campaigns.models import Campaign
from plaidoyer.lib import wording
from plaidoyer.newsletters.segments.conditions import Condition
from plaidoyer.newsletters.segments.fields import DayField, RowField, begins


class ActsForm(forms.Form):
    campaign = RowField(
        label=gettext_lazy("Campaign"),
        queryset=Campaign.objects.order_by("-opened_on", "-pk"),
        required=False,
        empty_label=gettext_lazy("any campaign"),
    )
    form = RowField(
        label=gettext_lazy("Form"),
        queryset=ActionForm.objects.order_by("-opens_at", "-pk"),
        required=False,
        empty_label=gettext_lazy("any form"),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind of act"), required=False)
    since = DayField(label=gettext_lazy("Since"))
    at_least = forms.IntegerField(
        label=gettext_lazy("At least so many times"),
        min_value=1,
        max_value=1000,
        initial=1,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = sorted((kind.name, str(kind.label)) for kind in KINDS.values())
        self.fields["kind"].choices = [("", _("any kind")), *kinds]  # type: ignore[attr-defined]


class Acts(Condition):
    code = "acts"
    label = gettext_lazy("Took part")
    form = ActsForm

    def holds(self, cleaned: dict[str, Any], at: datetime.datetime) -> Q:
        acts = self.acts(cleaned).filter(confirmed_at__lte=at)
        times = cleaned["at_least"] or 1
        if times == 1:
            return Q(Exists(acts))
        counted = acts.order_by().values("supporter").annotate(n=Count("pk")).values("n")
        number = Coalesce(Subquery(counted), 0, output_field=IntegerField())
        # Who never took part needs no counting.
        return Q(Exists(acts)) & Q(GreaterThanOrEqual(number, times))

    def acts(self, cleaned: dict[str, Any]) -> QuerySet[Confirmation]:
        """The acts of one supporter that are meant: those that count."""
        found = Confirmation.objects.counted().filter(supporter=OuterRef("pk"))
        if cleaned["campaign"]:
            found = found.filter(form__campaign=cleaned["campaign"])
        if cleaned["form"]:
            found = found.filter(form=cleaned["form"])
        if cleaned["kind"]:
            found = found.filter(form__kind=cleaned["kind"])
        if cleaned["since"]:
            found = found.filter(confirmed_at__gte=begins(cleaned["since"]))
        return found

    def said(self, cleaned: dict[str, Any], *, negated: bool) -> str:
        times = cleaned["at_least"] or 1
        said = ngettext("took part", "took part at least %(times)d times", times)
        if negated:
            said = ngettext("never took part", "took part fewer than %(times)d times", times)
        parts = [said % {"times": times}]
        if cleaned["campaign"]:
            parts.append(_("in the campaign “%(name)s”") % {"name": cleaned["campaign"]})
        if cleaned["form"]:
            parts.append(_("on the form “%(name)s”") % {"name": cleaned["form"]})
        if cleaned["kind"]:
            parts.append(
                _("in an act of the kind “%(name)s”") % {"name": KINDS[cleaned["kind"]].label}
            )
        if cleaned["since"]:
            day = wording.date(cleaned["since"], get_language() or "en")
            parts.append(_("since %(day)s") % {"day": day})
        return ", ".join(parts)
