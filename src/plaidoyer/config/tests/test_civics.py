"""`plaidoyer civics`, as somebody types it."""

import pytest
from click.testing import CliRunner

from plaidoyer.civics.models import ImportRun, Membership, Person, PostalPrefix
from plaidoyer.config import cli
from plaidoyer.parliament.models import PetitionRules

pytestmark = pytest.mark.django_db

MEMBERS = """ocd_id;circonscription;prénom;nom;parti;courriel
ocd-division/country:xr/ed:1-2023;Le Pré;Ada;Vale;Rives;vale@chambre.example
ocd-division/country:xr/ed:2-2023;La Crête;Noé;Quill;Collines;
"""
HOUSE = ["--legislature", "xr-house", "--name-fr", "Chambre des rivières", "--country", "xr"]
HOUSE += ["--page=https://chambre.example/"]


@pytest.fixture
def typed(monkeypatch, tmp_path):
    """Types a command; the file `members.csv` is there."""
    monkeypatch.setattr(cli, "prepare", lambda: None)
    (tmp_path / "members.csv").write_text(MEMBERS, "utf-8")
    monkeypatch.chdir(tmp_path)

    def typed(*words, answers="", **files):
        for name, content in files.items():
            (tmp_path / name).write_bytes(content)
        return CliRunner().invoke(cli.main, ["civics", *words], input=answers)

    return typed


def test_an_import_shows_what_changes_and_asks_first(typed):
    no = typed("import", "csv", "members.csv", *HOUSE, answers="n\n")

    assert no.exit_code == 1
    assert "persons in office: 2 added" in no.output
    assert "Ada Vale" in no.output
    assert not Person.objects.exists()

    yes = typed("import", "csv", "members.csv", *HOUSE, answers="y\n")

    assert yes.exit_code == 0
    assert "To take it back: plaidoyer civics undo" in yes.output
    assert Membership.objects.count() == 2


def test_a_dry_run_changes_nothing(typed):
    done = typed("import", "csv", "members.csv", *HOUSE, "--dry-run")

    assert done.exit_code == 0
    assert not Person.objects.exists()


def test_the_same_file_again_changes_nothing(typed):
    typed("import", "csv", "members.csv", *HOUSE, "--yes")

    again = typed("import", "csv", "members.csv", *HOUSE, "--yes")

    assert again.exit_code == 0
    assert "Nothing changes" in again.output
    assert ImportRun.objects.count() == 1


def test_an_import_is_listed_and_undone(typed):
    typed("import", "csv", "members.csv", *HOUSE, "--yes")
    run = ImportRun.objects.get()

    listed = typed("runs")
    undone = typed("undo", str(run.pk), answers="y\n")
    again = typed("undo", str(run.pk), "--yes")

    assert "members.csv" in listed.output
    assert undone.exit_code == 0
    assert not Person.objects.exists()
    assert again.exit_code == 1
    assert again.output == "Error: cannot be undone: it is undone already\n"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["import", "nowhere", "members.csv"], 2, "No source is called “nowhere”"),
        (["import", "csv"], 2, "Say a FILE, or --online"),
        (["import", "csv", "members.csv", "--online"], 2, "Say a FILE, or --online"),
        (["import", "csv", "gone.csv"], 2, "gone.csv"),
        (["import", "csv", "members.csv", "--colour", "red"], 2, "no option --colour"),
        (["import", "csv", "members.csv"], 1, "say whose members they are"),
        (["import", "csv", "--online", *HOUSE[:2]], 1, "say where the table is"),
        (["undo", "99"], 1, "No import has the number 99"),
    ],
)
def test_a_command_that_cannot_be_done_says_why_in_one_line(typed, words, code, told):
    done = typed(*words)

    assert done.exit_code == code
    assert told in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the file is empty"),
        (MEMBERS.encode("latin-1"), "line 1: this is no UTF-8"),
        (MEMBERS.encode()[:-30], "line 3: this line has"),
        (MEMBERS.replace("Quill", "=cmd|'/c calc'!A1").encode(), "line 3: a cell begins like"),
        (MEMBERS.replace("Quill", "Qu\x00ill").encode(), "line 3: a control character"),
        (MEMBERS.replace("Quill", '"Quill').encode(), "line 3: this line is no CSV"),
        (b"\0" * 100_000, "line 1: a control character"),
    ],
)
def test_a_broken_file_gives_its_line_and_changes_nothing(typed, content, told):
    done = typed("import", "csv", "bad.csv", *HOUSE, "--yes", **{"bad.csv": content})

    assert done.exit_code == 1
    assert told in done.output
    assert done.output.count("\n") == 1
    assert not Person.objects.exists()
    assert not ImportRun.objects.exists()


def test_every_source_is_listed_with_its_options(typed):
    listed = typed("sources").output

    assert "csv" in listed
    assert "popolo" in listed
    assert "--legislature" in listed


@pytest.mark.parametrize(
    ("source", "path", "said"),
    [
        ("ca-ridings", "ca/federal_districts_2023.csv", "offices: 343 added"),
        ("ourcommons", "ca/members_commons_45.csv", "terms of office: 343 added"),
        ("ourcommons-ministers", "ca/ministers_federal_2026-07.csv", "offices: 28 added"),
        ("assnat", "qc/members_assnat_43.csv", "terms of office: 125 added"),
        ("uk-parliament", "uk/members_commons_2024.csv", "terms of office: 650 added"),
        ("congress", "us/legislators-current.last-term.yaml", "terms of office: 537 added"),
        ("us-zip", "us/zip_to_district.csv", "postal prefixes: 42033 added"),
        ("assemblee-nationale", "fr/deputes_17.csv", "terms of office: 575 added"),
        ("fr-code-postal", "fr/code_postal_to_circonscription.csv", "postal prefixes: 7441 added"),
    ],
)
def test_the_files_of_parliaments_come_by_one_command(typed, real_data, source, path, said):
    seen = typed("import", source, str(real_data / path), "--dry-run")

    assert seen.exit_code == 0, seen.output
    assert said in seen.output.replace(",", "").replace("\u202f", "")


def test_the_rules_of_petitions_come_with_the_program_and_need_no_file(typed):
    done = typed("import", "petition-rules", "--yes")

    assert done.exit_code == 0
    assert PetitionRules.objects.filter(legislature__identifier="ca-commons").exists()


def test_a_list_that_is_cut_off_is_not_imported_unseen(typed):
    head = "ocd_id;nom;prénom"
    lines = [f"ocd-division/country:xr/ed:{n}-2023;Vale {n};Ada" for n in range(1, 13)]
    whole, cut = ("\n".join([head, *some]).encode() for some in (lines, lines[:3]))
    typed(
        "import", "csv", "whole.csv", *HOUSE, "--on", "2026-03-02", "--yes", **{"whole.csv": whole}
    )

    unseen = typed("import", "csv", "cut.csv", *HOUSE, "--yes", **{"cut.csv": cut})

    assert unseen.exit_code == 1
    assert "9 of 12 members of Chambre des rivières would leave" in unseen.output
    assert Membership.objects.filter(end_on=None).count() == 12

    seen = typed("import", "csv", "cut.csv", *HOUSE, answers="y\n")

    assert seen.exit_code == 0
    assert Membership.objects.filter(end_on=None).count() == 3


def test_a_postal_table_that_is_cut_off_is_not_imported_unseen(typed):
    area = "ocd-division/country:xr/ed:1-2023"
    typed("import", "csv", "members.csv", *HOUSE, "--yes")
    rows = [f"A{n},{area}" for n in range(12)]
    whole, cut = ("\n".join(["prefix,area", *some]).encode() for some in (rows, rows[:3]))
    codes = ["--country", "xr", "--table", "xr"]
    typed("import", "postal-codes", "whole.csv", *codes, "--yes", **{"whole.csv": whole})

    unseen = typed("import", "postal-codes", "cut.csv", *codes, "--yes", **{"cut.csv": cut})

    assert unseen.exit_code == 1
    assert "9 of 12 beginnings of codes would go" in unseen.output
    assert PostalPrefix.objects.count() == 12
