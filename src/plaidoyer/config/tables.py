"""The tables of an empty embedded database: migrated once on a machine, then read from a copy.

To migrate takes half a minute, to read a copy a second. A copy is named by all it comes from: the
migrations, the roles, the settings, the packages, the version of PostgreSQL. So a new version never
finds an old one. Only databases that begin empty take it: the demo's and the tests'.
"""

import hashlib
import os
from importlib.metadata import distributions
from pathlib import Path

import psycopg
import psycopg.conninfo
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from plaidoyer.config import postgres, settings
from plaidoyer.staff import roles
from plaidoyer.vault import roots


def lay() -> None:
    """Makes or migrates the tables of the environment's database, as far as they are not there."""
    url, is_empty = os.environ["DATABASE_URL"], not connection.introspection.table_names()
    if is_empty and read(url):
        return
    executor = MigrationExecutor(connection)
    # To migrate where there is nothing to do takes half as long as to migrate.
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)
        roles.lay()
    if is_empty:
        keep(url)


def read(url: str) -> bool:
    """Makes the tables of the empty database at `url` from the copy; whether there is one."""
    if not is_here(url):
        return False
    with psycopg.connect(url) as session:
        copy = place(session)
        if not copy.exists():
            return False
        session.execute(copy.read_bytes())
        for purpose, version, wrapped in roots.first():
            session.execute(
                "INSERT INTO public.vault_root (purpose, version, wrapped, made_at)"
                " VALUES (%s, %s, %s, now())",
                [purpose, version, wrapped],
            )
    return True


def keep(url: str) -> None:
    """Copies the tables of the database at `url`, just migrated, for the next one.

    Without its roots: each installation has keys of its own.
    """
    if not is_embedded(url):
        return
    said = postgres.Embedded(settings.VAR_DIR).run(
        *("pg_dump", "--inserts", "--no-owner", "--no-privileges"),
        *("--exclude-table-data=vault_root", "--dbname", url),
    )
    # Lines of psql's own, and the schema that every database has from the beginning.
    not_sql = ("\\", "CREATE SCHEMA public;")
    lines = [line for line in said.splitlines() if not line.startswith(not_sql)]
    with psycopg.connect(url) as session:
        copy = place(session)
    copy.parent.mkdir(parents=True, exist_ok=True)
    making = copy.with_suffix(f".{os.getpid()}")
    making.write_text("\n".join(lines))
    for old in copy.parent.glob("tables-*.sql"):
        old.unlink(missing_ok=True)
    making.rename(copy)


def is_here(url: str) -> bool:
    """Whether the database is asked over a socket of this machine, as embedded ones are."""
    return host(url).startswith("/")


def is_embedded(url: str) -> bool:
    """Whether the database is in our own PostgreSQL, whose programs can copy it."""
    return host(url) == str(postgres.Embedded(settings.VAR_DIR).sockets)


def host(url: str) -> str:
    """The machine, or the folder of the socket, that the address names; nothing where none."""
    return str(psycopg.conninfo.conninfo_to_dict(url).get("host") or "")


def place(session: psycopg.Connection) -> Path:
    """Where the copy of these tables for that server is, or would be (XDG Base Directory)."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "plaidoyer" / f"tables-{name()}-{session.info.server_version}.sql"


def name() -> str:
    """Sixteen digits that change with anything the tables come from."""
    digest = hashlib.sha256()
    for module in (settings, roles):
        digest.update(Path(module.__file__ or "").read_bytes())
    packages = {f"{one.name} {one.version}" for one in distributions()}
    digest.update("\n".join(sorted(packages)).encode())
    for app in apps.get_app_configs():
        for path in sorted(Path(app.path).glob("migrations/*.py")):
            digest.update(f"{app.label}/{path.name}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]
