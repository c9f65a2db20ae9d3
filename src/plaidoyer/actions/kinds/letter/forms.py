from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from plaidoyer.actions.forms import ActForm, LineField, OptionsForm, ParagraphsField
from plaidoyer.actions.kinds.letter import letters
from plaidoyer.actions.models import ActionForm
from plaidoyer.campaigns.models import Target
from plaidoyer.lib import typed
from plaidoyer.lib.words import Words, WordsFormField
from plaidoyer.supporters.models import ConsentWording

LONGEST_SUBJECT = 150
LONGEST_BODY = 10_000


class TargetsField(forms.MultipleChoiceField):
    """Some of the campaign's targets, as ids; their names are asked for only to be shown."""

    widget = forms.CheckboxSelectMultiple

    def valid_value(self, value: Any) -> bool:
        return value in self.known

    def know(self, targets: list[Target]) -> None:
        self.known = {str(target.pk): target for target in targets}

    def to_python(self, value: Any) -> list[str]:
        # One target is no choice, and none is asked for.
        return super().to_python(list(self.known) if len(self.known) == 1 else value)


class LetterForm(ActForm):
    """The letter, as far as the organiser lets it be written, and its writer."""

    targets = TargetsField(
        label=pgettext_lazy("letter", "To"),
        error_messages={"required": _("Choose at least one recipient.")},
    )
    subject = LineField(
        label=_("Subject"),
        max_length=LONGEST_SUBJECT,
        error_messages={"required": _("Write a subject.")},
    )
    body = ParagraphsField(
        label=_("Your letter"),
        max_length=LONGEST_BODY,
        error_messages={"required": _("Write your letter.")},
        help_text=_("Your own words count most. Greeting and signature are added."),
    )

    field_order = ["targets", "subject", "body"]

    def __init__(self, action_form: ActionForm, data: Any = None, **kwargs: Any) -> None:
        super().__init__(action_form, data, **kwargs)
        self.fields["targets"].know(  # type: ignore[attr-defined]
            list(
                Target.objects.filter(campaign=action_form.campaign_id)
                .select_related("post", "person", "organization")
                .order_by("id")
            )
        )
        for name in ("subject", "body"):
            text = Words(action_form.options.get(name) or {})
            self.initial[name] = text.in_language(get_language() or "")
            # A disabled field keeps its initial text whatever is sent.
            self.fields[name].disabled = not action_form.options.get(f"{name}_editable", True)

    def offer(self, *, wording: ConsentWording, page: str) -> None:
        super().offer(wording=wording, page=page)
        field, language = self.fields["targets"], get_language() or ""
        known = field.known  # type: ignore[attr-defined]
        names = {key: letters.recipient(known[key]).named(language) for key in known}
        if len(names) == 1:
            [only] = names.values()
            self["body"].label = _("Your letter to %(recipient)s") % {"recipient": only}
            field.widget = forms.MultipleHiddenInput()
        field.choices = list(names.items())  # type: ignore[attr-defined]
        self.initial["targets"] = list(known)

    def content(self) -> dict[str, Any]:
        return {
            "subject": self.cleaned_data["subject"],
            "body": self.cleaned_data["body"],
            "targets": [int(target) for target in self.cleaned_data["targets"]],
        }


class LetterOptionsForm(OptionsForm):
    subject = WordsFormField(label=_("Subject"), max_length=LONGEST_SUBJECT)
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

    def clean_subject(self) -> Words:
        subject = self.cleaned_data["subject"]
        return Words({language: typed.line(text) for language, text in subject.items()})
