from itertools import chain, count
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from plaidoyer.campaigns import roles
from plaidoyer.campaigns.models import AskedVote, Campaign, Target
from plaidoyer.civics import offices
from plaidoyer.civics.models import Organization, Person, Post
from plaidoyer.lib import intrusions
from plaidoyer.lib.desk import GroupedChoiceField, Groups, Rows, holders
from plaidoyer.lib.words import Words, WordsFormField
from plaidoyer.parliament.models import VoteEvent

DECISION_MAKERS: dict[str, type[Post | Organization | Person]] = {
    "post": Post,
    "organization": Organization,
    "person": Person,
}


def key_of(maker: Post | Organization | Person) -> str:
    """The choice that means a decision-maker: "post-3"."""
    field = next(field for field, model in DECISION_MAKERS.items() if isinstance(maker, model))
    return f"{field}-{maker.pk}"


def decision_makers() -> Groups:
    """Whom one can ask: offices, organizations, persons, each as ("post-3", its words)."""
    groups = []
    for model in DECISION_MAKERS.values():
        facts = sorted(model.objects.all(), key=str)
        name = capfirst(str(model._meta.verbose_name_plural))
        groups.append((name, [(key_of(fact), str(fact)) for fact in facts]))
    return groups


class TargetForm(WagtailAdminModelForm):
    """One choice instead of three boxes of which one is to be filled in; or somebody new."""

    who = GroupedChoiceField(label=_("Decision-maker"), required=False)
    body = WordsFormField(label=_("Organization"), required=False, max_length=500)
    office = WordsFormField(
        label=_("Office"),
        required=False,
        max_length=500,
        help_text=_("Left empty, the organization itself is asked."),
    )
    looked = forms.BooleanField(label=_("I have looked at its official page today"), required=False)

    class Meta:
        help_texts = {
            "source": _("That shows the role. Empty: the one where its address stands."),
            "role": _("Empty: as its kind says."),
        }

    def __init__(self, *args: Any, groups: Groups | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        who = self.fields["who"]
        who.offer(decision_makers() if groups is None else groups)
        who.initial = self.value_of(self.instance)
        if self.instance.pk:
            del self.fields["body"], self.fields["office"]
        # Letters and standings of one target must never become another's.
        if self.instance.pk and holders(self.instance):
            who.disabled = True
            who.help_text = _("Already asked: to ask somebody else, add another target.")

    @staticmethod
    def value_of(target: Target) -> str:
        """The choice that a target is; empty for a new one."""
        keys = {field: getattr(target, f"{field}_id") for field in DECISION_MAKERS}
        return next((f"{field}-{pk}" for field, pk in keys.items() if pk), "")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        who, body = cleaned.get("who") or "", cleaned.get("body")
        if who and body:
            self.add_error("body", _("Choose from the list or write somebody new, not both."))
        elif cleaned.get("office") and not body:
            self.add_error("body", _("To which organization does this office belong?"))
        elif body:
            held = offices.held(body, cleaned.get("office") or Words())
            # Whoever is not held yet is known by their words: two rows must not add them twice.
            who = key_of(held) if held else f"new-{body}-{cleaned.get('office')}"
            cleaned["who"] = who
        elif not who and not self.errors:
            self.add_error("who", _("Choose somebody, or write below who it is."))
        self._choose(who)
        return cleaned

    def _choose(self, who: str) -> None:
        chosen, _dash, pk = who.partition("-")
        for field in DECISION_MAKERS:
            setattr(self.instance, f"{field}_id", int(pk) if field == chosen else None)
        if who and not self.errors:
            self.judge(self.cleaned_data)

    @property
    def is_new(self) -> bool:
        """Whether it names a decision-maker that is not held yet."""
        return str(self.cleaned_data.get("who")).startswith("new-")

    def save(self, commit: bool = True) -> Any:
        if self.is_new:
            made = offices.add(self.cleaned_data["body"], self.cleaned_data["office"] or Words())
            self._choose(key_of(made))
        return super().save(commit)

    def judge(self, cleaned: dict[str, Any]) -> None:
        """Whether they may be asked, beside what shows it."""
        if cleaned.get("looked"):
            self.instance.checked_on = timezone.localdate()
        role, source = cleaned.get("role") or "", cleaned.get("source") or ""
        if self.is_new:
            kind = Post if cleaned.get("office") else Organization
            reason = roles.introduce(self.instance, kind, role=role, source=source)
        else:
            reason = roles.refusal(roles.make(self.instance, role=role, source=source))
        cleaned |= {"role": self.instance.role, "source": self.instance.source}
        if reason:
            unseen = self.is_new or roles.is_stale(self.instance)
            self.add_error("source" if unseen else "who", reason)

    def _get_validation_exclusions(self) -> set[str]:
        # They are filled in by `who`: the constraints on them are to be told beside the form.
        # Of somebody new they hold once there is a row to lead to.
        excluded = super()._get_validation_exclusions()
        return excluded if self.is_new else excluded - set(DECISION_MAKERS)


class TargetRows(Rows):
    """The targets of a campaign, each once."""

    once = "who"
    once_message = _("This campaign already has that target.")

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        # Asked for once, not once a row.
        if not hasattr(self, "groups"):
            self.groups = decision_makers()
        return {**super().get_form_kwargs(index), "groups": self.groups}


def recorded_votes() -> Groups:
    """Every recorded vote by its session, the latest first, each as (key, its words)."""
    events = VoteEvent.objects.select_related("motion__legislature", "session")
    groups: dict[str, list[tuple[str, str]]] = {}
    for event in events.order_by("-held_on", "-id"):
        house, session = event.motion.legislature, event.session
        name = f"{house}, {session}" if session else str(house)
        words = f"{event.held_on}: {event.motion} ({event.get_result_display()})"
        groups.setdefault(name, []).append((str(event.pk), words[:160]))
    return list(groups.items())


class AskedForm(WagtailAdminModelForm):
    """A vote that counts: chosen by its session and day."""

    vote = GroupedChoiceField(label=_("Recorded vote"))

    def __init__(self, *args: Any, groups: Groups | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        vote = self.fields["vote"]
        vote.offer(recorded_votes() if groups is None else groups)
        vote.initial = self.value_of(self.instance)

    @staticmethod
    def value_of(asked: AskedVote) -> str:
        """The choice that a row is; empty for a new one."""
        return str(asked.event_id or "")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.instance.event_id = int(cleaned["vote"]) if cleaned.get("vote") else None
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        # Filled in by `vote`: that a vote counts once is to be told beside the form.
        chosen = {"event"} if self.instance.event_id else set()
        return super()._get_validation_exclusions() - chosen


class AskedRows(Rows):
    """The votes by which a campaign reads members, each once."""

    once = "vote"
    once_message = _("This vote counts already.")

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        # Asked for once, not once a row.
        if not hasattr(self, "groups"):
            self.groups = recorded_votes()
        return {**super().get_form_kwargs(index), "groups": self.groups}


class DemandForm(WagtailAdminModelForm):
    """A demand may be made to some of the targets of its own campaign, once that is recorded."""

    def __init__(self, *args: Any, campaign_id: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campaign_id = campaign_id or self.instance.campaign_id
        if campaign_id is None:
            self.fields.pop("targets", None)
        else:
            targets = Target.objects.filter(campaign=campaign_id)
            targets = targets.select_related("post", "person", "organization")
            cast("forms.ModelMultipleChoiceField", self.fields["targets"]).queryset = targets
        if "campaign" in self.fields and self.instance.pk:
            self.fields["campaign"].disabled = True

    def clean_words(self) -> Words:
        return intrusions.refused(self.cleaned_data["words"])


class DemandRows(Rows):
    default_error_messages = {
        **Rows.default_error_messages,
        "too_few_forms": _("A campaign has at least one demand."),
    }

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "campaign_id": self.instance.pk}


class CampaignForm(WagtailAdminModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = False
        self.fields["slug"].help_text = _("In addresses. Left empty, it is made from the name.")

    def clean_name(self) -> Words:
        return intrusions.refused(self.cleaned_data["name"])

    def clean_summary(self) -> Words:
        return intrusions.refused(self.cleaned_data["summary"])

    def clean_slug(self) -> str:
        return self.cleaned_data["slug"] or free_slug(self.cleaned_data.get("name") or Words())


def free_slug(name: Words) -> str:
    """A short name for addresses that no campaign has yet."""
    stem = slugify(str(name))[:40].strip("-") or "campaign"
    taken = set(Campaign.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    numbered = (f"{stem}-{number}" for number in count(2))
    return next(slug for slug in chain([stem], numbered) if slug not in taken)
