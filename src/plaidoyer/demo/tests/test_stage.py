"""The whole demo, started and stopped as at a terminal."""

import os
import re
import signal
import subprocess
import urllib.request
from pathlib import Path

import pytest

from tests.databases import PROGRAM
from tests.waiting import free_port, wait_until

pytestmark = pytest.mark.storm


class Demo:
    """`plaidoyer demo` with a folder of its own, and what it says."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "said"
        self.start()

    def start(self, *arguments: str) -> None:
        environment = {**os.environ, "VAR_DIR": str(self.folder)}
        environment.pop("DATABASE_URL")
        command = [PROGRAM, "demo", "--scale", "empty", "--port", str(self.port), *arguments]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command, env=environment, stdout=log, stderr=log, cwd=self.folder
            )

    def said(self) -> str:
        return self.log.read_text()

    def wait_until_open(self) -> None:
        def is_open() -> bool:
            assert self.process.poll() is None, self.said()
            return "The demo is open" in self.said()

        wait_until(is_open, seconds=240)

    def left_behind(self) -> list[str]:
        """Programs that still run with this demo's folder."""
        mark = os.fsencode(self.folder)
        found = []
        for process in Path("/proc").iterdir():
            if process.name.isdigit():
                try:
                    facts = [process / "environ", process / "cmdline"]
                    if any(mark in fact.read_bytes() for fact in facts):
                        found.append(process.name)
                except OSError:
                    continue
        return found


@pytest.fixture
def demo(tmp_path):
    demo = Demo(tmp_path)
    yield demo
    if demo.process.poll() is None:
        demo.process.send_signal(signal.SIGINT)
        demo.process.wait(60)


def test_the_demo_opens_keeps_its_data_and_leaves_nothing_behind(demo):
    demo.wait_until_open()
    for path in ("/healthz", "/demo/mail/"):
        with urllib.request.urlopen(demo.url + path) as answer:
            assert answer.status == 200
    assert "password riviere" in demo.said()
    again = subprocess.run(
        [PROGRAM, "demo", "--port", str(demo.port)],
        env={**os.environ, "VAR_DIR": str(demo.folder)},
        capture_output=True,
        text=True,
    )
    assert again.returncode == 1
    assert again.stderr.strip() == f"Error: The demo in {demo.folder}/demo is running already."

    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(60) == 0, demo.said()
    assert demo.left_behind() == []
    assert "Traceback" not in demo.said()

    demo.start()
    demo.wait_until_open()
    assert "sign in as admin, password" in demo.said()
    worker = next(
        process
        for process in demo.left_behind()
        if re.search(rb"\0worker\0$", Path(f"/proc/{process}/cmdline").read_bytes())
    )
    os.kill(int(worker), signal.SIGKILL)
    assert demo.process.wait(60) == 1
    assert "The worker ended by itself (code -9): all is stopped." in demo.said()
    assert demo.left_behind() == []


def test_a_port_in_use_is_told_in_one_line(tmp_path, live_server):
    port = live_server.url.rpartition(":")[2]
    said = subprocess.run(
        [PROGRAM, "demo", "--port", port],
        env={**os.environ, "VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )

    assert said.returncode == 1
    assert said.stderr == f"Error: Port {port} cannot be used: choose another with --port.\n"
