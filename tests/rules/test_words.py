"""Every sentence is there in every language, and every mail in all its parts."""

import re
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.template.loader import get_template
from django.utils.translation import override

from plaidoyer.actions.kinds import KINDS
from plaidoyer.config import messages
from plaidoyer.mail.kinds import COMPOSERS
from tests.rules.test_files import PACKAGE, shown

PARTS = ("subject.txt", "text.txt", "html.html")
LETTERS = sorted(
    {
        path.parent / path.name.rsplit("-", 1)[0]
        for path in PACKAGE.glob("*/templates/*/letters/*-*")
        if not path.name.startswith("_")
    }
)
CATALOGUES = sorted(messages.CATALOGUES.glob("*/LC_MESSAGES/*.po"))


@pytest.mark.parametrize("letter", LETTERS, ids=shown)
def test_a_letter_has_a_subject_a_text_and_html(letter):
    parts = {path.name for path in letter.parent.glob(f"{letter.name}-*")}

    assert parts == {f"{letter.name}-{part}" for part in PARTS}


@pytest.mark.parametrize("letter", LETTERS, ids=shown)
@pytest.mark.parametrize("language", dict(settings.LANGUAGES))
def test_a_letter_can_be_read_by_the_template_engine_in_every_language(letter, language):
    folder = f"{letter.parents[1].name}/letters/{letter.name}"

    with override(language):
        for part in PARTS:
            get_template(f"{folder}-{part}")


@pytest.mark.parametrize("path", CATALOGUES, ids=shown)
def test_every_sentence_is_translated(path):
    entries = [entry for entry in polib.pofile(str(path)) if not entry.obsolete]

    assert [entry.msgid for entry in entries if not entry.translated() or entry.fuzzy] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=shown)
def test_a_translation_keeps_what_is_filled_in(path):
    assert [fault for entry in polib.pofile(str(path)) for fault in messages.faults(entry)] == []


FRENCH = PACKAGE / "locale" / "fr" / "LC_MESSAGES" / "django.po"
# What is no prose: places to fill in, tags, entities, addresses, times.
NO_PROSE = re.compile(
    r"\?\w+=|\b[a-z]+:[\w-]+|%\(\w+\)[.\d]*[a-z]|\{\w*\}|<[^>]*>|&\w+;|\S*://\S*|\d:\d\d"
)
WRONG_IN_FRENCH = re.compile(
    r"['\"]|(?<!\u202f)[;!?]|(?<!\u00a0):|«(?![\u00a0\u202f])|(?<![\u00a0\u202f])»"
)


def test_french_is_set_as_french():
    """’ and « », a narrow no-break space before ; ! ?, a no-break space before the colon."""
    if not FRENCH.exists():
        pytest.skip("no French catalogue yet")
    texts = [
        text
        for entry in polib.pofile(str(FRENCH))
        if not entry.obsolete
        for text in (entry.msgstr, *entry.msgstr_plural.values())
    ]

    assert [text for text in texts if WRONG_IN_FRENCH.search(NO_PROSE.sub("x", text))] == []


def test_every_kind_of_act_calls_jobs_that_exist():
    from procrastinate.contrib.django import app

    called = {kind.after_confirmation for kind in KINDS.values()}
    called |= {kind.after_withdrawal for kind in KINDS.values()}

    assert called - {""} <= set(app.tasks)


def test_every_kind_of_mail_has_its_composer():
    assert {"confirmation", "letter", "mailing"} <= set(COMPOSERS)


def test_the_compiled_catalogues_are_not_kept_in_the_repository():
    assert "*.mo" in (Path(__file__).parents[2] / ".gitignore").read_text()
