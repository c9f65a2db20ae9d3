"""What an organiser pastes: a list of members and how they vote."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from plaidoyer.lib import typed
from plaidoyer.parliament.models import Motion, VoteEvent

LONGEST = 200_000
STATED = "stated"


class ListForm(forms.Form):
    """A list of members: how they voted in a recorded vote, or what they said they would."""

    about = forms.ChoiceField(label=_("This list says"), widget=forms.RadioSelect)
    stated_on = forms.DateField(
        label=_("Stated"),
        required=False,
        widget=AdminDateInput,
        help_text=_("Only for positions: the day they were stated."),
    )
    source = forms.URLField(
        label=_("Source"),
        required=False,
        help_text=_("Only for positions: where anybody can read them."),
    )
    text = forms.CharField(
        label=_("Members, one a line"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"}),
        help_text=_(
            "The name, a semicolon, the vote: “Ada Vale; yes”. Two columns copied from a table do "
            "too. Understood are yes, no, abstains, absent and paired, in French and in English."
        ),
    )
    file = forms.FileField(label=_("Or a file (CSV)"), required=False)

    def __init__(self, motion: Motion, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.events = {str(event.pk): event for event in motion.vote_events.all()}
        voted = _("how members voted on %(day)s")
        choices = [(key, voted % {"day": event.held_on}) for key, event in self.events.items()]
        choices.append((STATED, str(_("what members say they will vote"))))
        self.fields["about"].choices = choices  # type: ignore[attr-defined]
        self.initial.setdefault("about", choices[0][0])
        self.initial.setdefault("stated_on", timezone.localdate())

    def clean_stated_on(self) -> Any:
        """Raises ValidationError for a day to come."""
        day = self.cleaned_data["stated_on"]
        if day and day > timezone.localdate():
            raise ValidationError(_("This day has not come yet."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if file := cleaned.get("file"):
            cleaned["text"] = decoded(file.read(4 * LONGEST))[:LONGEST]
        if not cleaned.get("text", "").strip() and "text" not in self.errors:
            self.add_error("text", _("Paste at least one line."))
        if cleaned.get("about") == STATED:
            for name in ("stated_on", "source"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("A position needs its day and its source."))
        return cleaned

    @property
    def event(self) -> VoteEvent | None:
        """The recorded vote the list is about; none for stated positions."""
        return self.events.get(self.cleaned_data["about"])


def decoded(data: bytes) -> str:
    """The text of a file, as spreadsheets of today and of yesterday write it."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    return "\n".join(line for line in typed.BREAKS.split(text.replace("\x00", "")))
