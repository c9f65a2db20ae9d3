"""The databases of tests and benches: copies of a migrated one, or of one that tells the story."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import psycopg.conninfo

import plaidoyer
from plaidoyer.config import postgres, tables

PACKAGE = Path(plaidoyer.__file__).parent
PROGRAM = Path(sys.executable).parent / "plaidoyer"


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
