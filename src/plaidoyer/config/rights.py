"""`plaidoyer retention`, `erasures` and `consents`: what the law asks of whoever keeps data."""

import csv
import json
import sys
from pathlib import Path

import click

from plaidoyer.lib.typed import harmless


def load() -> None:
    from plaidoyer.config.cli import prepare

    prepare()


@click.group()
def retention() -> None:
    """What is personal goes after its time: by which rules, and now."""


@retention.command("run")
@click.option("--dry-run", is_flag=True, help="Only count what is due.")
def run_rules(dry_run: bool) -> None:
    """Do what every rule says, as the worker does each night."""
    load()
    from plaidoyer.supporters import retention

    for name, number in retention.run(dry=dry_run).items():
        rule, days = retention.RULES[name], retention.days(name)
        click.echo(f"{number:>9} {name}: {rule.what}, {days} days: {rule.then}")


@click.group()
def erasures() -> None:
    """Who was erased, to be erased again after an old copy is put back."""


@erasures.command("list")
def list_erasures() -> None:
    """Print every erasure as a line that names nobody."""
    load()
    from plaidoyer.supporters import erasures

    click.echo(erasures.listed(), nl=False)


@erasures.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def reapply(file: Path) -> None:
    """Erase again whom FILE lists and this database still knows."""
    load()
    from plaidoyer.supporters import erasures, privacy

    try:
        again, whole = erasures.reapply(file.read_text().splitlines(), privacy.erase)
    except ValueError as error:
        raise click.ClickException(f"{file}, line {error}: this is no erasure.") from None
    click.echo(f"{again} erased again, of {whole} in the list.")


@click.group()
def consents() -> None:
    """The proof of every consent."""


@consents.command()
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv")
@click.option("--email", default="", help="Of one address only.")
def export(form: str, email: str) -> None:
    """Print every yes and no with its wording, basis, page and moment."""
    load()
    from plaidoyer.supporters import proofs
    from plaidoyer.vault import marks

    rows = proofs.rows(marks.address(email))
    if form == "json":
        for row in rows:
            click.echo(json.dumps(row, default=str, ensure_ascii=False))
        return
    writer = csv.writer(sys.stdout)
    writer.writerow(proofs.COLUMNS)
    for row in rows:
        writer.writerow([harmless("" if cell is None else str(cell)) for cell in row.values()])
