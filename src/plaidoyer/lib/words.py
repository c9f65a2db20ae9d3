"""Words of a fact in every language the organisation works in: one fact, one row, many texts.

Pages are translated by Wagtail, a page for each language. Facts (a demand, a milestone, an
office) exist once and carry their few words with them: `{"fr": "...", "en": "..."}`.
"""

import unicodedata
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from plaidoyer.lib import typed


def languages() -> list[tuple[str, Any]]:
    """The languages the organisation works in, as (code, name): the choices of a language."""
    return list(settings.LANGUAGES)


class Words(dict[str, str]):
    """Texts by language (BCP 47). As a string: the active language's, else the first there is."""

    def in_language(self, language: str) -> str:
        """The text in `language`; where it is missing, the first text there is; else nothing."""
        if text := self.get(language) or self.get(language.split("-")[0]):
            return text
        return next((text for text in self.values() if text), "")

    def missing(self, languages: list[str]) -> list[str]:
        """Those of `languages` without a text, in their order."""
        return [language for language in languages if not self.get(language)]

    def __str__(self) -> str:
        return self.in_language(get_language() or settings.LANGUAGE_CODE)

    def __hash__(self) -> int:  # type: ignore[override]  # a value, compared and never changed
        return hash(tuple(sorted(self.items())))


def validate_links(words: dict[str, str]) -> None:
    """Raises ValidationError unless every text is the address of a web page."""
    check = URLValidator(schemes=["http", "https"])
    for text in words.values():
        check(text)


class WordsWidget(forms.MultiWidget):
    """One box for each language, side by side, each labelled and marked with its language."""

    # What the boxes hold together, for those who hear the page instead of seeing it.
    label = ""

    template_name = "lib/words.html"

    def __init__(self, long: bool = False, attrs: dict[str, Any] | None = None) -> None:
        box = forms.Textarea if long else forms.TextInput
        shape = {"rows": 2} if long else {}
        boxes: dict[str, forms.Widget | type[forms.Widget]] = {
            code: box(attrs={"lang": code, **shape}) for code, _name in settings.LANGUAGES
        }
        super().__init__(boxes, attrs)

    def decompress(self, value: dict[str, str] | None) -> list[str]:
        return [(value or {}).get(code, "") for code, _name in settings.LANGUAGES]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["label"] = self.label
        boxes = zip(context["widget"]["subwidgets"], settings.LANGUAGES, strict=True)
        for box, (_code, language) in boxes:
            box["language"] = language
            box["attrs"].pop("required", None)
        return context


class WordsFormField(forms.MultiValueField):
    """Texts by language. Where required, one language is enough: the other may follow."""

    def __init__(self, *, long: bool = False, max_length: int | None = None, **kwargs: Any) -> None:
        for unused in ("encoder", "decoder", "widget"):
            kwargs.pop(unused, None)
        fields = [
            forms.CharField(required=False, max_length=max_length) for _ in settings.LANGUAGES
        ]
        super().__init__(fields, require_all_fields=False, widget=WordsWidget(long=long), **kwargs)
        self.widget.label = self.label
        self.tidy = typed.paragraphs if long else typed.line

    def compress(self, data_list: list[str]) -> Words:
        codes = [code for code, _name in settings.LANGUAGES]
        texts = [self.tidy(text or "") for text in data_list]
        return Words({code: text for code, text in zip(codes, texts, strict=False) if text})

    def clean(self, value: Any) -> Words:
        words = super().clean(value) or Words()
        if self.required and not words:
            raise forms.ValidationError(_("Write it in at least one language."), code="required")
        return words

    def has_changed(self, initial: Any, data: Any) -> bool:
        initial = initial if isinstance(initial, list) else self.widget.decompress(initial)
        return super().has_changed(initial, data)


class WordsField(models.JSONField):
    """A column of Words. `long` asks for paragraphs instead of a line."""

    def __init__(self, *args: Any, long: bool = False, **kwargs: Any) -> None:
        self.long = long
        kwargs.setdefault("default", Words)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        if self.long:
            kwargs["long"] = True
        return name, path, args, kwargs

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Words:
        return Words(super().from_db_value(value, expression, connection) or {})

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return Words(value) if isinstance(value, dict) else value

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        size = 20_000 if self.long else 500
        kwargs = {"form_class": WordsFormField, "long": self.long, "max_length": size, **kwargs}
        return models.Field.formfield(self, **kwargs)


def folded(text: str) -> str:
    """`text` as it is compared in a search: small letters without accents."""
    letters = unicodedata.normalize("NFKD", text).lower()
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@WordsField.register_lookup
class Holds(models.Lookup):
    """Any of the texts holds what is looked for, whatever the case and the accents."""

    lookup_name = "icontains"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        words, params = self.process_lhs(compiler, connection)
        texts = f"(SELECT string_agg(value, chr(10)) FROM jsonb_each_text({words}))"
        plain = f"regexp_replace(lower(normalize({texts}, NFKD)), '[\u0300-\u036f]', '', 'g')"
        return f"strpos({plain}, %s) > 0", (*params, folded(str(self.rhs)))
