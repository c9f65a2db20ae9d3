"""What every file must keep to, so that a newcomer finds their way."""

import re
import socket
import subprocess
import tomllib
from pathlib import Path

import pytest

import plaidoyer

ROOT = Path(__file__).parents[2]
PACKAGE = Path(plaidoyer.__file__).parent
ROOMS = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
MODULES = [path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts]
# Names that say where code was put instead of what it is about.
BANNED = {
    *("services", "service", "utils", "util", "helpers", "helper", "managers", "manager"),
    *("handlers", "handler", "core", "common", "base", "misc", "selectors", "signals", "receivers"),
}
LONGEST = 400
# An address of another host where a browser fetches something: namespaces and links are none.
FETCHED = re.compile(
    r"""(?:\bsrc|\bsrcset|\bposter|\bdata|<link[^>]*\bhref|\baction)\s*=\s*["']?(?:https?:)?//
      | @import\s+(?:url\()?["']?(?:https?:)?// | url\(\s*["']?(?:https?:)?//
      | \b(?:import|fetch|from)\b\s*\(?\s*["'](?:https?:)?//""",
    re.VERBOSE | re.IGNORECASE,
)


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_a_file_can_be_read_in_one_sitting(path):
    assert len(path.read_text().splitlines()) <= LONGEST


def test_no_file_is_named_after_a_layer():
    assert [shown(path) for path in MODULES if BANNED & set(path.with_suffix("").parts)] == []


def test_rooms_do_not_shout_signals_at_each_other():
    signal = re.compile(r"django\.dispatch|\.signals import|@receiver|\bSignal\(")

    assert [shown(path) for path in MODULES if signal.search(path.read_text())] == []


def test_every_room_stands_on_a_floor():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    [contract] = project["tool"]["importlinter"]["contracts"]
    floors = {room.strip() for layer in contract["layers"] for room in layer.split("|")}

    assert floors == ROOMS


def test_nothing_that_a_running_program_made_is_among_the_sources():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if tracked.returncode:
        pytest.skip("not a checkout")
    made = {"var", "postgres", "secret_key", "master_key", "journals"}

    assert [line for line in tracked.stdout.splitlines() if made & set(Path(line).parts)] == []


def test_every_room_says_what_it_is():
    assert [room for room in ROOMS if not (PACKAGE / room / "__init__.py").read_text()[:3]] == []


def test_no_page_fetches_anything_from_elsewhere():
    kinds = {".html", ".css", ".js", ".svg", ".mjml"}
    files = [path for path in PACKAGE.rglob("*") if path.suffix in kinds]
    assert files

    assert [shown(path) for path in files if FETCHED.search(path.read_text())] == []


def test_the_rule_above_would_notice():
    assert FETCHED.search('<script src="https://cdn.example/a.js">')
    assert FETCHED.search("<link rel=preload href='//cdn.example/a.woff2'>")
    assert FETCHED.search("@import url(https://fonts.example/css)")
    assert FETCHED.search("import x from 'https://cdn.example/x.js'")
    assert not FETCHED.search('<a href="https://ministry.example/">')
    assert not FETCHED.search('<svg xmlns="http://www.w3.org/2000/svg">')


def test_no_style_or_script_stands_inside_a_public_page():
    """The content security policy would refuse it; data for machines is no script."""
    inline = re.compile(
        r"<style|<script(?![^>]*(?:\bsrc=|application/ld\+json))|\son[a-z]+=|\sstyle=",
        re.IGNORECASE,
    )
    pages = [
        path
        for path in PACKAGE.glob("*/templates/**/*.html")
        if not {"letters", "mails", "lib", "admin", "delivery"} & set(path.parts)
    ]

    assert [shown(path) for path in pages if inline.search(path.read_text())] == []


def test_tests_cannot_reach_another_machine():
    with pytest.raises(AssertionError, match=r"192\.0\.2\.1"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
