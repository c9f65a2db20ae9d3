"""Translations in step: `compile` the catalogues, `update` them from the code, or `check` both.

Compiling is pure Python so that a clean machine needs no gettext; updating needs xgettext.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import polib

PACKAGE = Path(__file__).resolve().parent.parent
CATALOGUES = PACKAGE / "locale"


def compile_all() -> None:
    """Writes the .mo beside every .po that is newer."""
    for po in CATALOGUES.glob("*/LC_MESSAGES/*.po"):
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime:
            polib.pofile(str(po)).save_as_mofile(str(mo))


def update() -> None:
    """Writes what the code says into the .po files, without places in the code."""
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plaidoyer.config.settings")
    command = [sys.executable, "-m", "django", "makemessages", "-l", "fr"]
    command += ["--no-location", "--no-obsolete", "--no-wrap", "-v", "0"]
    subprocess.run(command, cwd=PACKAGE, check=True, env={**os.environ})
    for po in CATALOGUES.glob("*/LC_MESSAGES/*.po"):
        catalogue = polib.pofile(str(po), wrapwidth=0)
        catalogue.metadata.pop("POT-Creation-Date", None)
        catalogue.save()


def check() -> int:
    """Exit code 0 when every sentence of the code is translated, none fuzzy, none left over."""
    if not shutil.which("xgettext"):
        print("xgettext is not installed: not compared with the code", file=sys.stderr)
    else:
        before = {po: po.read_text() for po in CATALOGUES.glob("*/LC_MESSAGES/*.po")}
        update()
        behind = [po for po, text in before.items() if po.read_text() != text]
        for po in behind:
            print(f"{po} is behind the code: now updated, translate it", file=sys.stderr)
        if behind:
            return 1
    faults = 0
    for po in CATALOGUES.glob("*/LC_MESSAGES/*.po"):
        for entry in polib.pofile(str(po)):
            if not entry.obsolete and ("fuzzy" in entry.flags or not entry.translated()):
                print(f"{po}: not translated: {entry.msgid!r}", file=sys.stderr)
                faults += 1
    return 1 if faults else 0


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
