"""`plaidoyer keys`: the keys that personal data is sealed with, shown and renewed."""

from typing import Any

import click


@click.group()
def keys() -> None:
    """Show and renew the keys that personal data is sealed with."""


@keys.command()
def new() -> None:
    """Print a new master key, for MASTER_KEY. Needs no database."""
    from plaidoyer.config.mail import load

    load()
    from plaidoyer.vault import masters

    click.echo(masters.new())


@keys.command()
def show() -> None:
    """Tell which master key is in use and how many keys each root wraps; never a key itself."""
    from plaidoyer.config.cli import prepare

    prepare()
    from plaidoyer.vault import masters, rotation
    from plaidoyer.vault.models import Root

    for place, key in enumerate(masters.held()):
        click.echo(f"master key {masters.fingerprint(key)}{' (older)' if place else ''}")
    made = dict(Root.objects.filter(purpose=Root.Purpose.SEAL).values_list("version", "made_at"))
    for version, number in rotation.standing().items():
        click.echo(f"root {version}, of {made[version]:%Y-%m-%d}: {number} keys")


@keys.command()
@click.option("--master", is_flag=True, help="Renew the master key instead.")
def rotate(master: bool) -> None:
    """Renew the organisation's root, and wrap every key under it, while everything runs.

    Interrupted, it goes on when it is run again.
    """
    from plaidoyer.config.cli import prepare

    prepare()
    from plaidoyer.vault import rotation
    from plaidoyer.vault.models import Key

    if master:
        try:
            click.echo(f"The master key is {rotation.renew_master()} from now on.")
        except rotation.NotPossibleError as error:
            raise click.ClickException(str(error)) from None
        return
    click.echo(f"Root {rotation.renew_root()}.")
    whole: Any = Key.objects.count()
    with click.progressbar(length=whole, label="Keys wrapped anew") as bar:
        changed = rotation.rewrap(lambda seen: bar.update(seen - bar.pos))
    click.echo(f"{changed} keys were under an older root. A minute until nobody wraps under it.")
    gone = rotation.finish()
    click.echo("Thrown away: " + (", ".join(f"root {version}" for version in gone) or "nothing"))
