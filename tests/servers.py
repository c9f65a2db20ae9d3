"""The real product in processes of its own: web, worker, database, mail relay and browser.

For tests that need it whole: `product` has a migrated database of its own and starts and stops
`plaidoyer serve` and `plaidoyer worker`, and a mail relay, `product.catcher`; `story` is one that
runs, with the demo's content; `told` is that content in small, in the test's own database; `page`
is a tab of a real browser.
"""

import os
import shutil
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import psycopg.conninfo
import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection, transaction
from django.test import override_settings

from plaidoyer.config.settings import database
from plaidoyer.vault import roots
from tests.databases import PROGRAM, Cluster, alone, collect_static, make_database, tell_story
from tests.relay import Catcher
from tests.waiting import free_port, wait_until

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


@pytest.fixture(scope="session")
def cluster() -> str:
    """The address of the tests' PostgreSQL."""
    return os.environ["DATABASE_URL"]


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
