"""The power is cut while people sign: the disk is copied as it was at that moment, and the database
recovers from the copy. Every act that was thanked for before must be there.

It needs the right to mount a disk of its own (a file on the loop device). `--lossy` lets the
database answer before its disk has the act: then acts must be missing, or nothing would be noticed.
"""

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import stage
from bench.crowd import Crowd

SIZE = 700  # megabytes
RATE = 500  # acts a second: the moment of the cut falls among many


def run(*command: Any) -> None:
    subprocess.run([str(part) for part in command], check=True, capture_output=True)


@contextlib.contextmanager
def disk(image: Path, at: Path, *, new: bool = False) -> Iterator[Path]:
    """The file `image` as a disk, mounted at `at`."""
    at.mkdir(exist_ok=True)
    if new:
        with image.open("wb") as file:
            file.truncate(SIZE * 1024 * 1024)
        run("mkfs.ext4", "-q", "-F", image)
    run("mount", "-o", "loop", image, at)
    try:
        yield at
    finally:
        subprocess.run(["umount", "-l", str(at)], check=False, capture_output=True)


def stopped(pid: int) -> list[int]:
    """Stops the database where it is, so that the copy is of one moment; whom."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    pids = [pid, *map(int, children)]
    for one in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGSTOP)
    return pids


def after_the_cut(image: Path, at: Path, name: str) -> set[str]:
    """What the database holds that recovers from the copied disk."""
    import psycopg
    from psycopg.conninfo import make_conninfo

    from plaidoyer.config import postgres

    with disk(image, at):
        engine = postgres.Embedded(at / "cluster")
        for file in (engine.data / "postmaster.pid", engine.sockets / ".s.PGSQL.5432.lock"):
            file.unlink(missing_ok=True)
        with psycopg.connect(make_conninfo(engine.join(), dbname=name)) as session:
            rows = session.execute("SELECT page FROM actions_action").fetchall()
        engine.leave()
    return {page for (page,) in rows}


def cut(product: Any, cluster: Any, public_id: str, image: Path, folder: Path, name: str) -> int:
    """One cut of the power; how many thanked acts are missing after it."""
    # Of its own for each cut: a disk that is still let go would be found in the kernel's memory.
    here = Path(tempfile.mkdtemp(dir=folder))
    copy = here / "copy.img"
    here.chmod(0o755)
    with Crowd(product, public_id, RATE) as crowd:
        time.sleep(random.uniform(0.8, 1.8))
        thanked = set(crowd.result.acknowledged)
        pids = stopped(cluster.pid())
        try:
            shutil.copyfile(image, copy)
        finally:
            for pid in reversed(pids):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
    lost = len(thanked - after_the_cut(copy, here / "copy", name))
    copy.unlink()
    return lost


def measure(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """All the cuts; what was missing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plaidoyer.config.settings")
    from plaidoyer.config import postgres

    postgres.ensure_url()
    import django

    django.setup()
    from tests import databases, relay, servers

    image = folder / "disk.img"
    with disk(image, folder / "disk", new=True) as mounted:
        cluster = databases.Cluster(mounted / "cluster")
        url = databases.make_database(cluster.url, "powercut")
        databases.collect_static(stage.VAR_DIR)
        product = servers.Product(stage.VAR_DIR, url, relay.Catcher())
        with product.orm():
            public_id = stage.petition()
        try:
            product.start_web()
            if options.lossy:
                cluster.answer_early()
            lost = [
                cut(product, cluster, public_id, image, folder, "powercut")
                for _number in range(options.cuts)
            ]
        finally:
            product.web.kill()
            cluster.engine.leave()
    return {"cuts": len(lost), "lost": sum(lost), "cuts_with_loss": sum(map(bool, lost))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cuts", type=int, default=50)
    parser.add_argument("--lossy", action="store_true")
    options = parser.parse_args()
    if os.geteuid():
        raise SystemExit("powercut mounts a disk: run it as root, on a machine of its own.")
    machine = stage.machine()
    with tempfile.TemporaryDirectory() as folder:
        figures = machine | {"lossy": options.lossy} | measure(options, Path(folder))
    stage.judge("powercut", figures)


if __name__ == "__main__":
    main()
