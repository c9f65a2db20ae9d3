"""The database is found, started and stopped, and one that could lose an act is refused."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from plaidoyer.config import postgres
from tests.databases import PROGRAM, Cluster


def run(*arguments, **environment):
    """A `plaidoyer` program, run to its end in this environment."""
    settings = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    return subprocess.run(
        [PROGRAM, *arguments],
        env={**settings, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def server_of(var_dir):
    """The number of the server process of that folder; None when none runs."""
    pid_file = var_dir / "postgres" / "postmaster.pid"
    return int(pid_file.read_text().split()[0]) if pid_file.exists() else None


@pytest.fixture
def var_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("var")


@pytest.fixture(scope="module")
def shared_cluster(tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.engine.leave()


@pytest.fixture
def unsafe_cluster(shared_cluster):
    yield shared_cluster
    shared_cluster.sql(
        "ALTER SYSTEM RESET ALL",
        "ALTER ROLE postgres RESET ALL",
        "ALTER DATABASE postgres RESET ALL",
        "SELECT pg_reload_conf()",
    )


@pytest.mark.parametrize("gigabytes", [0.5, 1, 4, 24, 512])
def test_the_embedded_server_is_tuned_to_the_memory_and_never_to_lose_an_act(gigabytes):
    tuned = postgres.tuning(int(gigabytes * 2**30))

    assert not tuned.keys() & {*postgres.UNSAFE, "wal_level", "wal_sync_method", "commit_delay"}
    megabytes = int(tuned["shared_buffers"].removesuffix("MB"))
    assert 128 <= megabytes <= 4096
    assert megabytes <= max(gigabytes * 1024 / 4, 128)


@pytest.mark.parametrize("program", ["serve", "worker"])
@pytest.mark.parametrize(
    ("setting", "statement"),
    [
        ("fsync", "ALTER SYSTEM SET fsync = off"),
        ("full_page_writes", "ALTER SYSTEM SET full_page_writes = off"),
        ("synchronous_commit", "ALTER SYSTEM SET synchronous_commit = off"),
        ("synchronous_commit", "ALTER ROLE postgres SET synchronous_commit = off"),
        ("synchronous_commit", "ALTER DATABASE postgres SET synchronous_commit = off"),
    ],
)
def test_a_database_that_could_lose_an_act_is_refused_by_name(
    unsafe_cluster, program, setting, statement
):
    unsafe_cluster.sql(statement, "SELECT pg_reload_conf()")

    done = run(program, DATABASE_URL=unsafe_cluster.url)

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert setting in done.stderr


def test_an_unsafe_session_setting_in_the_address_is_refused(shared_cluster):
    url = psycopg.conninfo.make_conninfo(shared_cluster.url, options="-c synchronous_commit=off")

    with pytest.raises(postgres.NotDurableError, match="synchronous_commit"):
        postgres.require_durable(url)


@pytest.mark.parametrize("value", ["on", "local", "remote_write", "remote_apply"])
def test_every_setting_that_waits_for_the_disk_is_taken(unsafe_cluster, value):
    unsafe_cluster.sql(f"ALTER SYSTEM SET synchronous_commit = {value}", "SELECT pg_reload_conf()")

    postgres.require_durable(unsafe_cluster.url)


def test_a_durable_database_is_taken(shared_cluster):
    postgres.require_durable(shared_cluster.url)


def test_an_old_postgresql_is_refused(shared_cluster, monkeypatch):
    monkeypatch.setattr(postgres, "OLDEST_VERSION", 99)

    with pytest.raises(postgres.DatabaseError, match="18 is too old: 99 or newer"):
        postgres.require_durable(shared_cluster.url)


def test_a_database_that_does_not_answer_is_said_in_one_line_without_its_password():
    done = run("serve", DATABASE_URL="postgresql://anne:s3cret@127.0.0.1:9/rivers")

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "127.0.0.1" in done.stderr
    assert "s3cret" not in done.stderr


def test_an_address_that_is_none_is_said_in_one_line():
    done = run("serve", DATABASE_URL="rivers!")

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1


def test_an_outside_database_is_used_where_one_is_given(shared_cluster, var_dir):
    code = "from django.db import connection as c; c.ensure_connection();"
    code += "print(c.connection.info.host)"

    done = run("manage", "shell", "-v0", "-c", code,
               DATABASE_URL=shared_cluster.url, VAR_DIR=str(var_dir))  # fmt: skip

    assert done.stdout.strip() == str(shared_cluster.engine.sockets)
    assert not (var_dir / "postgres").exists()


def test_two_programs_at_once_make_one_embedded_database(var_dir):
    with ThreadPoolExecutor() as pool:
        programs = [
            pool.submit(run, "manage", "check", "--database", "default", VAR_DIR=str(var_dir))
            for _ in range(3)
        ]

    for program in programs:
        assert program.result().returncode == 0, program.result().stderr
    assert server_of(var_dir) is None


def test_the_database_outlives_every_program_but_the_last(var_dir):
    first = postgres.Embedded(var_dir)
    url = first.join()

    assert run("manage", "check", VAR_DIR=str(var_dir)).returncode == 0
    psycopg.connect(url).close()

    first.leave()
    assert server_of(var_dir) is None


def test_a_killed_program_leaves_no_claim_behind(var_dir):
    code = f"""
import os, signal
from pathlib import Path
from plaidoyer.config import postgres
postgres.Embedded(Path({str(var_dir)!r})).join()
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", code], check=False)
    orphan = server_of(var_dir)
    assert orphan

    second = postgres.Embedded(var_dir)
    second.join()
    assert server_of(var_dir) == orphan
    second.leave()

    assert server_of(var_dir) is None


def test_a_power_cut_is_recovered_from(own_cluster):
    own_cluster.sql("CREATE TABLE acts AS SELECT 1 AS id")

    own_cluster.kill()
    again = postgres.Embedded(own_cluster.var_dir)
    with psycopg.connect(again.join()) as session:
        assert session.execute("SELECT id FROM acts").fetchall() == [(1,)]
    again.leave()


def test_the_number_of_a_dead_server_may_belong_to_somebody_else(var_dir):
    engine = postgres.Embedded(var_dir)
    engine.join()
    engine.leave()
    # Of the same account: PostgreSQL passes over numbers that are another one's.
    with subprocess.Popen(["sleep", "60"], **engine.account) as other:
        for file in (engine.data / "postmaster.pid", engine.sockets / ".s.PGSQL.5432.lock"):
            file.write_text(f"{other.pid}\n{engine.data}\n")

        engine.join()

        assert server_of(var_dir) != other.pid
        engine.leave()
        other.kill()


def test_a_long_path_does_not_hinder_the_start(tmp_path):
    deep = tmp_path / ("long" * 20) / ("longer" * 20)
    engine = postgres.Embedded(deep)

    psycopg.connect(engine.join()).close()
    engine.leave()


def test_accented_letters_have_capitals_in_the_embedded_database(shared_cluster):
    with psycopg.connect(shared_cluster.url) as session:
        assert session.execute("SELECT upper('éœçñ')").fetchone() == ("ÉŒÇÑ",)
