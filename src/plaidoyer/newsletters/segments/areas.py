"""Lives in an area: a country, a province, a riding, with everything that lies in it."""

import datetime
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.db.models.lookups import In
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plaidoyer.actions.models import Match
from plaidoyer.civics.models import Area
from plaidoyer.lib.addresses import folded
from plaidoyer.newsletters.segments.conditions import Condition
from plaidoyer.newsletters.segments.readers import home_area


def subtree(roots: set[int]) -> set[int]:
    """Those areas and all that lie in them, by id; one query a level."""
    found, level = set(roots), set(roots)
    while level:
        below = Area.objects.filter(parent__in=level).values_list("pk", flat=True)
        level = set(below) - found
        found |= level
    return found


def at_home(areas: set[int]) -> Q:
    """Supporters whose last known area is one of `areas`."""
    # Who never acted from there is left out by an index, before anybody's last act is looked up.
    ever = Match.objects.filter(supporter=OuterRef("pk"), area__in=areas)
    return Q(Exists(ever)) & Q(In(home_area(), sorted(areas) or [-1]))


class AreaField(forms.CharField):
    """An area by its OCD identifier, or by its name where only one has it."""

    default_error_messages = {
        "unknown": gettext_lazy("No area is called so. Choose one of the list."),
        "ambiguous": gettext_lazy("Several areas are called so. Choose one of the list."),
        "required": gettext_lazy("Choose an area."),
    }

    def clean(self, value: Any) -> Area | None:
        written = super().clean(value)
        exact = Area.objects.filter(identifier=written.strip().rpartition(" ")[2]).first()
        if exact:
            return exact
        wanted = folded(written)
        named = [one for one in Area.objects.all() if wanted in map(folded, one.name.values())]
        if len(named) != 1:
            code = "ambiguous" if named else "unknown"
            raise forms.ValidationError(self.error_messages[code], code=code)
        return named[0]


class AreasForm(forms.Form):
    area = AreaField(
        label=gettext_lazy("Area"),
        max_length=400,
        widget=forms.TextInput(attrs={"list": "segment-areas", "autocomplete": "off"}),
        help_text=gettext_lazy("A name or an OCD identifier; what lies in it is meant too."),
    )


class Areas(Condition):
    code = "area"
    label = gettext_lazy("Lives in an area")
    form = AreasForm

    def holds(self, cleaned: dict[str, Any], at: datetime.datetime) -> Q:
        return at_home(subtree({cleaned["area"].pk}))

    def said(self, cleaned: dict[str, Any], *, negated: bool) -> str:
        said = _("lives in %(area)s, as far as is known")
        if negated:
            said = _("does not live in %(area)s, as far as is known")
        return said % {"area": cleaned["area"]}
