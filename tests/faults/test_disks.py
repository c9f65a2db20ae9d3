"""The disk is full or refuses, the database takes no more sessions or falls silent: nobody is
thanked for what is not kept, and it goes on by itself once it can."""

import contextlib
import os
import shutil
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request

import psycopg
import psycopg.conninfo
import pytest

from bench.crowd import Crowd
from tests.databases import Cluster
from tests.servers import installation
from tests.test_storm import make_petition
from tests.waiting import wait_until

pytestmark = pytest.mark.storm
MEGABYTE = 1024 * 1024


@contextlib.contextmanager
def over(cluster, tmp_path, static_files, unblock):
    """A product whose database is on `cluster`."""
    folder = tmp_path / "product"
    folder.mkdir()
    with installation(cluster.url, folder, static_files, unblock=unblock) as product:
        yield product
    cluster.engine.leave()


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 400 MB of its own, which takes the right to mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", str(disk)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a disk")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=False)


def revived(cluster):
    """The database, started anew where it ended by itself."""
    if not cluster.engine.answers():
        cluster.engine.start()
    return cluster.engine.answers()


def refused_more(crowd, number):
    wanted = crowd.result.refused.total() + number
    wait_until(lambda: crowd.result.refused.total() >= wanted, seconds=60, what="refusals")


def test_a_full_disk_loses_no_act_and_needs_no_repair(
    small_disk, tmp_path, static_files, django_db_blocker
):
    cluster = Cluster(small_disk / "cluster")
    with over(cluster, tmp_path, static_files, django_db_blocker.unblock) as product:
        petition = make_petition(product)
        product.start_web()
        with Crowd(product, petition) as crowd:
            crowd.thanked(50)
            with contextlib.suppress(OSError), (small_disk / "filler").open("wb") as filler:
                while True:
                    filler.write(b"\0" * MEGABYTE)
                    filler.flush()
            grow(cluster)
            refused_more(crowd, 5)
            (small_disk / "filler").unlink()
            wait_until(lambda: revived(cluster), what="the database")
            crowd.thanked(50)

        assert crowd.compare() == (0, 0)


def grow(cluster):
    """Needs room on the disk: the acts alone fill what is laid out already for a while."""
    with contextlib.suppress(psycopg.Error):
        cluster.sql(
            "CREATE TABLE filling AS SELECT repeat('x', 1000) FROM generate_series(1, 90000)"
        )


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
def test_a_disk_that_fails_to_flush_loses_no_act(tmp_path, static_files, django_db_blocker):
    cluster = Cluster(tmp_path / "cluster")
    with over(cluster, tmp_path, static_files, django_db_blocker.unblock) as product:
        petition = make_petition(product)
        product.start_web()
        with Crowd(product, petition) as crowd:
            crowd.thanked(50)
            with failing_flushes(cluster):
                refused_more(crowd, 5)
            wait_until(lambda: revived(cluster), what="the database")
            crowd.thanked(50)

        assert crowd.compare() == (0, 0)


@contextlib.contextmanager
def failing_flushes(cluster):
    """Every fdatasync and fsync of the database answers EIO meanwhile."""
    pids = [str(cluster.pid())]
    children = f"/proc/{pids[0]}/task/{pids[0]}/children"
    with open(children) as file:
        pids += file.read().split()
    command = ["strace", "-f", "-o", "/dev/null", "-e", "trace=fdatasync,fsync"]
    command += ["-e", "inject=fdatasync,fsync:error=EIO"]
    tracer = subprocess.Popen(
        [*command, *(part for pid in pids for part in ("-p", pid))],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        tracer.terminate()
        tracer.wait(10)


def test_a_database_that_takes_no_more_sessions_is_told_within_seconds(
    tmp_path, static_files, django_db_blocker
):
    cluster = Cluster(tmp_path / "cluster")
    cluster.sql("ALTER SYSTEM SET max_connections = 30")
    cluster.restart("fast")
    with over(cluster, tmp_path, static_files, django_db_blocker.unblock) as product:
        petition = make_petition(product)
        product.start_web()
        with crowded(product.database_url):
            status, seconds = act(product, petition, "first@people.example")
            assert (status, seconds < 5) == (503, True)

        wait_until(lambda: act(product, petition, "second@people.example")[0] == 303)

        kept = {page for (page,) in product.sql("SELECT page FROM actions_action")}
        assert kept == {"/second@people.example"}


@contextlib.contextmanager
def crowded(url):
    """Every session of the database is somebody else's meanwhile."""
    held = []
    try:
        keeper = psycopg.connect(url, autocommit=True)
        held.append(keeper)
        with contextlib.suppress(psycopg.OperationalError):
            while True:
                held.append(psycopg.connect(url))
        keeper.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> ALL(%s)",
            [[one.info.backend_pid for one in held]],
        )
        with contextlib.suppress(psycopg.OperationalError):
            while True:
                held.append(psycopg.connect(url))
        yield
    finally:
        for one in held:
            one.close()


class Line:
    """The way from the web to its database, which may be cut in silence."""

    def __init__(self, url):
        where = psycopg.conninfo.conninfo_to_dict(url)
        self.behind = f"{where['host']}/.s.PGSQL.{where.get('port') or 5432}"
        self.door = socket.create_server(("127.0.0.1", 0))
        self.is_cut = threading.Event()
        port = self.door.getsockname()[1]
        self.url = psycopg.conninfo.make_conninfo(url, host="127.0.0.1", port=port)
        threading.Thread(target=self.let_in, daemon=True).start()

    def let_in(self):
        with contextlib.suppress(OSError):
            while True:
                near, _from = self.door.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(self.behind)
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=self.carry, args=pair, daemon=True).start()

    def carry(self, one, other):
        with contextlib.suppress(OSError):
            while piece := one.recv(65536):
                while self.is_cut.is_set():
                    time.sleep(0.05)
                other.sendall(piece)
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_WR)


def test_a_database_that_falls_silent_is_told_within_seconds(
    tmp_path, static_files, django_db_blocker
):
    cluster = Cluster(tmp_path / "cluster")
    with over(cluster, tmp_path, static_files, django_db_blocker.unblock) as product:
        petition = make_petition(product)
        line = Line(product.database_url)
        product.settings["DATABASE_URL"] = line.url
        product.start_web()
        assert act(product, petition, "before@people.example")[0] == 303

        line.is_cut.set()
        status, seconds = act(product, petition, "meanwhile@people.example")
        line.is_cut.clear()

        assert (status, seconds < 6) == (503, True)
        wait_until(lambda: act(product, petition, "after@people.example")[0] == 303, seconds=20)
        line.door.close()


def act(product, petition, email):
    """Signs; the status and how many seconds it took."""
    body = f"given_name=Suzie&family_name=Roy&page=/{email}&email={email}".encode()
    began = time.monotonic()
    request = urllib.request.Request(f"{product.url}/fr/actions/{petition}/", body)
    opener = urllib.request.build_opener(Stay)
    try:
        with opener.open(request, timeout=20) as answer:
            status = answer.status
    except urllib.error.HTTPError as error:
        status = error.code
    return status, time.monotonic() - began


class Stay(urllib.request.HTTPRedirectHandler):
    """Follows nothing: a 303 is the answer."""

    def redirect_request(self, *_arguments):
        return None
