"""What somebody tells us who called, and what an organiser decides."""

from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plaidoyer.actions.forms import ActForm, OptionsForm
from plaidoyer.actions.kinds.call import lines
from plaidoyer.actions.kinds.call.lines import Callee, Line
from plaidoyer.actions.kinds.call.outcomes import OUTCOMES
from plaidoyer.actions.kinds.letter import letters, seats
from plaidoyer.actions.models import ActionForm
from plaidoyer.civics.models import Post
from plaidoyer.lib.fields import ParagraphsField, PostalCodeField
from plaidoyer.lib.words import WordsFormField
from plaidoyer.supporters.models import ConsentWording


class WhomField(forms.ChoiceField):
    """One of those who can be called; the form that shows it knows them."""

    widget = forms.RadioSelect

    def valid_value(self, value: Any) -> bool:
        return True


class CallForm(ActForm):
    """A report of one call: whom, what came of it.

    Where supporters call whoever represents them, `callees` are found by their postal code first
    (views.numbers), and the report follows.
    """

    whom = WhomField(
        label=_("Whom did you call?"),
        error_messages={"required": _("Choose whom you called.")},
    )
    outcome = forms.ChoiceField(
        label=_("What came of it?"),
        choices=list(OUTCOMES.items()),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Say what came of your call."),
            "invalid_choice": _("Choose one of the list."),
        },
    )
    note = ParagraphsField(
        label=_("What did they say? (optional)"),
        required=False,
        max_length=1000,
        help_text=_("Only we read it. It is never published."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    field_order = ["whom", "outcome", "note"]

    def __init__(
        self,
        action_form: ActionForm,
        data: Any = None,
        *,
        callees: list[Callee] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(action_form, data, **kwargs)
        self.is_by_code = seats.is_by_code(action_form)
        self.given = callees

    @cached_property
    def callees(self) -> list[Callee]:
        """Whom this form is about: the campaign's targets, or the seats that were found."""
        if self.given is not None:
            return self.given
        if not self.is_by_code:
            known = letters.known_targets().filter(campaign=self.action_form.campaign_id)
            return [*known]
        kind, _dash, number = self.data.get("whom", "").partition("-")
        if kind != "post" or not number.isdecimal() or len(number) > 18:
            return []
        # Through the campaign's targets: a seat of another body is nobody to call here.
        body = {"organization__targets__campaign": self.action_form.campaign_id}
        found = Post.objects.filter(**body, pk=int(number), area__isnull=False)
        return [*found.select_related("organization", "area").distinct()]

    @cached_property
    def lines(self) -> list[Line]:
        """Those to call, with their numbers."""
        return lines.lines(self.callees)

    @property
    def before_template(self) -> str:  # type: ignore[override]
        """Asks for the postal code first, where it decides whom to call."""
        return "call/find.html" if self.is_by_code and not self.callees else ""

    def offer(self, *, wording: ConsentWording, page: str) -> None:
        super().offer(wording=wording, page=page)
        field = self.fields["whom"]
        field.choices = [(line.key, line.name) for line in self.lines]  # type: ignore[attr-defined]
        if len(self.lines) == 1:
            field.widget = forms.HiddenInput()
            self.initial["whom"] = self.lines[0].key

    def clean_whom(self) -> str:
        """Raises ValidationError for somebody who is not called here."""
        whom = self.cleaned_data["whom"]
        if whom not in {lines.key(callee) for callee in self.callees}:
            raise forms.ValidationError(_("Choose whom you called."), code="invalid_choice")
        return whom

    def content(self) -> dict[str, Any]:
        kind, _dash, number = self.cleaned_data["whom"].partition("-")
        told = {kind: int(number), "outcome": self.cleaned_data["outcome"]}
        note = self.cleaned_data["note"]
        return told | ({"note": note} if note else {})


class FindForm(forms.Form):
    """The postal code by which somebody finds who represents them; a list where it tells not."""

    postal_code = PostalCodeField(label=_("Postal code"))
    seat = WhomField(label=_("Who represents you?"), required=False, widget=forms.Select)


class CallOptionsForm(OptionsForm):
    to = forms.ChoiceField(
        label=pgettext_lazy("call", "Whom supporters call"),
        choices=[
            ("targets", _("the targets of the campaign")),
            (
                "representative",
                _("the member of its legislature who represents each of them, by postal code"),
            ),
        ],
        initial="targets",
        widget=forms.RadioSelect,
    )
    steps = WordsFormField(
        label=_("What to say, step by step"),
        long=True,
        max_length=4_000,
        help_text=_("One step a line: say who you are, what you ask, why, and thank them."),
    )
    points = WordsFormField(
        label=_("Reasons to give"),
        long=True,
        required=False,
        max_length=4_000,
        help_text=_("One a line. Callers choose those that are theirs."),
    )
