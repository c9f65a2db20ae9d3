"""`plaidoyer verify`, `witness` and `audit`: the public log of counts, for whoever checks it."""

import csv
import os
import sys
import time
from pathlib import Path

import click

from plaidoyer.lib.typed import harmless


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def verify(arguments: tuple[str, ...]) -> None:
    """Check a published count from its public log; needs no database."""
    from plaidoyer.actions.ledger import verify

    sys.exit(verify.main(list(arguments)))


@click.command()
@click.argument("url")
@click.option("--key", "path", required=True, type=click.Path(path_type=Path), help="Key file.")
@click.option("--name", required=True, help="Under which name you sign, such as your domain.")
@click.option("--remember", required=True, type=click.Path(path_type=Path))
def witness(url: str, path: Path, name: str, remember: Path) -> None:
    """Check a log against what you saw before, and print your line under its checkpoint."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from plaidoyer.actions.ledger import verify
    from plaidoyer.lib.merkle import notes

    if not path.exists():
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(Ed25519PrivateKey.generate().private_bytes_raw())
    key = Ed25519PrivateKey.from_private_bytes(path.read_bytes())
    click.echo(f"Your key: {notes.verifier(name, key, notes.COSIGNATURE)}", err=True)
    note = verify.fetch(url.rstrip("/") + "/checkpoint")
    if verify.main([url, "--remember", str(remember)]):
        sys.exit(1)
    click.echo(notes.cosign(note, name, key, int(time.time())), nl=False)


@click.command()
@click.argument("form")
@click.option("--witness", "vkey", required=True, help="The key whose line this is.")
def cosign(form: str, vkey: str) -> None:
    """Put a witness's line, read from the input, under the last checkpoint of FORM."""
    from plaidoyer.config.cli import prepare

    prepare()
    from plaidoyer.actions.ledger import witnesses
    from plaidoyer.lib.merkle import notes

    try:
        witnesses.add(form, sys.stdin.read(), vkey)
    except notes.BadNoteError as error:
        raise click.ClickException(str(error)) from None


@click.group()
def audit() -> None:
    """Let somebody look whether those who count are people, and what the staff did."""


@audit.command()
@click.argument("form")
@click.option("--number", default=300, show_default=True)
@click.option("--size", type=int, help="Of which checkpoint; the last unless told.")
@click.option("--to", "path", type=click.Path(path_type=Path), help="CSV for the auditor alone.")
def sample(form: str, number: int, size: int | None, path: Path | None) -> None:
    """Draw entries of FORM's log that nobody could choose; with --to, whom to ask about them."""
    from plaidoyer.config.cli import prepare

    prepare()
    from plaidoyer.actions.ledger import audits

    try:
        checkpoint, drawn = audits.sample(form, number, size)
    except audits.NoLogError:
        raise click.ClickException(f"{form} has no such checkpoint") from None
    click.echo(f"Checkpoint of {checkpoint.size} entries; drawn by its root:")
    click.echo(" ".join(str(one.index) for one in drawn))
    click.echo(
        f"If all {len(drawn)} say yes, fewer than {3 / max(len(drawn), 1):.1%} are made up (95 %)."
    )
    if path:
        with open(
            os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", newline=""
        ) as file:
            write = csv.writer(file).writerow
            write(["entry", "e-mail", "name"])
            for one in drawn:
                write([one.index, harmless(one.email), harmless(one.name)])
