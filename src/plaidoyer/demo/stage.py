"""The demo on one machine: database, web, worker and mail catcher, started and stopped together.

Everything it keeps is in `var/demo`, with a PostgreSQL of its own.
"""

import ctypes
import fcntl
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

MAIL_DOMAIN = "rivieres.example"
STAFF, PASSWORD = ("anne", "ed", "admin"), "riviere"
STOP_SECONDS = 20


class StageError(Exception):
    """The demo cannot be shown; the message is for the person at the terminal."""


def play(
    *, port: int, fresh: bool, scale: str, prepare: Callable[[], None], lay: Callable[[], None]
) -> None:
    """Sets the demo up as far as it is not, serves it, and stops it on Ctrl-C or TERM.

    `prepare` finds the database of the environment and loads Django, `lay` makes its tables.
    Raises StageError.
    """
    began = time.monotonic()
    folder = Path(os.environ.get("VAR_DIR") or "var").resolve() / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    # SIGINT too: whoever starts us in the background may have let us ignore it.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    children: dict[str, subprocess.Popen] = {}
    with claimed(folder):
        try:
            require_free(port)
            smtp_port = free_port()
            os.environ.update(environment(folder, port, smtp_port))
            with told("Database and program"):
                prepare()
            prepare_stage(folder, fresh, lay)
            # They take their time to load, while the story is told.
            children["The mail catcher"] = start("catcher", "--port", str(smtp_port))
            children["The web"] = start("serve", "--port", str(port))
            fill(folder, port, scale)
            with told("Web, worker and mail catcher"):
                children["The worker"] = start("worker")
                wait_until_open(port, children)
            click.echo(programme(folder, port, time.monotonic() - began))
            watch(children)
        except KeyboardInterrupt:
            click.echo("\nStopping...")
        finally:
            stop(list(children.values()))


def environment(folder: Path, port: int, smtp_port: int) -> dict[str, str]:
    """The settings of the demo, over those of whoever starts it."""
    os.environ.pop("DATABASE_URL", None)
    return {
        "VAR_DIR": str(folder),
        "BASE_URL": f"http://localhost:{port}",
        "MAIL_DOMAIN": MAIL_DOMAIN,
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(smtp_port),
        "SMTP_SECURITY": "none",
        "SMTP_USER": "",
        "DEMO_MAILDIR": str(folder / "mail"),
    }


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """One demo at a time in a folder. Raises StageError."""
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StageError(f"The demo in {folder} is running already.") from None
        yield


@contextmanager
def told(step: str) -> Iterator[None]:
    """Says what is being done, and how long it took."""
    click.echo(f"  {step} ".ljust(34, "."), nl=False)
    began = time.monotonic()
    try:
        yield
    except BaseException:
        click.echo()
        raise
    click.echo(f" {time.monotonic() - began:4.1f} s")


def require_free(port: int) -> None:
    """Raises StageError when somebody listens on `port`."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            raise StageError(f"Port {port} cannot be used: choose another with --port.") from None


def free_port() -> int:
    """A port of the loopback on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def prepare_stage(folder: Path, fresh: bool, lay: Callable[[], None]) -> None:
    """Tables and static files, as far as they are not there."""
    if fresh or not (folder / "story").exists():
        # A story that was broken off half-way is no better than none.
        forget(folder)
    with told("Tables"):
        lay()
    with told("Static files"):
        collect_static()


def fill(folder: Path, port: int, scale: str) -> None:
    """The content, unless it is there."""
    from wagtail.models import Site

    finished = folder / "story"
    if not finished.exists():
        tell(scale)
        finished.write_text(scale)
    Site.objects.filter(is_default_site=True).update(hostname="localhost", port=port)


def forget(folder: Path) -> None:
    """Empties the demo's database and its mail."""
    from django.db import connection

    (folder / "story").unlink(missing_ok=True)
    for name in ("mail", "media"):
        shutil.rmtree(folder / name, ignore_errors=True)
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


def collect_static() -> None:
    """Collects the static files when any of them is another than the last time."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            facts = Path(storage.path(path)).stat()
            digest.update(f"{path} {facts.st_mtime_ns} {facts.st_size}\n".encode())
    mark = Path(settings.STATIC_ROOT) / ".collected"
    if not mark.exists() or mark.read_text() != digest.hexdigest():
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        mark.write_text(digest.hexdigest())


def tell(scale: str) -> None:
    """The story with its staff; or an empty site, and only its administrator."""
    from django.contrib.auth.models import User

    if scale == "empty":
        from plaidoyer.demo.arvane import SECRET
        from plaidoyer.staff import codes

        codes.set_up(User.objects.create_superuser("admin", password=PASSWORD), SECRET)
    else:
        from plaidoyer.demo import story

        story.tell(scale=scale)


def start(*arguments: str) -> subprocess.Popen:
    """One of our programs, in a session of its own: only we see the terminal's Ctrl-C."""
    return subprocess.Popen(
        [sys.executable, "-m", "plaidoyer.config.cli", *arguments],
        start_new_session=True,
        preexec_fn=end_with_parent if sys.platform == "linux" else None,
    )


def end_with_parent() -> None:
    """Asks Linux to send TERM when the demo dies by a kill -9 (prctl, PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def wait_until_open(port: int, children: dict[str, subprocess.Popen], seconds: int = 180) -> None:
    """Waits for the pages to answer. Raises StageError."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        require_running(children)
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise StageError(f"The web did not answer within {seconds} seconds.")


def watch(children: dict[str, subprocess.Popen]) -> None:
    """Stays until a child ends, which raises StageError, or until we are asked to end."""
    while True:
        require_running(children)
        time.sleep(0.5)


def require_running(children: dict[str, subprocess.Popen]) -> None:
    """Raises StageError naming the child that has ended."""
    for name, child in children.items():
        if child.poll() is not None:
            raise StageError(f"{name} ended by itself (code {child.returncode}): all is stopped.")


def stop(children: list[subprocess.Popen]) -> None:
    """Asks all to end and waits for them; a second Ctrl-C does not leave half of them behind."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for child in children:
        if child.poll() is None:
            child.terminate()
    until = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.wait(max(0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def programme(folder: Path, port: int, seconds: float) -> str:
    """What there is to see, and who may go behind the stage."""
    from django.contrib.auth.models import User

    home = f"http://localhost:{port}"
    kept = os.path.relpath(folder)
    known = User.objects.filter(username__in=STAFF).values_list("username", flat=True)
    names = " or ".join(name for name in STAFF if name in known)
    return f"""
The demo is open, after {seconds:.0f} seconds.

  Site           {home}/fr/   {home}/en/
  Back office    {home}/admin/   sign in as {names}, password {PASSWORD};
                 the second step shows the code that their phones would
  Caught mail    {home}/demo/mail/

Ctrl-C stops it. Its data stay in {kept}; --fresh forgets them.
"""
