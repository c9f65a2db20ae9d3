"""To whom a mailing goes and when: what an organiser chooses before it is sent."""

from typing import Any

from django import forms
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plaidoyer.newsletters.models import Mailing
from plaidoyer.newsletters.segments import readers, trees
from plaidoyer.newsletters.segments.conditions import StaleError
from plaidoyer.newsletters.segments.models import Segment
from plaidoyer.newsletters.topics.models import Topic

MOST_HOURS = 72


class PlanForm(forms.ModelForm):
    """Segment, topic, the moment it leaves, and whether two subjects are tried."""

    leaves_at = forms.DateTimeField(
        label=gettext_lazy("Day and hour"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        error_messages={"invalid": gettext_lazy("Write a day and an hour: 2026-05-31 09:30.")},
    )
    trial_percent = forms.IntegerField(
        label=gettext_lazy("Percent of the readers for each subject"),
        min_value=0,
        max_value=45,
        help_text=gettext_lazy("0: everybody gets the first subject. 45 at most."),
    )
    trial_hours = forms.IntegerField(
        label=gettext_lazy("Hours until the better one goes to the rest"),
        min_value=1,
        max_value=MOST_HOURS,
    )

    class Meta:
        model = Mailing
        fields = [
            *("segment", "topic", "timing", "leaves_at"),
            *("trial_percent", "trial_hours", "winner_rule"),
        ]
        widgets = {"timing": forms.RadioSelect}

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        fields: dict[str, Any] = self.fields
        fields["segment"].queryset = seen_by(user)
        fields["segment"].empty_label = _("everybody who is subscribed")
        fields["topic"].empty_label = _("no topic in particular")
        fields["topic"].queryset = Topic.objects.filter(retired_at=None)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        leaves_at, timing = data.get("leaves_at"), data.get("timing")
        if timing == Mailing.Timing.NOW:
            data["leaves_at"] = None
        elif timing and "leaves_at" not in self.errors:
            if leaves_at is None:
                self.add_error("leaves_at", _("Say when it leaves."))
            elif leaves_at <= timezone.now():
                self.add_error("leaves_at", _("This moment is past."))
        return data


def seen_by(user: Any) -> QuerySet[Segment]:
    """The segments of which `user` may know whom they find."""
    every = Segment.objects.all()
    return every.filter(pk__in=[one.pk for one in every if may_see(user, one)])


def may_see(user: Any, segment: Segment | None) -> bool:
    return segment is None or trees.may_see(user, trees.read(segment.tree))


def counted(mailing: Mailing, user: Any) -> dict[str, Any]:
    """To how many it would go, who they are in words, and some of them; none while that fails,
    or where `user` may not know."""
    tree = trees.read(mailing.segment.tree) if mailing.segment else trees.Tree()
    if not trees.may_see(user, tree):
        return {"counted": None}
    try:
        with transaction.atomic():
            found = readers.counted(readers.within(tree, topic=mailing.topic))
        return {"counted": found, "said": trees.said(tree), "between": trees.between(tree)}
    except (StaleError, DatabaseError):
        return {"counted": None}
