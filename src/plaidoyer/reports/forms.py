"""The editor's form of an edition: its own words and every item, saved together or not at all."""

from typing import Any, cast

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput
from wagtail.images.widgets import AdminImageChooser

from plaidoyer.lib.words import Words, languages
from plaidoyer.reports import approvals, editions
from plaidoyer.reports.models import Correction, Edition, Item


class EditionForm(forms.ModelForm):
    class Meta:
        model = Edition
        fields = [
            "title",
            "slug",
            "starts_on",
            "ends_on",
            "languages",
            "audience",
            "introduction",
            "our_part",
            "thanks",
            "appeal",
        ]
        widgets = {"starts_on": AdminDateInput, "ends_on": AdminDateInput}

    languages = forms.MultipleChoiceField(
        label=_("languages"), choices=languages, widget=forms.CheckboxSelectMultiple
    )


class ItemForm(forms.ModelForm):
    """One item. `seen` is its hash when the form was shown: nobody overwrites unknowingly."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    class Meta:
        model = Item
        fields = [
            "heading",
            "overrule_reason",
            "is_major",
            "major_reason",
            "title",
            "text",
            "picture",
            "picture_alt",
            "quote",
            "quote_by",
        ]
        widgets = {"picture": AdminImageChooser}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A draft may be saved before it is written; the check list asks for what is missing.
        self.fields["title"].required = self.fields["text"].required = False
        self.stored = approvals.fingerprint(self.instance)
        self.approval = approvals.holding(self.instance)
        self.stored_words = (self.instance.title, self.instance.text)
        self.initial["seen"] = self.stored

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        heading, derived = data.get("heading"), self.instance.derived_heading
        if heading == derived:
            data["overrule_reason"] = Words()
        elif not data.get("overrule_reason"):
            self.add_error("overrule_reason", _("Say why the heading differs from the facts."))
        if not data.get("is_major"):
            data["major_reason"] = Words()
        elif not data.get("major_reason"):
            self.add_error("major_reason", _("Say why it is major."))
        return data

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.is_changed and self.cleaned_data.get("seen") != self.stored:
            # What is shown next carries the new hash: saving again is then a choice.
            data = cast(QueryDict, self.data).copy()
            data[self.add_prefix("seen")] = self.stored
            self.data = data
            title, text = self.stored_words
            self.add_error(
                None,
                ValidationError(
                    _(
                        "Somebody else saved this item meanwhile. Below are your words; saving"
                        " again replaces theirs: “%(title)s” %(text)s"
                    ),
                    params={"title": title, "text": text},
                ),
            )

    @property
    def shown_heading(self) -> str:
        """The heading under which the form stands: the stored one until another is saved."""
        return self.initial["heading"]

    @property
    def is_judged(self) -> bool:
        """Whether an editor's own judgement stands in it, or has to be mended."""
        judged = {"heading", "overrule_reason", "is_major", "major_reason"}
        item = self.instance
        return (
            item.is_major or item.heading != item.derived_heading or bool(judged & {*self.errors})
        )

    @property
    def is_adorned(self) -> bool:
        """Whether it has a picture or a quote, or either has to be mended."""
        adorned = {"picture", "picture_alt", "quote", "quote_by"}
        return bool(self.instance.picture_id or self.instance.quote or adorned & {*self.errors})

    @property
    def is_changed(self) -> bool:
        """Whether what was typed differs from what is stored."""
        return approvals.fingerprint(self.instance) != self.stored


class EditionEditor:
    """The edition's form and its items' forms as one: valid together, saved together."""

    def __init__(self, edition: Edition, data: QueryDict | None = None) -> None:
        self.edition = edition
        self.head = EditionForm(data, instance=edition, prefix="edition")
        items = edition.items.select_related("campaign", "edited_by").prefetch_related(
            "approvals__approved_by"
        )
        self.items = [
            # An item that came after this page was shown is not in what was sent.
            ItemForm(
                data if self._sent(item, data) else None, instance=item, prefix=f"item-{item.pk}"
            )
            for item in items
        ]

    @staticmethod
    def _sent(item: Item, data: QueryDict | None) -> bool:
        return data is not None and f"item-{item.pk}-heading" in data

    @property
    def media(self) -> forms.Media:
        """What the browser needs for all of its fields."""
        chosen = self.items[0].media if self.items else forms.Media()
        return self.head.media + chosen

    def is_valid(self) -> bool:
        sent = [form for form in self.items if form.is_bound]
        return all([self.head.is_valid(), *(form.is_valid() for form in sent)])

    @transaction.atomic
    def save(self, by: User) -> None:
        """Keeps everything; `by` becomes the last editor of the items they changed.

        Raises RefusedError once the edition is published.
        """
        editions.open_for_change(self.edition)
        self.head.save()
        changed = [form for form in self.items if form.is_bound and form.is_changed]
        for form in changed:
            form.instance.edited_by_id = by.pk
            form.save()
        editions.keep_words(self.edition, [form.instance.pk for form in changed], by)


class CorrectionForm(forms.ModelForm):
    """A correction of a published edition. `anchor` is one of the items as published."""

    class Meta:
        model = Correction
        fields = ["anchor", "words", "reason"]

    anchor = forms.ChoiceField(label=_("about"), required=False)

    def __init__(self, *args: Any, items: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["anchor"])
        field.choices = [("", _("the whole edition")), *items]


class ScheduleForm(forms.Form):
    """When an edition publishes itself."""

    at = forms.DateTimeField(
        label=_("publish at"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
