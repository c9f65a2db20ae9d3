"""What a supporter fills in, and what an organiser decides about a form of some kind."""

import copy
from typing import Any, Self

from django import forms
from django.core import signing
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from plaidoyer.actions import sharing
from plaidoyer.actions.models import ActionForm
from plaidoyer.lib.fields import (
    AddressField,
    FamilyNameField,
    GivenNameField,
    LineField,
    PostalCodeField,
)
from plaidoyer.supporters import consents
from plaidoyer.supporters.models import ConsentWording

SENTENCES = signing.Signer(salt="plaidoyer.consent", sep="|")


class CheckboxInput(forms.CheckboxInput):
    """A box whose value counts, not only whether it is ticked."""

    value_from_datadict = forms.TextInput.value_from_datadict  # type: ignore[assignment]


class ConsentField(forms.Field):
    """A tick beside a sentence, kept word for word.

    What was ticked travels in the tick's own value, signed: the wording's row, or the sentence
    itself until it has one. So what is kept is what the page showed, even when the page came
    from a cache and the sentence has changed since. Clean data is the wording; None without a
    tick, or with a value that is none of ours: no proof, no consent.
    """

    widget = CheckboxInput

    def offer(self, wording: ConsentWording) -> None:
        """Shows the sentence beside the box; a tick made beside another one is not kept."""
        value = SENTENCES.sign(str(wording.pk or wording.text))
        self.label = wording.text
        self.widget.attrs["value"] = value
        self.widget.check_test = lambda ticked: ticked == value

    def to_python(self, value: Any) -> ConsentWording | None:
        if not value:
            return None
        try:
            ticked = SENTENCES.unsign(value)
        except signing.BadSignature:
            return None
        if ticked.isdigit():
            return ConsentWording(pk=int(ticked))
        return ConsentWording(
            purpose=consents.NEWSLETTER, language=get_language() or "", text=ticked
        )


class ActForm(forms.Form):
    """What every act asks: who acts. A kind adds its own fields (actions/kinds)."""

    given_name = GivenNameField()
    family_name = FamilyNameField()
    email = AddressField(
        help_text=_("We send you one message to confirm. Your address is never shown.")
    )
    postal_code = PostalCodeField()
    consent = ConsentField(required=False)
    page = LineField(required=False, widget=forms.HiddenInput)
    via = LineField(required=False, widget=forms.HiddenInput)

    WHO = ("given_name", "family_name", "email", "postal_code")
    # Asked for in place of the form, while it cannot be filled in yet.
    before_template = ""
    # Those of the kind's own fields that follow who acts.
    LAST: tuple[str, ...] = ()

    def __init__(self, action_form: ActionForm, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.action_form = action_form

    def twin(self, data: Any) -> Self:
        """This form with `data` sent in it. It shares the fields of this one, which costs far
        less than a new form; so a kind whose fields know their form gives the twin its own."""
        twin = copy.copy(self)
        twin.data, twin.is_bound, twin._errors = data, True, None  # type: ignore[attr-defined]
        twin._bound_fields_cache = {}  # type: ignore[attr-defined]
        return twin

    def _clean_fields(self) -> None:
        """As Django's, without a BoundField for each: these are made to be shown, and an act that
        is in order is not shown again. They are a quarter of what it costs to judge one."""
        for name, field in self.fields.items():
            try:
                self.cleaned_data[name] = field.clean(self._said(name, field))
                if judged := getattr(self, f"clean_{name}", None):
                    self.cleaned_data[name] = judged()
            except forms.ValidationError as error:
                self.add_error(name, error)

    def _said(self, name: str, field: forms.Field) -> Any:
        """What was sent in a field; of one that takes nothing, what it shows."""
        if field.disabled:
            return self.get_initial_for_field(field, name)
        return field.widget.value_from_datadict(self.data, self.files, name)

    def offer(self, *, wording: ConsentWording, page: str) -> None:
        """Prepares what only a shown form needs: the wording of consent, the page's address."""
        self.fields["consent"].offer(wording)  # type: ignore[attr-defined]
        self["consent"].label = wording.text  # it may have been read before, by validation
        self.initial["page"] = page

    def who(self) -> list[forms.BoundField]:
        """The fields about the supporter."""
        return [self[name] for name in self.WHO]

    def what(self) -> list[forms.BoundField]:
        """The fields that this kind adds."""
        others = (*self.WHO, *self.LAST, "consent")
        return [field for field in self.visible_fields() if field.name not in others]

    def last(self) -> list[forms.BoundField]:
        """The fields that this kind adds after who acts."""
        return [self[name] for name in self.LAST if name in self.fields]

    def clean_page(self) -> str:
        """The page's own address; whatever else somebody put there is not kept."""
        page = self.cleaned_data["page"]
        return page if page.startswith("/") and len(page) <= 300 else ""

    def clean_via(self) -> str:
        return sharing.via(self.cleaned_data["via"])

    @property
    def was_shown(self) -> bool:
        """Whether what is sent was seen, where a kind shows it first; else it is shown again."""
        return True

    def carried(self, typed: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """What the page that shows an act carries of what was typed, to be sent again."""
        return [(name, value) for name, value in typed if name != "step"]

    def content(self) -> dict[str, Any]:
        """What the act says beyond who did it, as it will be kept."""
        return {}

    def act(self) -> dict[str, Any]:
        """The columns of the act, once the form is valid."""
        return {name: self.cleaned_data[name] for name in (*self.WHO, "page", "via")} | {
            "content": self.content(),
            "consent_wording": self.cleaned_data["consent"],
        }


class CorrectionForm(forms.Form):
    """The address of an act, typed anew."""

    email = AddressField()


class OptionsForm(forms.Form):
    """What an organiser decides about a form of this kind; a kind adds its own fields."""

    def settled(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Facts of the form itself that follow from the options, once these are valid.

        `facts`: what the organiser entered, as cleaned data of the sheet.
        """
        return {}

    def about(self, action_form: ActionForm) -> None:
        """Told which form it is about, before it is checked; a new one has no key yet."""

    def saved(self, action_form: ActionForm, by: Any) -> None:
        """Called once the form is saved, by whom, in the same transaction."""
