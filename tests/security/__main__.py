"""`bin/check --security`: outside tools look for faults; each finding is answered or none.

Serves the demo's coalition on a database of its own for those that ask a server. What a tool
finds is answered in docs/reference/security.md; a finding without an answer, and an answer without
its finding, fail.
"""

import fnmatch
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from tests.security import tools

ANSWERS = tools.ROOT / "docs" / "reference" / "security.md"


def answered(tool: str) -> set[str]:
    """The marks, perhaps with `*`, that the page answers for a tool."""
    rows = re.findall(r"^\| ([^|]+) \| `([^`]+)` \|", ANSWERS.read_text(), re.MULTILINE)
    return {mark for name, mark in rows if name.strip() == tool}


def judge(tool: str, found: set[str]) -> str:
    """What is wrong with the findings of a tool; "" where each is answered."""
    answers = answered(tool)
    new = {mark for mark in found if not any(fnmatch.fnmatchcase(mark, one) for one in answers)}
    old = {one for one in answers if not fnmatch.filter(found, one)}
    told = [f"  not answered: {mark}" for mark in sorted(new)]
    return "\n".join(told + [f"  answered, and not there: {one}" for one in sorted(old)])


@contextmanager
def demo() -> Iterator[tools.Site]:
    """The demo's coalition, served."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plaidoyer.config.settings")
    # Settles which database, folder and key the tests have, as soon as it is imported.
    import plaidoyer.config.testbed  # noqa: F401
    from plaidoyer.config import postgres

    cluster = postgres.ensure_url()
    import django

    django.setup()
    from tests import databases, servers

    told = Path(os.environ["VAR_DIR"]) / "story"
    template = databases.tell_story(cluster, told)
    static = databases.collect_static(Path(os.environ["VAR_DIR"]))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with servers.installation(cluster, folder, static, template=template) as product:
            product.start_web()
            yield tools.Site(product.url, product.open_petition(), folder)


def look(name: str, site: tools.Site) -> bool:
    """Runs one tool and says in a line what it found; whether all is answered."""
    began, (tool, _needs_server) = time.monotonic(), tools.ALL[name]
    try:
        found = set(tool(site))
    except tools.MissingError as reason:
        sys.stdout.write(f"skip  {name}: {reason}\n")
        return True
    wrong = judge(name, found)
    word = "FAIL" if wrong else "ok"
    seconds = time.monotonic() - began
    sys.stdout.write(f"{word:5} {name}: {len(found)} findings, {seconds:.0f} s\n")
    sys.stdout.write(f"{wrong}\n" if wrong else "")
    sys.stdout.flush()
    return not wrong


def main() -> None:
    names = sys.argv[1:] or list(tools.ALL)
    served = any(tools.ALL[name][1] for name in names)
    nowhere = nullcontext(tools.Site("", "", Path()))
    with demo() if served else nowhere as site:
        good = [look(name, site) for name in names]
    raise SystemExit(not all(good))


if __name__ == "__main__":
    main()
