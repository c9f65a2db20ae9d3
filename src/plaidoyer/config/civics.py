"""`plaidoyer civics`: who decides, from files and addresses; seen first, undone if need be."""

import datetime
from collections.abc import Callable
from functools import wraps
from typing import IO, TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from plaidoyer.civics.imports import Draft
    from plaidoyer.civics.models import ImportRun
    from plaidoyer.civics.sources import Source

SHOWN = 12


@click.group()
def civics() -> None:
    """Import who decides, their votes and petitions; see what changes first; undo it."""


def prepared(command: Callable[..., None]) -> Callable[..., None]:
    """The command, with the database found and every fault told in one line."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        from plaidoyer.config.cli import prepare

        prepare()
        from plaidoyer.civics.imports import UndoError
        from plaidoyer.civics.sources import SourceError

        try:
            command(*args, **kwargs)
        except SourceError as error:
            raise click.ClickException(error.told) from None
        except UndoError as error:
            raise click.ClickException("cannot be undone: " + "; ".join(error.reasons)) from None

    return run


@civics.command("sources")
@prepared
def sources_() -> None:
    """List where facts may come from, with the options of each."""
    from plaidoyer.civics import sources

    for source in sources.known():
        click.echo(f"{source.name:22} {source.label}")
        if options := sources.options(source):
            words = (f"--{name.replace('_', '-')}" for name in options)
            click.echo(f"{'':22} {' '.join(words)}")


@civics.command("import", context_settings={"ignore_unknown_options": True})
@click.argument("source")
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[FILE] [OPTIONS OF SOURCE]")
@click.option("--online", is_flag=True, help="Fetch it from its publisher instead of a file.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day of which the file tells.")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.option("--yes", is_flag=True, help="Do not ask, unless much would go.")
@prepared
def import_(
    source: str,
    words: tuple[str, ...],
    online: bool,
    on: datetime.datetime | None,
    dry_run: bool,
    yes: bool,
) -> None:
    """Import FILE, or what SOURCE publishes, after showing what changes.

    Every SOURCE has options of its own: see `plaidoyer civics sources`.
    """
    from plaidoyer.civics import fetching, imports, sources
    from plaidoyer.civics.sources import files

    of = named(source)
    name, said = understood(of, words)
    online = online or (not name and getattr(of, "is_bundled", False))
    if online == bool(name):
        raise click.UsageError("Say a FILE, or --online.")
    content = opened(name, files.read) if name else of.fetch(fetching.get, **said)
    address = name or said.get("page") or of.address
    day = imports.as_of(content, on.date() if on else None)
    reading = sources.read(of, content, day, **said)
    draft = imports.preview(reading, day)
    show(draft)
    if draft.is_empty or dry_run:
        return
    if yes and draft.doubts:
        doubts = " ".join(draft.doubts)
        raise click.ClickException(f"{doubts} If it is, import it without --yes.")
    if not yes:
        click.confirm("Import this?", abort=True)
    with click.progressbar(length=draft.size, label="Importing") as bar:
        run = imports.carry_out(
            reading,
            source=of.name,
            address=str(address),
            content=content,
            licence=str(of.licence),
            on=day,
            progress=lambda done, _of: bar.update(done - bar.pos),
        )
    click.echo(f"Import {run.pk} is done. To take it back: plaidoyer civics undo {run.pk}")


def named(name: str) -> "Source":
    """The source of that name. Raises UsageError that lists the others."""
    from plaidoyer.civics import sources

    try:
        return sources.get(name)
    except KeyError:
        known = ", ".join(one.name for one in sources.known())
        raise click.UsageError(f"No source is called “{name}”. There are: {known}.") from None


def opened(name: str, read: Callable[[IO[bytes]], bytes]) -> bytes:
    """What is in the file. Raises UsageError where it cannot be opened."""
    try:
        with click.open_file(name, "rb") as file:
            return read(file)
    except OSError as error:
        raise click.UsageError(f"{name}: {error.strerror}") from None


def understood(source: "Source", words: tuple[str, ...]) -> tuple[str, dict[str, Any]]:
    """The file, and the options of a source as `--name value`, `--name=value` or `--flag`.

    Raises UsageError for one that the source does not have.
    """
    from plaidoyer.civics import sources

    known = sources.options(source)
    file, found = "", dict[str, Any]()
    left = list(words)
    while left:
        word = left.pop(0)
        name, equals, value = word.removeprefix("--").partition("=")
        key = name.replace("-", "_")
        if not word.startswith("--"):
            if file:
                raise click.UsageError(f"One file at a time: {file} or {word}?")
            file = word
        elif key not in known:
            have = ", ".join(f"--{one.replace('_', '-')}" for one in known) or "none"
            raise click.UsageError(f"{source.name} has no option --{name}. It has: {have}.")
        elif known[key] is False:
            found[key] = True
        elif equals or left:
            found[key] = value if equals else left.pop(0)
        else:
            raise click.UsageError(f"--{name} of what?")
    return file, found


def show(draft: "Draft") -> None:
    """Prints what an import would do."""
    from plaidoyer.civics import reporting

    if draft.is_empty and draft.conflicts:
        click.echo("Nothing changes.")
    elif draft.is_empty:
        click.echo("Nothing changes: all of it is here already.")
    for label, some in reporting.counts(draft.counts):
        click.echo(f"{label}: {', '.join(some)}")
    for words, some_ in reporting.examples(draft):
        click.echo(f"\n{words}:")
        for one in some_:
            click.echo(f"  {one}")
    _list("In conflict, left as it is", draft.conflicts)
    _list("Left out or doubtful", draft.warnings)


def _list(title: str, lines: list[tuple[int, str]]) -> None:
    if lines:
        click.echo(f"\n{title} ({len(lines)}):")
    for line, reason in lines[:SHOWN]:
        click.echo(f"  line {line}: {reason}" if line else f"  {reason}")
    if len(lines) > SHOWN:
        click.echo("  …")


@civics.command()
@click.option("--limit", default=20, show_default=True, help="How many, the newest first.")
@prepared
def runs(limit: int) -> None:
    """List the imports so far."""
    from plaidoyer.civics import reporting
    from plaidoyer.civics.models import ImportRun

    for run in ImportRun.objects.all()[:limit]:
        state = " (undone)" if run.undone_at else ""
        click.echo(f"{run.pk:5}  {run.retrieved_at:%Y-%m-%d %H:%M}  {run.source}{state}")
        click.echo(f"       {run.address}  sha256 {run.sha256[:12]}…")
        click.echo(f"       {reporting.line(run.counts) or 'nothing changed'}")


@civics.command()
@click.argument("run", type=int)
@click.option("--yes", is_flag=True, help="Do not ask.")
@prepared
def undo(run: int, yes: bool) -> None:
    """Put everything back as it stood before import RUN."""
    from plaidoyer.civics import imports, reporting

    found = _run(run)
    if not yes:
        click.echo(f"{found}: {reporting.line(found.counts)}")
        click.confirm("Put this back as it was?", abort=True)
    imports.undo(found)
    click.echo(f"Import {run} is undone.")


def _run(number: int) -> "ImportRun":
    from plaidoyer.civics.models import ImportRun

    found = ImportRun.objects.filter(pk=number).first()
    if found is None:
        raise click.ClickException(f"No import has the number {number}.")
    return found
