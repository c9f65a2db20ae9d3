"""A copy of the tables gives the very database that migrating gave."""

import re
from pathlib import Path

import psycopg
import psycopg.conninfo
import pytest

from plaidoyer.config import postgres, settings, tables
from tests.databases import make_database, make_template


@pytest.fixture
def database(cluster):
    made = []

    def make(name: str, template: str = "") -> str:
        made.append(name)
        return make_database(cluster, name, template)

    yield make
    with psycopg.connect(cluster, autocommit=True) as session:
        for name in made:
            session.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(autouse=True)
def own_cache(cluster, monkeypatch, tmp_path):
    make_template(cluster)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def dump(url: str) -> list[str]:
    """All that is in a database, without casts: PostgreSQL words them anew each time; and without
    its roots: each has its own."""
    said = postgres.Embedded(settings.VAR_DIR).run("pg_dump", "--inserts", "--dbname", url)
    own = ("\\", "INSERT INTO public.vault_root", "SELECT pg_catalog.setval('public.vault_root")
    lines = [line for line in said.splitlines() if not line.startswith(own)]
    return [re.sub(r"::(text|character varying)(\[\])?|[()]", "", line) for line in lines]


def test_a_database_read_from_the_copy_is_the_migrated_one(database):
    migrated = database("tables_migrated")
    assert not tables.read(database("tables_none", "template0"))
    tables.keep(migrated)
    empty = database("tables_read", "template0")
    assert tables.read(empty)
    assert dump(empty) == dump(migrated)


def test_a_copy_is_found_only_by_what_it_was_made_from(database, monkeypatch):
    tables.keep(database("tables_migrated"))
    monkeypatch.setattr(tables, "distributions", list)
    assert not tables.read(database("tables_read", "template0"))


def test_no_postgresql_elsewhere_takes_it(database, tmp_path):
    tables.keep(database("tables_migrated"))
    outside = psycopg.conninfo.make_conninfo(host="db.example.org", dbname="plaidoyer")
    assert not tables.read(outside)
    assert len(list(Path(tmp_path, "plaidoyer").iterdir())) == 1
