"""What is written about the program is true of it."""

import importlib
import os
import re
import tomllib
from pathlib import Path

import click
import pytest

import plaidoyer
from plaidoyer.config import cli
from tests.rules.test_files import PACKAGE, ROOMS, ROOT

DOCS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def read(name: str) -> str:
    return (ROOT / name).read_text()


def settings_read() -> set[str]:
    """Names of the environment that our code asks for."""
    asked = re.compile(
        r"""(?:environ(?:\.get|\.setdefault)?[\(\[]\s*|env_(?:bool|int|choice|networks|pairs|rates)\(\s*)["'](\w+)["']"""
    )
    modules = [*PACKAGE.glob("config/*.py"), *PACKAGE.glob("demo/*.py")]
    found = {name for path in modules for name in asked.findall(path.read_text())}
    return found - {"DJANGO_SETTINGS_MODULE"}


def test_every_setting_is_documented_and_no_other():
    table = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", read("docs/reference/settings.md"), re.M)
    documented = {name for cell in table for name in re.findall(r"`(\w+)`", cell)}

    assert documented == settings_read()


def test_every_dependency_is_documented_and_no_other():
    groups = [
        PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"].values(),
        *PROJECT["dependency-groups"].values(),
    ]
    asked = {re.match(r"[\w.-]+", line)[0] for group in groups for line in group}  # type: ignore[index]
    documented = set(re.findall(r"^\| ([\w.-]+) \|", read("docs/dependencies.md"), re.M))

    assert documented - {"Package"} == asked


def test_every_command_and_its_options_are_documented():
    page = read("docs/reference/cli.md")

    shown = {name: each for name, each in cli.main.commands.items() if not each.hidden}
    for name, command in shown.items():
        assert f"`plaidoyer {name}" in page
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.opts[0] in page, f"{name} {option.opts[0]}"


def test_every_script_is_documented():
    scripts = {path.name for path in (ROOT / "bin").iterdir()}

    assert set(re.findall(r"^\| `bin/(\w+)", read("docs/reference/cli.md"), re.M)) == scripts


def test_the_changelog_tells_of_this_version():
    assert re.search(
        rf"^## {re.escape(PROJECT['project']['version'])}\b", read("CHANGELOG.md"), re.M
    )


def test_the_readme_is_short_and_shows_every_room():
    page = read("README.md")

    assert len(page.splitlines()) <= 120
    assert ROOMS - {"config"} == set(re.findall(r"\(src/plaidoyer/(\w+)\)", page))


def test_every_word_of_the_glossary_is_a_class():
    words = re.findall(r"^\| [^|]+ \| `([\w.]+)` \|", read("docs/glossary.md"), re.M)
    assert len(words) > 30

    for word in words:
        room, *path = word.split(".")
        found = importlib.import_module(f"plaidoyer.{room}.models")
        for name in path:
            found = getattr(found, name)


@pytest.mark.parametrize("page", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?:|mailto:)([^)]+)\)", page.read_text()):
        name, _, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        if name.endswith("docs/pictures/demo.png"):
            continue  # drawn from the demo at the end of a release
        assert path.exists(), target
        if anchor:
            titles = re.findall(r"^#+ (.+)$", path.read_text(), re.M)
            slugs = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
            assert anchor in slugs, target


def test_decisions_are_numbered_without_gap_and_say_their_price():
    pages = sorted((ROOT / "docs/decisions").glob("*.md"))

    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        titles = re.findall(r"^## (.+)$", page.read_text(), re.M)
        assert titles == ["Context", "Decision", "Price"], page.name


def test_the_version_is_said_once():
    assert not re.search(r"__version__\s*=", Path(plaidoyer.__file__).read_text())
    assert os.path.exists(ROOT / "uv.lock")
