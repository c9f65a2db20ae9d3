"""What an organiser decides about letters: to whom, what they say, and to whom they say else."""

import re
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plaidoyer.actions.forms import OptionsForm
from plaidoyer.actions.kinds.letter import rules
from plaidoyer.actions.kinds.letter.forms import LONGEST_BODY, LONGEST_SUBJECT
from plaidoyer.actions.models import ActionForm
from plaidoyer.campaigns.models import Campaign
from plaidoyer.lib import typed
from plaidoyer.lib.desk import GroupedChoiceField, Groups
from plaidoyer.lib.words import Words, WordsFormField

MOST_RULES = 40
EMPTY_ROWS = 2


class RuleForm(forms.Form):
    """One rule, as a row of the sheet. A row without a condition is none."""

    order = forms.IntegerField(label=_("Order"), required=False, min_value=1, max_value=999)
    when = GroupedChoiceField(label=pgettext_lazy("rule", "Where"), required=False)
    then = forms.ChoiceField(
        label=pgettext_lazy("rule", "Then"), choices=list(rules.EFFECTS.items()), required=False
    )
    subject = WordsFormField(
        label=_("Another subject, if you like"), required=False, max_length=LONGEST_SUBJECT
    )
    body = WordsFormField(
        label=_("The text; or, where nobody writes to them, the reason that supporters read"),
        long=True,
        required=False,
        max_length=LONGEST_BODY,
    )

    def __init__(self, groups: Groups, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["when"].offer(groups)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("when") and not cleaned.get("body"):
            self.add_error("body", _("Write it in at least one language."))
        return cleaned

    @property
    def row(self) -> dict[str, Any]:
        """The rule, as the form's options keep it."""
        return {name: self.cleaned_data[name] for name in ("when", "then", "subject", "body")}


class RulesWidget(forms.Widget):
    """The rules as rows, and two empty ones below: nothing to press to write one more."""

    template_name = "letter/admin/rules.html"

    def __init__(self) -> None:
        super().__init__()
        self.groups: Groups = []

    def row(self, name: str, number: int, *args: Any, **kwargs: Any) -> RuleForm:
        return RuleForm(self.groups, *args, prefix=f"{name}-{number}", **kwargs)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[RuleForm]:
        sent = (re.fullmatch(rf"{re.escape(name)}-(\d{{1,2}})-when", key) for key in data)
        numbers = sorted(int(found[1]) for found in sent if found)
        return [self.row(name, number, data) for number in numbers[:MOST_RULES]]

    def _render(self, template_name: str, context: dict[str, Any], renderer: Any = None) -> str:
        # Django's own renderer of forms does not look among the kinds.
        return render_to_string(template_name, context)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        rows = value or []
        if not all(isinstance(row, RuleForm) for row in rows):
            rows = [
                self.row(name, number, initial={**rule, "order": number + 1})
                for number, rule in enumerate(rows)
            ]
        if not any(row.is_bound for row in rows):
            there = len(rows)
            rows += [self.row(name, there + number) for number in range(EMPTY_ROWS)]
        context["rows"] = rows
        return context


class RulesField(forms.Field):
    """Rules in their order, as the form's options keep them."""

    widget: Any = RulesWidget

    def clean(self, value: list[RuleForm]) -> list[dict[str, Any]]:
        # Every row is judged, so that each shows what it lacks.
        if [row for row in value if not row.is_valid()]:
            raise forms.ValidationError(_("Look at the rules: one of them is not complete."))
        kept = [row for row in value if row.cleaned_data["when"]]
        kept.sort(key=lambda row: row.cleaned_data["order"] or MOST_RULES)
        return [row.row for row in kept]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return True


class LetterOptionsForm(OptionsForm):
    to = forms.ChoiceField(
        label=pgettext_lazy("letter", "To"),
        choices=[
            ("targets", _("the targets of the campaign, among whom supporters choose")),
            (
                "representative",
                _("the member of its legislature who represents each supporter, by postal code"),
            ),
        ],
        initial="targets",
        required=False,
        widget=forms.RadioSelect,
    )
    subject = WordsFormField(
        label=_("Subject"),
        long=True,
        max_length=20 * LONGEST_SUBJECT,
        help_text=_(
            "Of several, one a line, each letter has one that is drawn. "
            "The same line says the same in each language."
        ),
    )
    body = WordsFormField(
        label=_("Letter"),
        long=True,
        max_length=LONGEST_BODY,
        help_text=_("Without greeting and signature: each letter gets its own."),
    )
    subject_editable = forms.BooleanField(
        label=_("Supporters may change the subject"), required=False, initial=True
    )
    body_editable = forms.BooleanField(
        label=_("Supporters may change the letter"), required=False, initial=True
    )
    points = WordsFormField(
        label=_("Points to tick"),
        long=True,
        required=False,
        max_length=5_000,
        help_text=_(
            "One a line, the same in each language. Those that a supporter ticks stand before "
            "the last paragraph of the letter."
        ),
    )
    rules = RulesField(
        label=_("Another text for some, thanks for others"),
        required=False,
        help_text=_(
            "The first that fits somebody is theirs. A supporter’s own words go before your other "
            "texts, never before thanks. Choose “—” to remove a rule; save to get empty rows."
        ),
    )

    def about(self, action_form: ActionForm) -> None:
        campaign = action_form.campaign if action_form.campaign_id else None
        self.fields["rules"].widget.groups = groups(campaign)  # type: ignore[attr-defined]

    def clean_to(self) -> str:
        return self.cleaned_data["to"] or "targets"

    def clean_subject(self) -> Words:
        return self.lines("subject", longest=LONGEST_SUBJECT)

    def clean_points(self) -> Words:
        return self.lines("points", longest=1_000)

    def lines(self, name: str, longest: int) -> Words:
        """What was written one a line, as many lines in each language, none too long."""
        words = {
            language: [line for each in text.split("\n") if (line := typed.line(each))]
            for language, text in self.cleaned_data[name].items()
        }
        if any(len(line) > longest for each in words.values() for line in each):
            raise forms.ValidationError(
                _("A line has at most %(longest)d characters."), params={"longest": longest}
            )
        if len({len(each) for each in words.values()}) > 1:
            raise forms.ValidationError(_("Write as many lines in each language."))
        return Words({language: "\n".join(each) for language, each in words.items()})


def groups(campaign: Campaign | None) -> Groups:
    """What a rule may look at, each condition with its values."""
    found = []
    for name, condition in rules.CONDITIONS.items():
        values = [(f"{name}:{value}", str(words)) for value, words in condition.choices(campaign)]
        if values:
            found.append((str(condition.label), values))
    return found
