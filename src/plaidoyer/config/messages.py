"""Translations in step: `compile` the catalogues, `update` them from the code, or `check` both.

Compiling is pure Python so that a clean machine needs no gettext; updating needs xgettext.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib

PACKAGE = Path(__file__).resolve().parent.parent
METADATA = ["Language", "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Plural-Forms"]
CATALOGUES = PACKAGE / "locale"


def compile_all() -> None:
    """Writes the .mo beside every .po that is newer."""
    for po in catalogues():
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime:
            polib.pofile(str(po)).save_as_mofile(str(mo))


def update() -> None:
    """Writes what the code says into the .po files, without places in the code."""
    command = [sys.executable, "-m", "django", "makemessages", "-l", "fr"]
    command += ["--no-location", "--no-obsolete", "--no-wrap", "--ignore", "tests", "-v", "0"]
    settings = {
        "DJANGO_SETTINGS_MODULE": "plaidoyer.config.settings",
        "VAR_DIR": str(Path.cwd() / "var"),
        **os.environ,
    }
    subprocess.run(command, cwd=PACKAGE, check=True, env=settings)
    for po in catalogues():
        catalogue = polib.pofile(str(po), wrapwidth=0)
        catalogue.header = "French catalogue of Plaidoyer."
        catalogue.metadata_is_fuzzy = False
        catalogue.metadata = {name: catalogue.metadata[name] for name in METADATA}
        catalogue.metadata["Language"] = po.parent.parent.name
        forms = int(catalogue.metadata["Plural-Forms"].partition("nplurals=")[2][0])
        for entry in catalogue:
            if entry.msgid_plural:
                # gettext leaves out the forms beyond two; Django would then show English.
                entry.msgstr_plural = {i: entry.msgstr_plural.get(i, "") for i in range(forms)}
        catalogue.save()


def check() -> int:
    """Exit code 0 when every sentence of the code is translated and none is left over."""
    found = [fault for po in catalogues() for entry in live(po) for fault in faults(entry)]
    if shutil.which("xgettext"):
        found += behind()
    else:
        print("xgettext is not installed: not compared with the code", file=sys.stderr)
    for fault in found:
        print(fault, file=sys.stderr)
    return 1 if found else 0


def faults(entry: polib.POEntry) -> list[str]:
    """What is wrong with one translation."""
    if entry.fuzzy or not entry.translated():
        return [f"not translated: {entry.msgid!r}"]
    one, many = places(entry.msgid), places(entry.msgid_plural or entry.msgid)
    texts = entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]
    # One of something may do without its number: "one person". What both say must be said.
    strange = {
        p for text in texts for p in (places(text) - (one | many)) | ((one & many) - places(text))
    }
    return [f"fills in {strange} otherwise: {entry.msgid!r}"] if strange else []


def behind() -> list[str]:
    """Sentences that the code says and the catalogues lack, or the reverse; changes no file."""
    before = {po: po.read_bytes() for po in catalogues()}
    known = {po: {key(entry) for entry in live(po)} for po in before}
    try:
        update()
        said = {po: {key(entry) for entry in live(po)} for po in before}
    finally:
        for po, content in before.items():
            po.write_bytes(content)
    missing = [
        f"not in {po.parent.parent.name}: {k}" for po in before for k in said[po] - known[po]
    ]
    left = [
        f"left over in {po.parent.parent.name}: {k}" for po in before for k in known[po] - said[po]
    ]
    return sorted(missing + left)


def catalogues() -> list[Path]:
    return sorted(CATALOGUES.glob("*/LC_MESSAGES/*.po"))


def live(po: Path) -> list[polib.POEntry]:
    return [entry for entry in polib.pofile(str(po)) if not entry.obsolete]


def key(entry: polib.POEntry) -> tuple[str, ...]:
    """What makes a sentence one of its own."""
    return tuple(filter(None, (entry.msgctxt, entry.msgid, entry.msgid_plural)))


def places(text: str) -> set[str]:
    """What is filled into `text` when it is shown."""
    return set(re.findall(r"%\(\w+\)[.\d]*[a-z]|%[sd]|\{\w*\}", text))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["compile"]:
            compile_all()
        case ["update"]:
            update()
        case ["check"]:
            sys.exit(check())
        case _:
            sys.exit(__doc__)
