"""The real product in processes of its own: web, worker, database, mail relay and browser.

For tests that need it whole: `product` has a migrated database of its own and starts and stops
`plaidoyer serve` and `plaidoyer worker`, and a mail relay, `product.catcher`; `story` is one that
runs, with the demo's content; `told` is that content in small, in the test's own database; `page`
is a tab of a real browser.
"""

import asyncio
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
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psycopg
import psycopg.conninfo
import pytest
from aiosmtpd.controller import Controller
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection, transaction
from django.test import override_settings

import plaidoyer
from plaidoyer.config import postgres, tables
from plaidoyer.config.settings import database
from plaidoyer.vault import roots

PACKAGE = Path(plaidoyer.__file__).parent
PROGRAM = Path(sys.executable).parent / "plaidoyer"
CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def free_port() -> int:
    """A port of the loopback on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until(happened: Callable[[], Any], *, seconds: float = 90, what: str = "") -> Any:
    """What `happened` gives once it is true; looks less often the longer it takes.

    Raises TimeoutError naming what did not happen.
    """
    until, pause = time.monotonic() + seconds, 0.05
    while not (value := happened()):
        if time.monotonic() > until:
            raise TimeoutError(what or getattr(happened, "__name__", "it did not happen"))
        time.sleep(pause)
        pause = min(pause * 1.2, 0.5)
    return value


@dataclass
class Caught:
    """A mail as the relay got it: its envelope and its message."""

    mail_from: str
    rcpt_to: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)  # type: ignore[return-value]

    @property
    def text(self) -> str:
        """The plain part."""
        part = self.message.get_body(("plain",))
        return part.get_content() if part else ""


class Catcher:
    """A mail relay on the loopback that keeps what it takes.

    `answers` maps an address to what the relay says of it instead of accepting: "550 No such
    user", "451 Try later". `hold` waits so long before the last word on a message.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.caught: list[Caught] = []
        self.answers: dict[str, str] = {}
        self.hold = 0.0
        self.controller: Controller | None = None

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if answer := self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        self.caught.append(Caught(envelope.mail_from, envelope.rcpt_tos, envelope.content))
        if self.hold:
            await asyncio.sleep(self.hold)
        return f"250 Kept as {len(self.caught)}"

    def start(self) -> None:
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self) -> None:
        if self.controller:
            self.controller.stop()
            self.controller = None

    def to(self, address: str) -> list[Caught]:
        """The mails to `address`, in the order they came."""
        return [mail for mail in list(self.caught) if address in mail.rcpt_to]

    def wait_for(self, address: str, *, number: int = 1, seconds: float = 90) -> Caught:
        """The `number`th mail to `address`, as soon as it is there."""
        what = f"mail {number} to {address}"
        wait_until(lambda: len(self.to(address)) >= number, seconds=seconds, what=what)
        return self.to(address)[number - 1]


@dataclass
class Program:
    """One `plaidoyer` program, in a process group of its own so that a kill takes its children."""

    arguments: list[str]
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [PROGRAM, *self.arguments],
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.log.parent,
                start_new_session=True,
            )

    def stop(self) -> int | None:
        """Asks it to end, as an operator does; gives its exit code."""
        if self.process is None:
            return None
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self) -> None:
        """kill -9 of the program and all its children, as an accident does."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def words(self) -> str:
        """What it said so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""


@dataclass
class Product:
    """One installation: its folder, its database, its web and its worker."""

    var_dir: Path
    database_url: str
    catcher: Catcher
    settings: dict[str, str] = field(default_factory=dict)
    unblock: Callable[[], Any] = nullcontext

    def __post_init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.web = self.program("serve", "--port", str(self.port))
        self.worker = self.program("worker")

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "VAR_DIR": str(self.var_dir),
            "DATABASE_URL": self.database_url,
            # The tests' own: what is sealed by it they may make and read.
            "SECRET_KEY": settings.SECRET_KEY,
            "BASE_URL": self.url,
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(self.catcher.port),
            **self.settings,
        }

    def program(self, *arguments: str) -> Program:
        """A `plaidoyer` program of this installation, not yet started."""
        log = self.var_dir / f"{arguments[0]}.log"
        return Program(list(arguments), self.environment, log)

    def serve_with(self, processes: int) -> None:
        """Lets the web have so many processes, from its next start on."""
        self.web.arguments = ["serve", "--port", str(self.port), "--workers", str(processes)]

    def start(self) -> None:
        """Starts web and worker and waits until the pages answer."""
        self.start_web()
        self.start_worker()

    def start_web(self) -> None:
        self.web.environment = self.environment
        self.web.start()
        try:
            wait_until(self.answers, what="/healthz")
        except TimeoutError:
            raise AssertionError(f"the web did not start:\n{self.web.words()}") from None

    def start_worker(self) -> None:
        """Starts the worker and waits until it has signed in to the queue."""
        newest = "SELECT coalesce(max(id), 0) FROM procrastinate_workers"
        [(before,)] = self.sql(newest)
        self.worker.environment = self.environment
        self.worker.start()
        try:
            wait_until(lambda: self.sql(newest)[0][0] > before, what="a worker in the queue")
        except TimeoutError:
            raise AssertionError(f"the worker did not start:\n{self.worker.words()}") from None

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as response:
                return response.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def stop(self) -> None:
        for program in (self.worker, self.web):
            if program.runs:
                program.stop()

    def manage(self, *arguments: str) -> str:
        """What `plaidoyer manage ...` prints. Raises CalledProcessError when it fails."""
        command = [PROGRAM, "manage", *arguments]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def sql(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Rows of the installation's database, seen from outside."""
        with psycopg.connect(self.database_url, autocommit=True) as session:
            cursor = session.execute(query, parameters or None)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []

    def open_petition(self) -> str:
        """The public number of a petition that takes acts."""
        now_open = """
            SELECT public_id FROM actions_actionform
            WHERE kind = 'petition' AND opens_at <= now() AND filled_at IS NULL
              AND paused_at IS NULL AND awaits_since IS NULL
              AND coalesce(closes_at, 'infinity') > now()
            ORDER BY id LIMIT 1
        """
        return self.sql(now_open)[0][0]

    @contextmanager
    def orm(self) -> Iterator[None]:
        """The test's own models, on the installation's database: to build its world."""
        usual = connection.settings_dict
        move_to({**usual, **database(self.database_url)})
        try:
            with self.unblock():
                yield
        finally:
            move_to(usual)


def move_to(settings_dict: dict[str, Any]) -> None:
    """Lets Django's connection lead to another database, with nothing remembered of the last."""
    connection.close()
    connection.settings_dict = settings_dict
    ContentType.objects.clear_cache()
    cache.clear()
    roots.known = None


def fingerprint(paths: Iterable[Path]) -> str:
    """Eight digits that change with the content of the files."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(str(path).encode() + path.read_bytes())
    return digest.hexdigest()[:8]


def run(environment: dict[str, str], *arguments: str) -> None:
    done = subprocess.run(
        [PROGRAM, *arguments], env={**os.environ, **environment}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def cluster() -> str:
    """The address of the tests' PostgreSQL."""
    return os.environ["DATABASE_URL"]


@contextmanager
def alone(cluster: str, work: str) -> Iterator[psycopg.Connection]:
    """A session on the cluster, while no other process of the tests does the same work."""
    with psycopg.connect(cluster, autocommit=True) as session:
        session.execute("SELECT pg_advisory_lock(hashtext(%s))", [work])
        yield session


def make_template(cluster: str) -> str:
    """The name of a migrated, otherwise empty database; made anew when a migration changed."""
    laid = [*PACKAGE.glob("*/migrations/*.py"), PACKAGE / "staff" / "roles.py"]
    name = f"template_{fingerprint(laid)}"
    with alone(cluster, "template") as session:
        names = [row[0] for row in session.execute("SELECT datname FROM pg_database")]
        if name in names:
            return name
        for old in names:
            if old.startswith(("template_", "making_")):
                session.execute(f'DROP DATABASE "{old}" WITH (FORCE)')
        making = f"making_{name}"
        session.execute(f"CREATE DATABASE {making}")
        url = psycopg.conninfo.make_conninfo(cluster, dbname=making)
        if not tables.read(url):
            run({"DATABASE_URL": url}, "manage", "migrate", "--verbosity", "0")
            run({"DATABASE_URL": url}, "roles")
            tables.keep(url)
        session.execute(f"ALTER DATABASE {making} RENAME TO {name}")
    return name


def make_database(cluster: str, name: str, template: str = "") -> str:
    """The address of a new database called `name`: a copy of `template`, or migrated and empty."""
    template = template or make_template(cluster)
    with psycopg.connect(cluster, autocommit=True) as session:
        session.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        session.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return psycopg.conninfo.make_conninfo(cluster, dbname=name)


def tell_story(cluster: str, folder: Path) -> str:
    """The name of a database with the demo's story, told once for each state of the code.

    Its pictures are in `folder`. Mail that the story leaves to the worker is taken out of the
    queue: a test's catcher shall get the test's mail.
    """
    sources = (*PACKAGE.rglob("*.py"), *PACKAGE.glob("demo/content/**/*"))
    name = f"story_{fingerprint(path for path in sources if path.is_file())}"
    with alone(cluster, "story") as session:
        names = [row[0] for row in session.execute("SELECT datname FROM pg_database")]
        if name in names and folder.exists():
            return name
        for old in names:
            if old.startswith(("story_", "telling_")):
                session.execute(f'DROP DATABASE "{old}" WITH (FORCE)')
        shutil.rmtree(folder, ignore_errors=True)
        telling = f"telling_{name}"
        url = make_database(cluster, telling)
        environment = {**os.environ, "DATABASE_URL": url, "VAR_DIR": str(folder)}
        done = subprocess.run([PROGRAM, "demo-data"], env=environment, capture_output=True)
        assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
        with psycopg.connect(url) as story:
            story.execute("UPDATE mail_envelope SET state = 'cancelled' WHERE state = 'queued'")
            story.execute("DELETE FROM procrastinate_jobs WHERE status = 'todo'")
        session.execute(f"ALTER DATABASE {telling} RENAME TO {name}")
    return name


def collect_static(var_dir: Path) -> Path:
    """The static files as the production server needs them; collected anew when one changed."""
    sources = (path for path in PACKAGE.glob("*/static/**/*") if path.is_file())
    wanted, mark = fingerprint(sources), var_dir / "static.of"
    if not mark.exists() or mark.read_text() != wanted:
        run({"VAR_DIR": str(var_dir)}, "manage", "collectstatic", "--no-input", "--verbosity", "0")
        mark.write_text(wanted)
    return var_dir / "static"


@pytest.fixture(scope="session")
def static_files(cluster: str) -> Path:
    with alone(cluster, "static files"):
        return collect_static(Path(os.environ["VAR_DIR"]))


def let_letters_leave(url: str) -> None:
    """At any hour of any day, so that a test finds the same at night and on a Sunday."""
    with psycopg.connect(url) as session:
        session.execute(
            "INSERT INTO delivery_courtesy"
            " (site_id, per_hour, per_day, opens, closes, weekends, time_zone, closed_on,"
            " digest_after_days) SELECT id, 1000, 24000, 0, 24, true, '', '{}', 2"
            " FROM wagtailcore_site WHERE is_default_site"
            " ON CONFLICT DO NOTHING"
        )


@contextmanager
def installation(
    cluster: str,
    folder: Path,
    static_files: Path,
    *,
    template: str = "",
    unblock: Any = nullcontext,
) -> Iterator[Product]:
    """A product with a database of its own, copied from `template`; gone without trace after."""
    name, catcher = f"product_{os.getpid()}_{free_port()}", Catcher()
    (folder / "static").symlink_to(static_files)
    url = make_database(cluster, name, template)
    product = Product(folder, url, catcher, unblock=unblock)
    let_letters_leave(url)
    catcher.start()
    try:
        yield product
    finally:
        product.web.kill()
        product.worker.kill()
        catcher.stop()
        with psycopg.connect(cluster, autocommit=True) as session:
            session.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def product(
    cluster: str, static_files: Path, tmp_path: Path, django_db_blocker: Any
) -> Iterator[Product]:
    """An installation with an empty database; nothing of it runs yet but its mail relay."""
    unblock = django_db_blocker.unblock
    with installation(cluster, tmp_path, static_files, unblock=unblock) as product:
        product.serve_with(1)
        yield product


@pytest.fixture(scope="module")
def story(
    cluster: str,
    static_files: Path,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: Any,
) -> Iterator[Product]:
    """The demo's coalition, served and worked for: one for all tests of a module."""
    told, folder = Path(os.environ["VAR_DIR"]) / "story", tmp_path_factory.mktemp("story")
    template, unblock = tell_story(cluster, told), django_db_blocker.unblock
    shutil.copytree(told / "media", folder / "media")
    with installation(cluster, folder, static_files, template=template, unblock=unblock) as product:
        product.serve_with(1)
        product.start()
        yield product


@dataclass
class Cluster:
    """A PostgreSQL of its own, for tests that restart it or set it wrongly."""

    var_dir: Path

    def __post_init__(self) -> None:
        self.engine = postgres.Embedded(self.var_dir)
        self.url = self.engine.join()

    def sql(self, *statements: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as session:
            for statement in statements:
                session.execute(statement)  # type: ignore[call-overload]

    def pid(self) -> int:
        return int((self.engine.data / "postmaster.pid").read_text().split()[0])

    def restart(self, mode: str) -> None:
        """Stops the server as `pg_ctl -m` says and starts it again, with the same log."""
        self.engine.control("restart", "-m", mode, "-l", self.engine.data / "log")

    def kill(self) -> None:
        """kill -9 of the server and all its processes, as a power cut would."""
        server = self.pid()
        children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
        for process in (server, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)


@pytest.fixture
def own_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A PostgreSQL of the test's own."""
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.engine.leave()


@pytest.fixture(scope="module")
def told(django_db_setup, django_db_blocker, tmp_path_factory):
    """A three-hundredth of the story, for tests that only read; rolled back after the last."""
    from plaidoyer.demo import story

    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    changed = override_settings(
        MEDIA_ROOT=tmp_path_factory.mktemp("media"), STORAGES={**settings.STORAGES, **plain}
    )
    with pytest.MonkeyPatch.context() as patch, changed, django_db_blocker.unblock():
        patch.setitem(story.SCALES, "tiny", 1 / 300)
        with transaction.atomic():
            story.tell("tiny")
            yield
            transaction.set_rollback(True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium. Ends with the module: while it is there, the test's thread has an event loop."""
    if not CHROMIUM.exists():
        pytest.skip(f"browser tests need {CHROMIUM} (apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A tab as wide as a small phone. It fails the test when a page throws an error."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors, errors
