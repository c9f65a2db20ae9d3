"""Wants a topic: is subscribed and did not end it."""

import datetime
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plaidoyer.newsletters.segments.conditions import Condition
from plaidoyer.newsletters.segments.fields import RowField
from plaidoyer.newsletters.topics.models import Topic, TopicEnd


class TopicsForm(forms.Form):
    topic = RowField(label=gettext_lazy("Topic"), queryset=Topic.objects.all())


class Topics(Condition):
    code = "topic"
    label = gettext_lazy("Wants a topic")
    form = TopicsForm

    def holds(self, cleaned: dict[str, Any], at: datetime.datetime) -> Q:
        ends = TopicEnd.objects.filter(supporter=OuterRef("pk"), topic=cleaned["topic"])
        return ~Q(Exists(ends.filter(resumed_at=None)))

    def said(self, cleaned: dict[str, Any], *, negated: bool) -> str:
        said = _("does not want “%(topic)s”") if negated else _("wants “%(topic)s”")
        return said % {"topic": cleaned["topic"]}
