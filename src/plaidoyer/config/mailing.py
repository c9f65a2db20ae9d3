"""`plaidoyer mailing`: how far a newsletter has come; pause it, let it go on, cancel it."""

import time
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from plaidoyer.newsletters.models import Mailing

SECONDS = 2
LATEST = 10


@click.group()
def mailing() -> None:
    """Watch newsletters being sent; pause, resume and cancel them."""


def prepared(command: Callable[..., None]) -> Callable[..., None]:
    """The command, with the database found and a refusal told in one line."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        from plaidoyer.config.cli import prepare

        prepare()
        from django.utils.translation import override

        from plaidoyer.newsletters.mailings import RefusedError

        try:
            with override("en"):
                command(*args, **kwargs)
        except RefusedError as error:
            raise click.ClickException(str(error)) from None

    return run


def named(name: str) -> "Mailing":
    """The mailing of that public id or name. Raises ClickException for none, and for several."""
    from django.db.models import Q

    from plaidoyer.newsletters.models import Mailing

    found = list(Mailing.objects.filter(Q(public_id=name) | Q(name=name))[: LATEST + 1])
    if not found:
        raise click.ClickException(f"no mailing is called {name!r}: see `plaidoyer mailing list`")
    if len(found) > 1:
        ids = ", ".join(one.public_id for one in found)
        raise click.ClickException(f"several are called so; say which by its id: {ids}")
    return found[0]


@mailing.command("list")
@prepared
def list_() -> None:
    """List the latest newsletters with their ids."""
    from plaidoyer.newsletters.models import Mailing

    for one in Mailing.objects.order_by("-created_at")[:LATEST]:
        click.echo(f"{one.public_id}  {one.get_state_display():12} {one.name}")


@mailing.command()
@click.argument("name", metavar="NAME_OR_ID")
@click.option("--watch", is_flag=True, help="Tell it again every two seconds until it rests.")
@prepared
def progress(name: str, watch: bool) -> None:
    """Tell how many copies are in which state, how fast it goes and how long it still takes."""
    from plaidoyer.newsletters.models import Mailing

    one = named(name)
    tell(one)
    while watch and one.state in (Mailing.State.SCHEDULED, Mailing.State.SENDING):
        time.sleep(SECONDS)
        one.refresh_from_db()
        click.echo("")
        tell(one)


def tell(one: "Mailing") -> None:
    """Where a mailing stands, a line for each state."""
    from plaidoyer.newsletters import reporting

    [told] = reporting.progress([one])
    click.echo(f"{one.name} ({one.public_id}): {one.get_state_display()}")
    for label, count in told.states:
        click.echo(f"  {count:>12,}  {label}")
    if told.copies:
        pace = f"; {told.pace}" if told.pace else ""
        click.echo(f"  {told.ended:,} of {told.copies:,} at their end ({told.percent} %){pace}")


@mailing.command()
@click.argument("name", metavar="NAME_OR_ID")
@click.option("--because", default="", help="Why, for those who come after.")
@prepared
def pause(name: str, because: str) -> None:
    """Let nothing more leave for now."""
    from plaidoyer.newsletters import schedules

    tell(schedules.pause(named(name), because=because))


@mailing.command()
@click.argument("name", metavar="NAME_OR_ID")
@prepared
def resume(name: str) -> None:
    """Let it go on."""
    from plaidoyer.newsletters import schedules

    tell(schedules.resume(named(name)))


@mailing.command()
@click.argument("name", metavar="NAME_OR_ID")
@click.option("--because", default="", help="Why, for those who come after.")
@click.confirmation_option(prompt="What has not left never will. Cancel it?")
@prepared
def cancel(name: str, because: str) -> None:
    """End it for good: what has not left never does."""
    from plaidoyer.newsletters import schedules

    tell(schedules.cancel(named(name), because=because))
