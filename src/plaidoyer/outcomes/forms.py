"""How an organiser records a milestone: what happened, what it moved, where one can check it."""

import datetime
from itertools import groupby
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from plaidoyer.campaigns.models import Campaign
from plaidoyer.campaigns.reporting import asked
from plaidoyer.evidence import readings
from plaidoyer.lib.desk import GroupedChoiceField, Groups, Rows
from plaidoyer.outcomes.models import EVIDENCED, Evidence, Milestone, Movement, Standing

# What of a proof by link is typed, or read from it.
LINKED = ("url", "title", "publisher", "published_on", "language")


def pairs() -> Groups:
    """Every demand with every target it is made to, as ("4-7", its words), by campaign."""
    by_campaign = groupby(asked(Campaign.objects.all()), key=lambda triple: triple[0])
    return [
        (
            str(campaign),
            [
                (f"{demand.pk}-{target.pk}", f"{Truncator(str(demand)).chars(80)} → {target}")
                for _campaign, demand, target in triples
            ],
        )
        for campaign, triples in by_campaign
    ]


def not_to_come(day: datetime.date | None) -> datetime.date | None:
    """`day`. Raises ValidationError when it has not come yet."""
    if day and day > timezone.localdate():
        raise ValidationError(_("This day has not come yet."))
    return day


class MovementForm(WagtailAdminModelForm):
    """One choice of a demand with a target that is asked it, so that no other pair can be made."""

    pair = GroupedChoiceField(label=_("Which demand moved, and with whom"))

    def __init__(self, *args: Any, groups: Groups | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pair = cast("GroupedChoiceField", self.fields["pair"])
        groups = pairs() if groups is None else groups
        if self.instance.pk:
            pair.initial = self.value_of(self.instance)
            if not any(pair.initial == key for _name, group in groups for key, _words in group):
                # It was asked then and no longer is: what happened stays.
                groups = [
                    *groups,
                    (str(_("No longer asked")), [(pair.initial, str(self.instance))]),
                ]
        pair.offer(groups)

    @staticmethod
    def value_of(movement: Movement) -> str:
        """The choice that a saved movement has made."""
        return f"{movement.demand_id}-{movement.target_id}"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if pair := cleaned.get("pair"):
            self.instance.demand_id, self.instance.target_id = map(int, pair.split("-"))
        return cleaned

    @property
    def claims(self) -> bool:
        """Whether it says that something was achieved or lost."""
        return self.cleaned_data.get("standing") in EVIDENCED


class MovementRows(Rows):
    once = "pair"
    once_message = _("This milestone already moves that demand.")

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        # Asked for once, not once a row.
        if not hasattr(self, "groups"):
            self.groups = pairs()
        return {**super().get_form_kwargs(index), "groups": self.groups}


class LinkInput(forms.URLInput):
    """A box for a link, beside the button that reads what it leads to."""

    template_name = "outcomes/link_input.html"


class EvidenceForm(WagtailAdminModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Most often the organiser's own; as the initial value it does not fill in an empty row.
        self.fields["language"].initial = get_language()
        self.fields["url"].widget = LinkInput()

    def clean_published_on(self) -> datetime.date | None:
        return not_to_come(self.cleaned_data["published_on"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        url = cleaned.get("url")
        if not self.errors and not url and not cleaned.get("file"):
            self.add_error("url", _("Give a link or a file."))
        if "url" in self.changed_data:
            self.instance.reading = readings.of(url) if url else None
        return cleaned


class MilestoneForm(WagtailAdminModelForm):
    """Its campaigns are those of its movements, and any others that are ticked.

    With `corrects` on its instance it is what is so instead of another milestone, and why.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["campaigns"].required = False
        self.corrected = self.instance.corrects
        if self.corrected is None:
            self.fields.pop("correction_reason", None)
            kinds = [
                kind for kind in Milestone.Kind.choices if kind[0] != Milestone.Kind.RETRACTION
            ]
            self.fields["kind"].choices = [("", "—"), *kinds]  # type: ignore[attr-defined]
        else:
            self.fields["correction_reason"].required = True
        if not self.instance.pk and not self.is_bound:
            self.fields["happened_on"].initial = timezone.localdate
            if self.corrected:
                self._repeat(self.corrected)
            first = self.formsets["evidence"].forms[0]
            first.fields["url"].widget.attrs["autofocus"] = not self.corrected

    def begin_with(self, pair: str) -> None:
        """Begins with the demand that moved, and with whom: "4-7" (pairs)."""
        rows = self.formsets["movements"]
        rows.initial_extra, rows.extra = [{"pair": pair}], 1

    def _repeat(self, corrected: Milestone) -> None:
        """Begins with what was recorded: its words, movements and links."""
        rows = {
            "movements": [
                {"pair": MovementForm.value_of(one), "standing": one.standing}
                for one in corrected.movements.all()
            ],
            "evidence": [
                {name: getattr(one, name) for name in LINKED}
                for one in corrected.evidence.exclude(url="")
            ],
        }
        for name, initial in rows.items():
            self.formsets[name].initial_extra = initial
            self.formsets[name].extra = len(initial) or 1
        for name in ("title", "happened_on", "kind", "story", "claim", "claim_words"):
            self.initial[name] = getattr(corrected, name)
        self.initial["campaigns"] = list(corrected.campaigns.all())

    def clean_happened_on(self) -> datetime.date | None:
        return not_to_come(self.cleaned_data["happened_on"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        movements, evidence = self.formsets["movements"], self.formsets["evidence"]
        if movements.is_valid() and evidence.is_valid():
            self._require_evidence(movements.kept, bool(evidence.kept or self.carried()))
            self._gather_campaigns(cleaned, movements.kept)
        self._ask_again_for_files(evidence)
        return cleaned

    def carried(self) -> list[Evidence]:
        """Files of what is corrected: a browser cannot send them again, so they come along."""
        if self.corrected is None or self.instance.pk:
            return []
        return list(self.corrected.evidence.filter(url="").exclude(file=""))

    def _require_evidence(self, movements: list[MovementForm], is_given: bool) -> None:
        for movement in movements:
            if movement.claims and not is_given:
                message = _("“%(standing)s” needs evidence: give a link or a file above.")
                standing = Standing(movement.cleaned_data["standing"]).label
                error = ValidationError(message, params={"standing": standing})
                movement.add_error("standing", error)

    def _gather_campaigns(self, cleaned: dict[str, Any], movements: list[MovementForm]) -> None:
        moved = [movement.instance.demand.campaign_id for movement in movements]
        ticked = [campaign.pk for campaign in cleaned.get("campaigns", [])]
        cleaned["campaigns"] = Campaign.objects.filter(pk__in={*moved, *ticked})
        if not moved and not ticked:
            self.add_error("campaigns", _("Choose a campaign, or say above which demand moved."))

    def _ask_again_for_files(self, evidence: Rows) -> None:
        """A browser gives a chosen file once: with an error elsewhere it must be chosen again."""
        rows = [
            form for form in [*self.formsets["movements"].forms, *evidence.forms] if form.errors
        ]
        if not rows and not self.errors:
            return
        for form in evidence.forms:
            if form.add_prefix("file") in self.files and "file" not in form.errors:
                form.add_error("file", _("Please choose the file again: it was not kept."))

    def save(self, commit: bool = True) -> Any:
        carried = self.carried()
        self.instance.recorded_by = self.instance.recorded_by or self.for_user
        self.instance.edited_by = self.for_user
        milestone = super().save(commit)
        for proof in carried:
            proof.pk, proof.milestone = None, milestone
            proof._state.adding = True
            proof.save()
        return milestone
