from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from plaidoyer.newsletters.models import Topic


class TopicsField(forms.ModelMultipleChoiceField):
    """Boxes, one a topic; what it brings stands beside it."""

    widget = forms.CheckboxSelectMultiple


class PreferencesForm(forms.Form):
    """What a reader wants to get, and in which language."""

    topics = TopicsField(label=_("Topics"), queryset=Topic.objects.none(), required=False)
    language = forms.ChoiceField(
        label=_("Language of our mails"),
        choices=settings.LANGUAGES,
        error_messages={"required": _("Choose a language.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = Topic.objects.filter(retired_at=None)
        self.fields["topics"].queryset = offered  # type: ignore[attr-defined]
