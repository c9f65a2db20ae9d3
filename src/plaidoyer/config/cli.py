"""The command-line program `plaidoyer`."""

import asyncio
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import click

from plaidoyer.config import (
    bundles,
    civics,
    handover,
    keys,
    ledger,
    loading,
    mail,
    mailing,
    postgres,
    rights,
    staff,
)


def find_database(*, durable: bool = False) -> None:
    """Finds or starts the database; with `durable`, refuses one with unsafe settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plaidoyer.config.settings")
    try:
        url = postgres.ensure_url()
        if durable:
            postgres.require_durable(url)
    except postgres.DatabaseError as error:
        raise click.ClickException(str(error)) from None


def prepare(*, durable: bool = False) -> None:
    """Finds or starts the database and loads Django."""
    find_database(durable=durable)
    with loading.undisturbed():
        import django

        django.setup()


def lay_tables() -> None:
    """Makes the tables of an empty database, or migrates them."""
    from plaidoyer.config import tables

    tables.lay()


def open_all_files() -> None:
    """Lets this process and its children hold as many connections as the system allows at all:
    whoever cannot be accepted cannot be told to wait."""
    _soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def run(command: list[str]) -> None:
    """Runs `command`, passes Ctrl-C and TERM on to it, and ends with its exit code."""
    process = subprocess.Popen(command)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, _frame: process.send_signal(received))
    sys.exit(process.wait())


@click.group()
def main() -> None:
    """Campaign platform: act, deliver, track, report."""


main.add_command(civics.civics)
main.add_command(handover.handover)
main.add_command(bundles.bundle)
main.add_command(keys.keys)
for group in (rights.retention, rights.erasures, rights.consents):
    main.add_command(group)
main.add_command(mail.mail)
main.add_command(mailing.mailing)
main.add_command(staff.staff)
ledger.audit.add_command(staff.verify_audit)
for command in (ledger.verify, ledger.witness, ledger.cosign, ledger.audit, staff.roles):
    main.add_command(command)


@main.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Run one of Django's or Wagtail's own commands."""
    prepare()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["plaidoyer manage", *arguments])


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=2, show_default=True, help="Web processes.")
@click.option("--threads", default=4, show_default=True, help="Threads in each web process.")
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serve the web pages."""
    find_database(durable=True)
    open_all_files()
    os.environ["WEB_THREADS"] = str(threads)
    # Beyond the backpressure nobody is heard at all; up to it the program itself says who waits.
    command = f"""
        {Path(sys.executable).parent / "granian"} --interface asgi --host {host} --port {port}
        --workers {workers} --backpressure 4096 --backlog 4096
        --no-access-log --log-level warning --respawn-failed-workers --workers-kill-timeout 10
        plaidoyer.config.asgi:application
    """
    run(command.split())


@main.command()
@click.option("--concurrency", default=4, show_default=True, help="Jobs at the same time.")
def worker(concurrency: int) -> None:
    """Do the work behind the pages: match, confirm, deliver, count."""
    prepare(durable=True)
    from plaidoyer.config import working

    asyncio.run(working.work(concurrency))


@main.command()
@click.option("--processes", default=0, help="How many send; 0: one for each core.")
@click.option("--stay", is_flag=True, help="Wait for more until asked to end.")
def sender(processes: int, stay: bool) -> None:
    """Send the mail that is due; workers start some by themselves while much is."""
    prepare(durable=True)
    from plaidoyer.mail import crews

    crews.work(processes or os.cpu_count() or 1, stay=stay)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=2525, show_default=True)
@click.option("--lmtp", is_flag=True, help="Speak LMTP, as Postfix hands mail over.")
@click.option("--socket", default="", help="Listen on this file instead of host and port.")
@click.option("--certificate", default="", help="PEM file: offer STARTTLS with it.")
@click.option("--key", default="", help="PEM file of its key, where it is another.")
def inbound(host: str, port: int, lmtp: bool, socket: str, certificate: str, key: str) -> None:
    """Take in bounces, complaints and replies by SMTP or LMTP."""
    prepare(durable=True)
    from plaidoyer.mail.inbound import doors

    def opened(port: int) -> None:
        where = socket or f"{host}:{port}"
        click.echo(f"Taking mail in by {'LMTP' if lmtp else 'SMTP'} on {where}.")

    try:
        asyncio.run(
            doors.serve(
                host=host,
                port=port,
                lmtp=lmtp,
                socket=socket,
                certificate=certificate,
                key=key,
                opened=opened,
            )
        )
    except OSError as error:
        raise click.ClickException(str(error)) from None


@main.command("demo-data")
@click.option("--scale", type=click.Choice(["small", "full"]), default="small", show_default=True)
def demo_data(scale: str) -> None:
    """Fill an empty database with the fictional river coalition."""
    prepare()
    from plaidoyer.demo import story

    story.tell(scale=scale)


@main.command()
@click.option("--port", default=8000, show_default=True, help="Port of the web pages.")
@click.option("--fresh", is_flag=True, help="Forget the demo's data and start anew.")
@click.option(
    "--scale", type=click.Choice(["small", "full", "empty"]), default="small", show_default=True
)
def demo(port: int, fresh: bool, scale: str) -> None:
    """Serve the filled demo with its worker and its mail catcher, until Ctrl-C."""
    from plaidoyer.demo import stage

    try:
        stage.play(
            port=port,
            fresh=fresh,
            scale=scale,
            prepare=lambda: prepare(durable=True),
            lay=lay_tables,
        )
    except stage.StageError as error:
        raise click.ClickException(str(error)) from None


@main.command(hidden=True)
@click.option("--port", required=True, type=int)
def catcher(port: int) -> None:
    """Keep every mail instead of delivering it: the demo's relay."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plaidoyer.config.settings")
    from django.conf import settings

    from plaidoyer.demo.catcher import catch

    catch(port=port, folder=Path(settings.DEMO_MAILDIR))


if __name__ == "__main__":
    main()
