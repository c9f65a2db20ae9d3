"""Is represented by a member who voted in some way on a recorded vote."""

import datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plaidoyer.newsletters.segments.areas import at_home, subtree
from plaidoyer.newsletters.segments.conditions import Condition
from plaidoyer.newsletters.segments.fields import RowField
from plaidoyer.parliament import results
from plaidoyer.parliament.models import VoteEvent


class VotesForm(forms.Form):
    event = RowField(
        label=gettext_lazy("Recorded vote"),
        queryset=VoteEvent.objects.select_related("motion"),
    )
    way = forms.ChoiceField(
        label=gettext_lazy("Their member’s vote"), choices=list(results.LABELS.items())
    )


class Votes(Condition):
    code = "vote"
    label = gettext_lazy("Their member voted")
    form = VotesForm

    def holds(self, cleaned: dict[str, Any], at: datetime.datetime) -> Q:
        rows = results.rows(cleaned["event"])
        ridings = {row.area.pk for row in rows if row.area and row.way == cleaned["way"]}
        return at_home(subtree(ridings))

    def said(self, cleaned: dict[str, Any], *, negated: bool) -> str:
        said = _("is represented by a member of whom “%(vote)s” holds: %(way)s")
        if negated:
            said = _("is not represented by a member of whom “%(vote)s” holds: %(way)s")
        return said % {"vote": cleaned["event"], "way": results.LABELS[cleaned["way"]]}
