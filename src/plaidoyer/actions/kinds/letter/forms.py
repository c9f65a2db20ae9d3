"""What somebody fills in who writes a letter, and what is kept of it."""

import copy
import secrets
from functools import cached_property
from typing import Any, Self

from django import forms
from django.core import signing
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from plaidoyer.actions.forms import ActForm
from plaidoyer.actions.kinds.letter import letters, plans, seats, texts
from plaidoyer.actions.kinds.letter.letters import Addressee
from plaidoyer.actions.models import Action, ActionForm
from plaidoyer.campaigns.models import Target
from plaidoyer.civics.models import Organization, Post
from plaidoyer.lib.fields import LineField, ParagraphsField
from plaidoyer.lib.words import Words
from plaidoyer.supporters.models import ConsentWording

LONGEST_SUBJECT = 150
LONGEST_BODY = 10_000
# What was shown may be sent for a day; then it is shown again, as it would leave by then.
SHOWN_FOR = 24 * 60 * 60
LONG_LIST = 12
SEVERAL_AREAS = _("Your postal code lies in several areas. Choose the one where you live.")
PART = _("Write your whole postal code, or choose the area where you live.")
NO_CODE = _("Write your postal code, or choose your member from the list.")
CHOOSE = _("Choose the member who represents you.")
NO_AREA = _("We do not know this postal code. Choose the member who represents you.")


class TargetsField(forms.MultipleChoiceField):
    """Some of the campaign's targets, as ids; their names are asked for only to be shown."""

    widget = forms.CheckboxSelectMultiple
    form: "LetterForm"

    def valid_value(self, value: Any) -> bool:
        return value in self.form.known

    def clean(self, value: Any) -> list[str]:
        if self.form.shown is not None:
            return [str(target) for target in self.form.shown["targets"]]
        # One target is no choice, and none is asked for.
        if self.form.only:
            return [str(self.form.only.pk)]
        return super().clean(value)


class SeatField(forms.ChoiceField):
    """A seat of the legislature, or that one does not know; judged once the code was looked up."""

    widget = forms.RadioSelect

    def valid_value(self, value: Any) -> bool:
        return True


class LetterForm(ActForm):
    """The letter, as far as the organiser lets it be written, and its writer.

    It is taken only as it was shown: the page that shows it carries, signed, what will be kept
    (`carried`), so that nothing is looked up or decided when it is sent.
    """

    targets = TargetsField(
        label=pgettext_lazy("letter", "To"),
        error_messages={"required": _("Choose at least one recipient.")},
    )
    seat = SeatField(label=_("Who represents you?"), required=False)
    subject = LineField(
        label=_("Subject"),
        max_length=LONGEST_SUBJECT,
        error_messages={"required": _("Write a subject.")},
    )
    body = ParagraphsField(
        label=_("Your letter"),
        max_length=LONGEST_BODY,
        error_messages={"required": _("Write your letter.")},
        help_text=_(
            "One sentence of your own makes people read on: why does this matter to you? "
            "Greeting and signature are added."
        ),
    )
    points = forms.TypedMultipleChoiceField(
        label=_("Points to add to your letter"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose among the points of the list.")},
    )
    own_copy = forms.BooleanField(
        label=_("Send me a copy of my letter, once I have confirmed it"), required=False
    )

    LAST = ("own_copy",)
    field_order = ["targets", "seat", "subject", "body", "points"]

    def __init__(self, action_form: ActionForm, data: Any = None, **kwargs: Any) -> None:
        super().__init__(action_form, data, **kwargs)
        self.language = get_language() or ""
        self.is_by_code = seats.is_by_code(action_form)
        self.posts: list[Post] | None = None
        # Those who get a letter, once that was decided (`planned`).
        self.written_to: list[Addressee] = []
        self.fields["targets"].form = self  # type: ignore[attr-defined]
        self.offer_text(action_form.options)

    def twin(self, data: Any) -> Self:
        twin = super().twin(data)
        own = {name: copy.copy(self.fields[name]) for name in ("targets", "seat")}
        own["targets"].form = twin  # type: ignore[attr-defined]
        twin.fields = {**self.fields, **own}
        return twin

    def offer_text(self, options: dict[str, Any]) -> None:
        """The organiser's words, to be sent as they are or changed."""
        self.subjects = texts.subjects(options, self.language)
        self.initial["body"] = Words(options.get("body") or {}).in_language(self.language)
        # A disabled field keeps its initial text whatever is sent.
        self.fields["body"].disabled = not options.get("body_editable", True)
        subject, editable = self.fields["subject"], options.get("subject_editable", True)
        if len(self.subjects) > 1:
            subject.required = False
            if editable:
                subject.help_text = _(
                    "Leave it empty and we draw one of %(number)s for you, which you see before "
                    "your letter leaves."
                ) % {"number": len(self.subjects)}
            else:
                subject.widget = forms.HiddenInput()
        else:
            self.initial["subject"] = "".join(self.subjects)
            subject.disabled = not editable
        if points := texts.points(options, self.language):
            self.fields["points"].choices = list(enumerate(points))  # type: ignore[attr-defined]
        else:
            del self.fields["points"]

    @cached_property
    def known(self) -> dict[str, Target]:
        """The campaign's targets, by id; one query, and none for a letter that was shown."""
        of_campaign = letters.known_targets().filter(campaign=self.action_form.campaign_id)
        return {str(target.pk): target for target in of_campaign}

    @property
    def only(self) -> Target | None:
        """The target, where there is no choice."""
        if self.is_by_code and (body := seats.legislature(self.known.values())):
            return body
        return next(iter(self.known.values())) if len(self.known) == 1 else None

    @cached_property
    def shown(self) -> dict[str, Any] | None:
        """What will be kept, as the page that showed it carries it; None until it was shown."""
        if self.data.get("step") != "send":
            return None
        try:
            return signing.loads(self.data.get("shown", ""), salt=self.salt, max_age=SHOWN_FOR)
        except signing.BadSignature:
            return None

    @property
    def salt(self) -> str:
        return f"plaidoyer.letter.{self.action_form.public_id}.{self.language}"

    @property
    def was_shown(self) -> bool:
        return self.shown is not None

    def carried(self, typed: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """What was typed, with the subject that was drawn and all that will be kept."""
        content = self.content()
        rest = [pair for pair in super().carried(typed) if pair[0] not in ("subject", "shown")]
        rest.append(("subject", self.cleaned_data["subject"]))
        if not self.written_to:
            return rest
        return [*rest, ("shown", signing.dumps(content, salt=self.salt, compress=True))]

    def offer(self, *, wording: ConsentWording, page: str) -> None:
        super().offer(wording=wording, page=page)
        field, named = self.fields["targets"], self.named()
        if self.only:
            field.widget = forms.MultipleHiddenInput()
            [to] = named.values()
            self["body"].label = _("Your letter to %(recipient)s") % {"recipient": to}
        field.choices = list(named.items())  # type: ignore[attr-defined]
        self.initial["targets"] = list(named)
        if self.is_by_code:
            self["body"].label = _("Your letter to the member who represents you")
            # For the mark beside its label: clean() asks for it, or for a choice.
            self.fields["postal_code"].required = True
            self["postal_code"].label = _("Postal code")
            self["postal_code"].help_text = _("It finds the member who represents you.")

    def named(self) -> dict[str, str]:
        """Whom one may write to, by id, in the language of the page."""
        these = [self.only] if self.only else list(self.known.values())
        found = letters.recipients(Addressee(target) for target in these)
        return {str(to.pk): found[to.pk, None].named(self.language) for to in these}

    def what(self) -> list[forms.BoundField]:
        """The fields that this kind adds; the choice of a member only where one is to be made."""
        offered = self.fields["seat"].choices  # type: ignore[attr-defined]
        return [field for field in super().what() if field.name != "seat" or offered]

    def clean_subject(self) -> str:
        """The subject that was typed; where none is, or none may be, one is drawn."""
        typed = self.cleaned_data["subject"]
        if self.shown is not None or len(self.subjects) < 2:
            return typed
        if typed and (typed in self.subjects or self.action_form.options["subject_editable"]):
            return typed
        return secrets.choice(self.subjects)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.is_by_code and self.shown is None and "postal_code" in cleaned:
            body = seats.legislature(self.known.values())
            if body and body.organization:
                self.posts = self.choose(cleaned["postal_code"], body.organization)
        return cleaned

    def choose(self, postal_code: str, body: Organization) -> list[Post]:
        """The seats that the letter goes to; none while the writer does not know either.

        Those of the code's area or, where the code lies in several areas or in none that we know,
        the one that was chosen from a list, which is no dead end. Whoever knows better than the
        table chooses from the whole list.
        """
        typed = self.cleaned_data.get("seat", "")
        wants_all = seats.ELSEWHERE in (typed, self.data.get("step"))
        if not wants_all and (chosen := seats.anywhere(typed, body)):
            return [chosen]
        lying = seats.lying(postal_code, body) if postal_code else seats.Lying()
        if lying.is_sure and not wants_all:
            return list(lying.seats)
        return self.ask(postal_code, body, lying if not wants_all else None)

    def ask(self, postal_code: str, body: Organization, lying: seats.Lying | None) -> list[Post]:
        """Offers seats to choose from, with what was chosen; `lying`: None for the whole list."""
        typed = self.cleaned_data.get("seat", "")
        if lying and lying.seats:
            among = list(lying.seats)
            self.offer_seats(seats.choices(lying), body, among)
        else:
            among = seats.every(body)
            self.offer_seats([*seats.listed(among, seats.ANY), seats.unknown()], body, among)
        chosen = [seat for seat in among if lying is not None and str(seat.pk) == typed]
        if not chosen and (lying is None or typed != seats.UNKNOWN):
            is_asked = not postal_code and lying is not None
            self.add_error(*(("postal_code", NO_CODE) if is_asked else ("seat", self.why(lying))))
        return chosen

    def why(self, lying: seats.Lying | None) -> Any:
        """Why one has to choose."""
        if lying is None:
            return CHOOSE
        if lying.answer.is_part and lying.seats:
            return PART
        return SEVERAL_AREAS if lying.seats else NO_AREA

    def offer_seats(
        self, choices: list[seats.Choice], body: Organization, among: list[Post]
    ) -> None:
        """Asks for the member: beside each other where they are few, else in a list to open."""
        field = self.fields["seat"]
        # On the bound field, which was read before, by validation.
        self["seat"].help_text = seats.hint(body)
        if len(among) >= LONG_LIST:
            field.widget = forms.Select()
            choices = [("", "—"), *choices]
        field.choices = choices  # type: ignore[attr-defined]

    def content(self) -> dict[str, Any]:
        if self.shown is not None:
            return self.shown
        return self.planned

    @cached_property
    def planned(self) -> dict[str, Any]:
        """What is kept of the letter, with who gets what."""
        cleaned = self.cleaned_data
        chosen: dict[str, Any] = {"targets": [int(target) for target in cleaned["targets"]]}
        if self.posts is not None:
            chosen["posts"] = [post.pk for post in self.posts]
        if cleaned.get("own_copy"):
            chosen["own_copy"] = True
        draft = plans.Draft(
            cleaned["subject"], cleaned["body"], self.language, tuple(cleaned.get("points") or ())
        )
        [to] = letters.addressees([Action(form=self.action_form, content=chosen)])  # type: ignore[misc]
        plan = plans.plan(draft, self.action_form.options, to, letters.recipients(to))
        self.written_to = [one for one in to if one.key not in letters.left_out(plan)]
        return plan | chosen
