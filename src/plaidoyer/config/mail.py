"""`plaidoyer mail`: whether the world believes our mail, and the keys it is signed with."""

import os

import click

MARKS = {"good": "ok      ", "advice": "advice  ", "bad": "TO MEND ", "unknown": "unknown "}


def load() -> None:
    """Loads Django; these commands need no database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plaidoyer.config.settings")
    import django

    django.setup()


@click.group()
def mail() -> None:
    """Check our domain; make the keys that sign."""


@mail.command("check-domain")
@click.argument("domain", default="")
@click.option("--resolver", default="", help="Ask this name server, such as 9.9.9.9 or [::1]:53.")
@click.option("--selector", "selectors", multiple=True, help="A DKIM selector; else our own.")
def check_domain(domain: str, resolver: str, selectors: tuple[str, ...]) -> None:
    """Ask the name servers about DOMAIN (MAIL_DOMAIN unless told) and say what to mend.

    Ends with 1 where something keeps mail from being believed.
    """
    load()
    from plaidoyer.mail.domains import health
    from plaidoyer.mail.domains.sentences import say

    found = health.look(domain, resolver=resolver, selectors=list(selectors) or None)
    for finding in found:
        said = say(finding)
        click.echo(f"{MARKS[said.level]} {said.title}: {said.words}")
        if said.record:
            click.echo(f"{'':9}   {said.record}")
    if any(finding.level == "bad" for finding in found):
        raise click.exceptions.Exit(1)


@mail.command("make-key")
@click.argument("selector")
@click.option("--kind", type=click.Choice(["rsa", "ed25519"]), default="rsa", show_default=True)
def make_key(selector: str, kind: str) -> None:
    """Make a DKIM key for SELECTOR, such as 2026a, and print its line for the zone of the domain.

    It signs once SELECTOR stands in DKIM_SELECTORS; a key is never replaced.
    """
    load()
    from plaidoyer.mail import signatures

    require_name(selector)
    try:
        click.echo(signatures.make_key(selector, kind=kind))
    except FileExistsError:
        raise click.ClickException(f"there is a key for {selector!r}; take another name") from None
    except OSError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"\nPublish that line, wait until check-domain finds it, then set {hint(selector)}")


def require_name(selector: str) -> None:
    """Refuses what cannot be a selector in the DNS."""
    from plaidoyer.mail import signatures

    try:
        signatures.key_path(selector)
    except signatures.BadSelectorError:
        raise click.ClickException(
            f"{selector!r} is no selector: take lower-case letters, digits and hyphens"
        ) from None


def hint(selector: str) -> str:
    """What to write into the environment, so that all keys sign."""
    from django.conf import settings

    return f'DKIM_SELECTORS="{" ".join(dict.fromkeys([*settings.DKIM_SELECTORS, selector]))}"'


@mail.command("show-record")
@click.argument("selector")
def show_record(selector: str) -> None:
    """Print again the line of the zone for the key of SELECTOR."""
    load()
    from django.core.exceptions import ImproperlyConfigured

    from plaidoyer.mail import signatures

    require_name(selector)
    try:
        click.echo(signatures.record(selector))
    except ImproperlyConfigured as error:
        raise click.ClickException(str(error)) from None
