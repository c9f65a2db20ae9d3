"""Words of a fact in every language."""

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from plaidoyer.lib.words import Words, WordsFormField, WordsWidget, folded, validate_links


def test_words_are_said_in_the_language_of_the_reader():
    words = Words(fr="la rivière", en="the river")
    for language, said in [("fr", "la rivière"), ("en", "the river"), ("fr-ca", "la rivière")]:
        with override(language):
            assert str(words) == said
    assert words.in_language("iu") == "la rivière"
    assert Words(fr="", en="the river").in_language("fr") == "the river"
    assert Words().in_language("fr") == ""


def test_the_missing_languages_are_told_in_order():
    assert Words(en="the river").missing(["fr", "en", "iu"]) == ["fr", "iu"]


def test_one_language_is_enough_and_none_is_not():
    field = WordsFormField()
    assert field.clean(["", "the river"]) == {"en": "the river"}
    with pytest.raises(ValidationError):
        field.clean(["", "  "])
    with pytest.raises(ValidationError):
        field.clean(["a\x00b", ""])


def test_what_is_typed_is_tidied_and_its_paragraphs_are_kept():
    assert WordsFormField(long=True).clean(["un\r\n\r\ndeux \u202e", ""]) == {"fr": "un\n\ndeux"}
    assert WordsFormField().clean([" un\r\ndeux ", "\u202e"]) == {"fr": "un deux"}


def test_a_third_language_has_its_box_without_a_change_of_code(settings):
    settings.LANGUAGES = [("fr", "Français"), ("en", "English"), ("iu", "ᐃᓄᒃᑎᑐᑦ")]
    html = WordsWidget().render("name", {"iu": "ᑰᒃ"}, {"id": "id_name"})
    assert html.count("<label") == 3
    assert 'lang="iu"' in html
    assert 'value="ᑰᒃ"' in html
    assert WordsFormField().clean(["", "", "ᑰᒃ"]) == {"iu": "ᑰᒃ"}


def test_each_box_has_its_label_and_its_language():
    html = WordsFormField(label="Name", long=True).widget.render("name", None, {"id": "id_name"})
    assert 'role="group" aria-label="Name"' in html
    assert 'for="id_name_0">' in html
    assert 'lang="fr" id="id_name_0"' in html


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "ftp://x.example", "x"]
)
def test_links_lead_to_web_pages_only(link):
    validate_links(Words(fr="https://riviere.example/don"))
    with pytest.raises(ValidationError):
        validate_links(Words(fr="https://riviere.example/don", en=link))


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert folded(folded(text)) == folded(text)


def test_folding_forgets_case_and_accents():
    assert folded("Où est la RIVIÈRE ?") == folded("ou est la riviere ?")
