"""Where something is missing, the first command says what, in one line."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOOLS = ("bash", "dirname", "mkdir", "env", "id", "cat")


@pytest.fixture
def machine(tmp_path):
    """A checkout on a machine that has a shell and hardly anything else."""
    checkout, programs = tmp_path / "checkout", tmp_path / "programs"
    shutil.copytree(ROOT / "bin", checkout / "bin")
    programs.mkdir()
    for tool in TOOLS:
        (programs / tool).symlink_to(shutil.which(tool))

    def put(name, script):
        path = programs / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def run(program="setup", *arguments):
        return subprocess.run(
            [shutil.which("bash"), checkout / "bin" / program, *arguments],
            env={"PATH": str(programs), "HOME": str(tmp_path), "PYENV_ROOT": str(tmp_path)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    run.put = put
    return run


@pytest.mark.parametrize("program", ["setup", "test", "check", "demo"])
def test_without_python_and_uv_it_says_so(machine, program):
    done = machine(program)

    assert done.returncode == 69
    assert done.stderr.count("\n") == 1
    assert "install uv" in done.stderr


def test_without_network_it_says_so(machine):
    machine.put("python3", 'case "$*" in *install*) echo "no route to host" >&2; exit 1;; esac')

    done = machine()

    assert done.returncode == 69
    assert done.stderr.count("\n") == 1
    assert "pip could not install it" in done.stderr


def test_packages_that_cannot_be_had_are_said_after_the_reason(machine):
    machine.put("uv", 'echo "error: no network" >&2; exit 2')

    done = machine()

    assert done.returncode == 69
    first, last = done.stderr.strip().split("\n")
    assert first == "error: no network"
    assert "packages of uv.lock" in last


def test_a_misspelt_option_is_not_passed_over(machine):
    done = machine("setup", "--prodution")

    assert done.returncode == 69
    assert "usage" in done.stderr


def test_a_benchmark_that_does_not_exist_is_refused(machine):
    done = machine("bench", "lottery")

    assert done.returncode == 64
    assert "usage" in done.stderr
