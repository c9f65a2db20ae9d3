"""A translation that would show nonsense is found before a visitor finds it."""

import polib
import pytest

from plaidoyer.config import messages


@pytest.mark.parametrize(
    ("msgid", "msgstr"),
    [
        ("Sign", ""),
        ("%(count)s people", "%(nombre)s personnes"),
        ("Write to %(name)s", "Écrire"),
        ("{year} report", "Rapport {an}"),
    ],
)
def test_a_faulty_translation_is_found(msgid, msgstr):
    assert messages.faults(polib.POEntry(msgid=msgid, msgstr=msgstr))


def test_a_doubtful_translation_is_found():
    assert messages.faults(polib.POEntry(msgid="Sign", msgstr="Signer", flags=["fuzzy"]))


@pytest.mark.parametrize(
    "entry",
    [
        polib.POEntry(msgid="Sign", msgstr="Signer"),
        polib.POEntry(msgid="%(a)s of %(b).1f", msgstr="%(b).1f de %(a)s"),
        polib.POEntry(
            msgid="One person",
            msgid_plural="%(count)s people",
            msgstr_plural={0: "Une personne", 1: "%(count)s personnes"},
        ),
    ],
)
def test_a_sound_translation_is_left_alone(entry):
    assert messages.faults(entry) == []


def test_compiling_needs_nothing_but_python(tmp_path, monkeypatch):
    monkeypatch.setattr(messages, "CATALOGUES", tmp_path)
    monkeypatch.setenv("PATH", "")
    po = tmp_path / "fr" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    polib_file = polib.POFile()
    polib_file.append(polib.POEntry(msgid="Sign", msgstr="Signer"))
    polib_file.save(str(po))

    messages.compile_all()

    assert polib.mofile(str(po.with_suffix(".mo")))[0].msgstr == "Signer"
