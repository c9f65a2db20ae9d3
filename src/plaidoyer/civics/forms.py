"""What an organiser brings to an import: a source, a file or pasted text, the day it tells of."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from plaidoyer.civics import fetching, legislatures, sources
from plaidoyer.civics.sources import Source, SourceError, files

PASTED = 200_000
# What the options of sources are called; one that is not here is shown by its own name.
LABELS: dict[str, tuple[str | Promise, str | Promise]] = {
    "legislature": (
        _("Legislature"),
        _("Its short name. Known are %(known)s; any other is new: say what it is called."),
    ),
    "session": (_("Session"), _("Such as 44-1, where the file does not say it.")),
    "votes": (
        _("Numbers of votes"),
        _("Such as 12, 80-89, of that session: each with how members voted."),
    ),
    "name_en": (_("Name of the legislature in English"), ""),
    "name_fr": (_("Name of the legislature in French"), ""),
    "country": (_("Country"), _("Two letters, such as CA.")),
    "scheme": (_("Whose numbers its members have"), ""),
    "page": (
        _("Official page of the list"),
        _("Mail addresses are kept only with the page where they stand."),
    ),
    "since": (_("In office from"), _("Where the file has no dates: 2021-11-22.")),
    "until": (_("In office until"), _("For a list of a parliament that is over.")),
    "partial": (
        _("Not everybody is in the list"),
        _("Otherwise those who are missing have left."),
    ),
    "kind": (_("What the areas are"), _("Such as riding or province.")),
    "table": (_("Name of the postal table"), ""),
    "complete": (
        _("Which petitions it lists wholly"),
        _("all, open, parliament:44, session:44-1 or year:2023. Empty: it may lack some."),
    ),
    "petition": (_("Number of one petition"), _("Empty: the whole list.")),
    "no_constituencies": (_("Without the counts by constituency"), ""),
}
ONLINE, FILE, TEXT = "online", "file", "text"


class SourceForm(forms.Form):
    """A file, a pasted text or the publisher's own address, with the source's options."""

    way = forms.ChoiceField(label=_("Where it comes from"), widget=forms.RadioSelect, initial=FILE)
    file = forms.FileField(label=_("File"), required=False)
    text = forms.CharField(
        label=_("Pasted text"),
        required=False,
        max_length=PASTED,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    as_of = forms.DateField(
        label=_("The day it tells of"),
        required=False,
        widget=AdminDateInput,
        help_text=_(
            "When the list was true. Facts of a later day are never overwritten. Today, if empty; "
            "for a file that was imported before, the day given then."
        ),
    )

    def __init__(self, source: Source, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.source = source
        ways: list[Any] = [(FILE, _("A file")), (TEXT, _("Pasted text"))]
        if source.address:
            address = _("From the publisher: %(address)s") % {"address": source.address}
            ways.append((ONLINE, address))
        self.fields["way"].choices = ways  # type: ignore[attr-defined]
        self.options = sources.options(source)
        for name, default in self.options.items():
            self.fields[f"option_{name}"] = _field(name, default)

    def clean_as_of(self) -> datetime.date | None:
        """Raises ValidationError for a day to come."""
        day: datetime.date | None = self.cleaned_data["as_of"]
        if day and day > timezone.localdate():
            raise ValidationError(_("This day has not come yet."))
        return day

    def clean(self) -> dict[str, Any]:
        """Fetches or reads the content. Raises ValidationError beside where it comes from."""
        cleaned = super().clean() or self.cleaned_data
        self.said = {
            name: value
            for name in self.options
            if (value := cleaned.get(f"option_{name}")) not in (None, "")
        }
        if self.errors:
            return cleaned
        try:
            cleaned["content"], cleaned["name"] = self._content(cleaned)
        except SourceError as error:
            self.add_error(self.place, error.told)
        return cleaned

    @property
    def place(self) -> str:
        """The field beside which a fault of the content is told."""
        way = self.cleaned_data.get("way", FILE)
        return way if way in self.fields else "way"

    def _content(self, cleaned: dict[str, Any]) -> tuple[bytes, str]:
        if cleaned["way"] == ONLINE:
            content = self.source.fetch(fetching.get, **self.said)
            return content, str(self.said.get("page") or self.source.address)
        if cleaned["way"] == TEXT:
            return cleaned["text"].encode(), str(_("pasted text"))
        if not cleaned["file"]:
            raise SourceError(_("Choose a file."))
        return files.read(cleaned["file"]), cleaned["file"].name[:400]


def _field(name: str, default: str | bool) -> forms.Field:
    """The field of one option of a source."""
    known: dict[str, Any] = {"known": ", ".join(legislatures.KNOWN)}
    said = LABELS.get(name, (name.replace("_", " ").capitalize(), ""))
    label, help_text = str(said[0]), str(said[1])
    help_text = help_text % known if "%(" in help_text else help_text
    if isinstance(default, bool):
        return forms.BooleanField(label=label, help_text=help_text, required=False)
    return forms.CharField(
        label=label, help_text=help_text, required=False, initial=default, max_length=400
    )
