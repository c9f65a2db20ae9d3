"""What an organiser types for a newsletter: its name, and a version in each language."""

import hashlib
import json
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from plaidoyer.lib import typed
from plaidoyer.lib.fields import LineField
from plaidoyer.newsletters.models import Mailing, Version

BODY: Any = Version._meta.get_field("body")


def harmless(value: Any) -> Any:
    """`value`, of lists and dicts, without the characters that only machines read."""
    if isinstance(value, str):
        return typed.UNWANTED.sub("", value)
    if isinstance(value, list):
        return [harmless(one) for one in value]
    if isinstance(value, dict):
        return {key: harmless(one) for key, one in value.items()}
    return value


class MailingForm(forms.ModelForm):
    """What a mailing is called in the back office."""

    name = LineField(
        label=_("Name, for the back office only"),
        max_length=200,
        error_messages={"required": _("Give it a name you will find again.")},
    )

    class Meta:
        model = Mailing
        fields = ["name", "on_web"]


class VersionForm(WagtailAdminModelForm):
    """A version. `seen` is its digest when the form was shown: nobody overwrites unknowingly."""

    subject = LineField(label=_("Subject"), max_length=250, required=False)
    subject_b = LineField(
        label=_("Second subject, to try both"),
        max_length=250,
        required=False,
        help_text=_("Left empty, everybody gets the first."),
    )
    preheader = LineField(
        label=_("Line after the subject"),
        max_length=250,
        required=False,
        help_text=_("What mailboxes show beside the subject."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Version
        fields = ["subject", "subject_b", "preheader", "body"]

    data: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = digest(self.instance)
        self.initial["seen"] = self.stored
        for name in ("subject", "subject_b", "preheader"):
            self.fields[name].widget.attrs["lang"] = self.instance.language

    def clean_body(self) -> Any:
        return BODY.to_python(harmless(self.cleaned_data["body"].get_prep_value()))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "seen" in data and data["seen"] != self.stored and self.has_changed():
            self.add_error(
                None,
                _(
                    "Somebody else saved this version meanwhile. What you typed is still here: "
                    "save again to put it in place of theirs."
                ),
            )
            self.data = self.data.copy()
            self.data[self.add_prefix("seen")] = self.stored
        return data

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed: then there is no such version."""
        said = ("subject", "subject_b", "preheader", "body")
        return not any(self.cleaned_data.get(name) for name in said)


def digest(version: Version) -> str:
    """What changes whenever the words of a version do."""
    said = [version.subject, version.subject_b, version.preheader, version.body.get_prep_value()]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]


def typed_harmless(data: QueryDict) -> QueryDict:
    """What was sent, without the characters that only machines read."""
    clean = QueryDict(mutable=True)
    for name, values in data.lists():
        clean.setlist(name, harmless(values))
    return clean


class Sheet:
    """The whole newsletter on one screen: every language a column, saved together or not at all."""

    def __init__(self, mailing: Mailing, data: QueryDict | None = None) -> None:
        self.mailing = mailing
        data = typed_harmless(data) if data is not None else None
        self.head = MailingForm(data, instance=mailing)
        there = {version.language: version for version in mailing.versions.all()}
        self.versions = {
            code: VersionForm(
                data,
                instance=there.get(code) or Version(mailing=mailing, language=code),
                prefix=code,
            )
            for code, _name in settings.LANGUAGES
        }

    def is_valid(self) -> bool:
        """Every form is asked, so that each says its own faults."""
        forms_: list[forms.ModelForm] = [self.head, *self.versions.values()]
        return not [form for form in forms_ if not form.is_valid()]

    def written(self) -> list[Version]:
        """The versions in which something stands; those emptied are to be dropped."""
        return [form.instance for form in self.versions.values() if not form.is_empty]

    def emptied(self) -> list[Version]:
        """Versions that were there and in which nothing stands any more."""
        forms_ = self.versions.values()
        return [form.instance for form in forms_ if form.is_empty and form.instance.pk]
