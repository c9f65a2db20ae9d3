"""`plaidoyer roles` and `plaidoyer staff`: who may do what in the back office, and come in."""

import click


@click.command()
@click.option("--table", is_flag=True, help="Only print who may do what.")
def roles(table: bool) -> None:
    """Make the groups of all roles, or bring them up to this version."""
    from plaidoyer.config.cli import prepare

    prepare()
    from plaidoyer.staff import roles

    if table:
        click.echo(roles.table())
        return
    for group in roles.lay():
        rights, people = group.permissions.count(), group.user_set.count()
        click.echo(f"{group.name}: {rights} rights, {people} people")


@click.command("verify")
@click.option("--remember", default="", help="What this printed an earlier time.")
def verify_audit(remember: str) -> None:
    """Check that nobody changed the log of what the staff did, nor the ledger of consents; print
    what to remember of the log, which remembers the ledger."""
    from plaidoyer.config.cli import prepare

    prepare()
    from plaidoyer.staff.audit import anchors, verifying
    from plaidoyer.supporters import chains

    try:
        click.echo(verifying.verify(remember))
        click.echo(f"consents {chains.verify(anchors.last())}")
    except verifying.BrokenChainError as error:
        raise click.ClickException(str(error)) from None


@click.group()
def staff() -> None:
    """Help somebody of the staff who cannot come in."""


@staff.command("reset-factor")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset_factor(name: str, yes: bool) -> None:
    """Take the second factors of NAME away, who lost them all."""
    from plaidoyer.config.cli import prepare

    prepare()
    from django.contrib.auth.models import User

    from plaidoyer.staff import sessions

    user = User.objects.filter(username=name).first()
    if user is None:
        raise click.ClickException(f"There is no account {name}.")
    if not yes:
        click.confirm(f"Are you sure that it is {name} who asks?", abort=True)
    click.echo(f"{sessions.reset_factor(user)} sessions were ended.")
