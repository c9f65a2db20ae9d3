"""What somebody fills in who asks members for their vote, and what an organiser decides."""

from functools import cached_property
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plaidoyer.actions.kinds.letter import seats
from plaidoyer.actions.kinds.letter.forms import LetterForm
from plaidoyer.actions.kinds.letter.options import LetterOptionsForm
from plaidoyer.actions.kinds.vote_drive import closing
from plaidoyer.actions.models import ActionForm
from plaidoyer.campaigns.models import Target
from plaidoyer.parliament import reporting
from plaidoyer.parliament.models import Motion, Option
from plaidoyer.supporters.models import ConsentWording

ALL = "all"


class DriveForm(LetterForm):
    """A letter to every member who sits, or to the one who represents the writer."""

    @cached_property
    def body_asked(self) -> Target | None:
        """The legislature, as a target of the campaign."""
        return seats.legislature(self.known.values())

    @property
    def only(self) -> Target | None:
        return self.body_asked

    def offer(self, *, wording: ConsentWording, page: str) -> None:
        super().offer(wording=wording, page=page)
        if not self.is_by_code:
            self["body"].label = _("Your letter to every member")

    def named(self) -> dict[str, str]:
        # The body itself is named, not its address: its members get the letters.
        return {str(to.pk): str(to) for to in self.known.values() if to == self.body_asked}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.is_by_code and self.shown is None and self.body_asked:
            legislature = self.body_asked.organization
            assert legislature is not None
            sitting = reporting.members(legislature, timezone.localdate())
            self.posts = [member.post for member in sitting]
        return cleaned


def motions() -> list[tuple[str, str]]:
    """Every motion, the newest first."""
    known = Motion.objects.order_by("-vote_expected_on", "-id")
    return [("", "—"), *((str(motion.pk), str(motion)) for motion in known)]


class DriveOptionsForm(LetterOptionsForm):
    motion = forms.TypedChoiceField(
        label=_("Motion"),
        choices=motions,
        coerce=int,
        help_text=_("Its day, positions and recorded votes are noted under Decision-makers."),
        error_messages={"required": _("Choose the motion that is voted on.")},
    )
    asked = forms.ChoiceField(
        label=_("Members are asked to vote"),
        choices=[
            (Option.YES, pgettext_lazy("position", "for")),
            (Option.NO, pgettext_lazy("position", "against")),
        ],
        initial=Option.YES,
        widget=forms.RadioSelect,
    )
    to = forms.ChoiceField(
        label=pgettext_lazy("letter", "To"),
        choices=[
            (ALL, _("every member who sits")),
            ("representative", _("the member who represents each supporter, by postal code")),
        ],
        initial="representative",
        widget=forms.RadioSelect,
    )
    closes_with_vote = forms.BooleanField(
        label=_("It closes by itself: once the vote is recorded, or when its day is over"),
        required=False,
        initial=True,
        help_text=_("It follows the day of the motion. Untick it to choose the closing yourself."),
    )

    field_order = ["motion", "asked", "to", "closes_with_vote"]

    def settled(self, facts: dict[str, Any]) -> dict[str, Any]:
        """When it closes, from the day of the vote."""
        motion = Motion.objects.filter(pk=self.cleaned_data["motion"]).first()
        if not self.cleaned_data["closes_with_vote"] or motion is None or not facts.get("opens_at"):
            return {}
        return {"closes_at": closing.due(motion, facts["opens_at"], facts.get("closes_at"))}

    def saved(self, action_form: ActionForm, by: Any) -> None:
        """The legislature becomes a target of the campaign: letters go to its members."""
        motion = Motion.objects.get(pk=self.cleaned_data["motion"])
        Target.objects.get_or_create(
            campaign=action_form.campaign, organization=motion.legislature, post=None, person=None
        )
        super().saved(action_form, by)
