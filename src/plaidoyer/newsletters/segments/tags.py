"""Has a tag."""

import datetime
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plaidoyer.newsletters.segments.conditions import Condition
from plaidoyer.newsletters.segments.fields import RowField
from plaidoyer.supporters.models import Tag, Tagging


class TagsForm(forms.Form):
    tag = RowField(label=gettext_lazy("Tag"), queryset=Tag.objects.all())


class Tags(Condition):
    code = "tag"
    label = gettext_lazy("Has a tag")
    form = TagsForm

    def holds(self, cleaned: dict[str, Any], at: datetime.datetime) -> Q:
        taggings = Tagging.objects.filter(supporter=OuterRef("pk"), tag=cleaned["tag"])
        return Q(Exists(taggings))

    def said(self, cleaned: dict[str, Any], *, negated: bool) -> str:
        said = _("does not have the tag “%(tag)s”") if negated else _("has the tag “%(tag)s”")
        return said % {"tag": cleaned["tag"]}
