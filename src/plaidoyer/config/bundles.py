"""`plaidoyer bundle`: campaigns and reports out of an installation and into another."""

import json
from pathlib import Path
from typing import IO

import click


@click.group()
def bundle() -> None:
    """Carry campaigns, milestones and editions to another installation; see first; undo."""


@bundle.command("export")
@click.argument("slugs", nargs=-1, metavar="[CAMPAIGN]...")
@click.option("--output", "-o", type=click.File("w", encoding="utf-8"), default="-")
def export_(slugs: tuple[str, ...], output: IO[str]) -> None:
    """Write a bundle of those campaigns, by their short names; of all, if none is named."""
    from plaidoyer.config.cli import prepare

    prepare()
    from plaidoyer.bundles import exports

    json.dump(exports.export(slugs), output, ensure_ascii=False, indent=1)
    output.write("\n")


@bundle.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only show what would be added.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def import_(file: Path, dry_run: bool, yes: bool) -> None:
    """Add what FILE carries, after showing it; all of it or nothing."""
    from plaidoyer.config.cli import prepare

    prepare()
    from plaidoyer.bundles import imports, reading

    with file.open("rb") as opened:
        data = opened.read(reading.MEGABYTES * 1_000_000 + 1)
    try:
        tree = reading.read(data)
        draft = imports.preview(tree)
        for name, number in draft.counts().items():
            click.echo(f"{number:6} {name}")
        for name in draft.there:
            click.echo(f"there already, left as it is: {name}")
        if dry_run or not draft.added:
            return
        if not yes:
            click.confirm("Add this?", abort=True)
        run = imports.take(tree, name=file.name, data=data)
    except reading.BundleError as error:
        raise click.ClickException(f"refused, nothing changed: {error}") from None
    click.echo(f"Done. To undo it: plaidoyer bundle undo {run.pk}")


@bundle.command()
@click.argument("number", type=int)
def undo(number: int) -> None:
    """Take away every row that import NUMBER added."""
    from plaidoyer.config.cli import prepare

    prepare()
    from plaidoyer.bundles import undoing
    from plaidoyer.bundles.models import BundleImport

    run = BundleImport.objects.filter(pk=number).first()
    if run is None:
        raise click.ClickException("there is no such import")
    try:
        undoing.undo(run)
    except undoing.UndoError as error:
        raise click.ClickException("cannot be undone: " + "; ".join(error.reasons)) from None
    click.echo("Undone.")


@bundle.command()
def runs() -> None:
    """List the imports so far, the newest first."""
    from plaidoyer.config.cli import prepare

    prepare()
    from plaidoyer.bundles.models import BundleImport

    for run in BundleImport.objects.all():
        state = "undone" if run.undone_at else f"{len(run.added)} rows"
        click.echo(f"{run.pk:5} {run.imported_at:%Y-%m-%d %H:%M} {state:12} {run.name}")
