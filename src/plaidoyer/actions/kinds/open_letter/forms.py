from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from plaidoyer.actions.forms import ActForm, OptionsForm
from plaidoyer.actions.kinds.open_letter import countries, domains, revisions
from plaidoyer.actions.kinds.open_letter.models import OrganisationSignature
from plaidoyer.actions.models import ActionForm
from plaidoyer.lib.fields import LineField
from plaidoyer.lib.words import Words, WordsFormField
from plaidoyer.supporters.models import ConsentWording

SELF, ORGANISATION = "self", "organisation"
LONGEST_TEXT = 20_000


class WebsiteField(LineField):
    """The address of an organisation's site, as people write it: "canoe.example" will do."""

    is_site = URLValidator(schemes=["http", "https"])
    unlike = _("Write an address like https://example.org.")

    def clean(self, value: Any) -> str:
        if not (site := super().clean(value)):
            return ""
        site = site if "://" in site else f"https://{site}"
        try:
            self.is_site(site)
        except ValidationError:
            raise ValidationError(self.unlike, code="invalid") from None
        if not domains.host(site):
            raise ValidationError(self.unlike, code="invalid")
        return site


class CountryField(forms.ChoiceField):
    """A country, by its code; their names are asked for only to be shown."""

    def valid_value(self, value: Any) -> bool:
        return value in countries.names()


class OpenLetterForm(ActForm):
    """Who signs: somebody for themself, or somebody for an organisation."""

    signing_as = forms.ChoiceField(
        label=_("I sign"),
        widget=forms.RadioSelect,
        choices=[(SELF, _("for myself")), (ORGANISATION, _("for my organisation"))],
        initial=SELF,
        error_messages={"required": _("Choose for whom you sign.")},
    )
    country = CountryField(label=_("Country"), required=False)
    website = WebsiteField(
        label=_("Website"),
        max_length=190,
        required=False,
        help_text=_("With an e-mail address of the same domain we need no other proof."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url"}),
    )
    size = forms.ChoiceField(
        label=_("Size"),
        required=False,
        choices=[("", "—"), *OrganisationSignature.Size.choices],
    )
    function = LineField(
        label=_("Your function there"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    named = forms.BooleanField(
        label=_(
            "Show my full name publicly: with the area of my postal code if I sign for myself, "
            "with my function if I sign for an organisation."
        ),
        required=False,
    )
    # Which text was on the page: it may come from a cache.
    revision = LineField(required=False, widget=forms.HiddenInput)

    LAST = ("named",)
    MISSING = {
        "country": _("Choose the country."),
        "website": _("Write the address of its website."),
        "size": _("Choose its size."),
        "function": _("Write your function there."),
    }

    def __init__(self, action_form: ActionForm, data: Any = None, **kwargs: Any) -> None:
        super().__init__(action_form, data, **kwargs)
        for code, _name in settings.LANGUAGES:
            self.fields[f"name_{code}"] = LineField(
                max_length=150,
                required=False,
                widget=forms.TextInput(attrs={"lang": code, "autocomplete": "organization"}),
            )
        who = [
            SELF if action_form.options.get("persons", True) else "",
            ORGANISATION if action_form.options.get("organisations", True) else "",
        ]
        self.may_sign = [one for one in who if one] or [SELF]
        if len(self.may_sign) == 1:
            # No choice: whatever is sent, it is this.
            field = self.fields["signing_as"]
            field.disabled, field.initial = True, self.may_sign[0]

    def offer(self, *, wording: ConsentWording, page: str) -> None:
        super().offer(wording=wording, page=page)
        country = self.fields["country"]
        country.choices = countries.choices()  # type: ignore[attr-defined]
        for code, language in settings.LANGUAGES:
            label = _("Name of the organisation (%(language)s)") % {"language": language}
            self[f"name_{code}"].label = label
        self.initial["revision"] = str(revisions.current(self.action_form))

    def names(self) -> list[str]:
        """The fields of the organisation's name in each language, that of the page first."""
        active = (get_language() or "").split("-")[0]
        codes = sorted((code for code, _name in settings.LANGUAGES), key=lambda c: c != active)
        return [f"name_{code}" for code in codes]

    def about_organisation(self) -> list[str]:
        """The fields about an organisation."""
        return [*self.names(), *self.MISSING]

    def organisation(self) -> list[forms.BoundField]:
        """The same, to be shown."""
        return [self[name] for name in self.about_organisation()]

    @property
    def is_organisation(self) -> bool:
        """Whether it is signed for one."""
        return self.cleaned_data.get("signing_as") == ORGANISATION

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.is_organisation:
            # What was typed before one changed one's mind is no error.
            for name in self.about_organisation():
                self.errors.pop(name, None)
            return cleaned
        for name, message in self.MISSING.items():
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, message)
        first, *others = self.names()
        if not any(cleaned.get(name) for name in (first, *others)) and first not in self.errors:
            self.add_error(first, _("Write the name of your organisation."))
        return cleaned

    def content(self) -> dict[str, Any]:
        said: dict[str, Any] = {"revision": self.shown_revision()}
        if self.cleaned_data["named"]:
            said["named"] = True
        if self.is_organisation:
            words = {code: self.cleaned_data[f"name_{code}"] for code, _name in settings.LANGUAGES}
            said["organisation"] = {
                "name": {code: text for code, text in words.items() if text},
                **{name: self.cleaned_data[name] for name in ("country", "website", "size")},
            }
            said["function"] = self.cleaned_data["function"]
        return said

    def shown_revision(self) -> int:
        """The revision that stood on the page; the current one when the page does not say."""
        current, shown = revisions.current(self.action_form), self.cleaned_data["revision"]
        known = shown.isascii() and shown.isdigit() and len(shown) < 6
        return int(shown) if known and 1 <= int(shown) <= current else current


class OpenLetterOptionsForm(OptionsForm):
    text = WordsFormField(
        label=_("Letter"),
        long=True,
        max_length=LONGEST_TEXT,
        help_text=_(
            "An empty line begins a paragraph. From the first signature on, a change is a dated "
            "revision and everybody who signed is told by mail."
        ),
    )
    note = WordsFormField(
        label=_("What changed, and why"),
        long=True,
        required=False,
        max_length=2000,
        help_text=_("Needed once somebody has signed and the letter changes. Everybody reads it."),
    )
    persons = forms.BooleanField(label=_("People may sign"), required=False, initial=True)
    organisations = forms.BooleanField(
        label=_("Organisations may sign"), required=False, initial=True
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.note_words = Words()
        self.about(ActionForm())

    def about(self, action_form: ActionForm) -> None:
        self.action_form = action_form
        self.text_before = Words(action_form.options.get("text") or {})
        # A note is about one change: it never comes back.
        self.initial = {**self.initial, "note": Words()}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.note_words = cleaned.pop("note", Words())
        if not cleaned.get("persons") and not cleaned.get("organisations"):
            self.add_error(
                "persons", pgettext_lazy("open letter", "Somebody must be able to sign.")
            )
        is_change = "text" in cleaned and cleaned["text"] != self.text_before
        if is_change and not self.note_words and revisions.is_frozen(self.action_form):
            self.add_error(
                "note", _("People have signed this text: say what changes, and they are told.")
            )
        cleaned["revision"] = revisions.current(self.action_form)
        return cleaned

    def saved(self, action_form: ActionForm, by: Any) -> None:
        revisions.revise(action_form, before=self.text_before, note=self.note_words, by=by)
