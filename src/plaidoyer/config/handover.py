"""`plaidoyer handover`: check a petition's package, without a database or a network."""

from pathlib import Path

import click


@click.group()
def handover() -> None:
    """Check what was handed over."""


@handover.command()
@click.argument("package", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify(package: Path) -> None:
    """Tell whether PACKAGE, a zip, is as it was made; ends with 1 where it is not."""
    from plaidoyer.outcomes.handovers import verifying

    try:
        found = verifying.verify(package)
    except verifying.NotAPackageError as error:
        raise click.ClickException(f"not a package: {error}") from None
    click.echo(f"SHA-256 of the package: {verifying.digest_of(package)}")
    if found:
        raise click.ClickException("; ".join(found))
    click.echo("Every file is as the manifest says.")
