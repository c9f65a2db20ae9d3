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


class Beginning:
    """What is in a new database, so that a test which commits can be followed by another one.

    A new copy instead would cost more than a second: ext4 is slow to find room for a thousand files
    so soon after as many were deleted.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        with psycopg.connect(url) as session:
            tables = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = %s"
            public = session.execute("SELECT 'public'::regnamespace::oid").fetchone()
            self.tables = [name for (name,) in session.execute(tables, public)]
            self.rows = {name: self.copied(session, name) for name in self.filled(session)}
            self.sequences = self.numbers(session)

    def filled(self, session: psycopg.Connection) -> list[str]:
        """The tables that have a row."""
        parts = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in self.tables)
        return [name for (name,) in session.execute(" UNION ALL ".join(parts))]

    @staticmethod
    def copied(session: psycopg.Connection, table: str) -> bytes:
        with session.cursor().copy(f"COPY {table} TO STDOUT (FORMAT BINARY)") as copy:
            return b"".join(copy)

    @staticmethod
    def numbers(session: psycopg.Connection) -> dict[str, int | None]:
        """The last number that each sequence gave; none where it gave none."""
        return dict(session.execute("SELECT sequencename, last_value FROM pg_sequences").fetchall())

    def restore(self) -> None:
        """Ends whoever is still connected, and lets the database be as it was."""
        with psycopg.connect(self.url) as session:
            session.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            # No trigger and no reference is asked.
            session.execute("SET session_replication_role = replica")
            for name in {*self.filled(session), *self.rows}:
                session.execute(f"DELETE FROM {name}")
            for name, rows in self.rows.items():
                with session.cursor().copy(f"COPY {name} FROM STDIN (FORMAT BINARY)") as copy:
                    copy.write(rows)
            for name, number in self.numbers(session).items():
                if number != (first := self.sequences[name]):
                    restart = f"SELECT setval('{name}', {first or 1}, {first is not None})"
                    session.execute(restart)


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

    def answer_early(self) -> None:
        """Lets it answer before its disk has what was written: the control of a test.

        The program refuses to start so; an operator can do it behind its back.
        """
        self.sql(
            "ALTER SYSTEM SET synchronous_commit = off",
            "ALTER SYSTEM SET wal_writer_delay = '10s'",
            "SELECT pg_reload_conf()",
        )
