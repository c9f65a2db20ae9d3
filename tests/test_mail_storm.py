"""Senders are killed while a newsletter leaves to a relay full of faults: nobody is missed or
gets it twice. The control, whose journal forgets, shows that it would be noticed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.storm


def storm(*options):
    """What `bin/bench storm` says, with a database of its own."""
    settings = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [sys.executable, "-m", "bench.storm", *options]
    root = Path(__file__).parents[1]
    done = subprocess.run(command, env=settings, cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_reader_comes_to_one_end_whatever_is_killed():
    said = storm("--recipients", "3000", "--kills", "8", "--restarts", "1")

    assert said["ended"] == said["planned"] == 3000
    assert (said["missed"], said["twice"], said["unexplained"]) == (0, 0, 0)
    assert said["refused"] == said["suppressed"] == 6
    assert 6 <= said["in_doubt"] <= said["doubt_allowed"]


def test_a_journal_that_forgets_sends_twice_and_the_ledger_shows_it():
    said = storm("--recipients", "3000", "--kills", "10", "--restarts", "0", "--lossy")

    assert said["twice"] > 0
