"""Three packets of ten are lost between people and the web: who was thanked is kept, once."""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.databases import PROGRAM
from tests.test_storm import make_petition

pytestmark = pytest.mark.storm
ROOT = Path(__file__).parents[2]


def in_its_own_network(product, path, percent):
    """What people were told over a line that loses so many packets in a hundred."""
    where = [str(PROGRAM), str(product.port), path, str(percent)]
    done = subprocess.run(
        ["unshare", "-n", sys.executable, "-m", "tests.faults.lossy", *where],
        env=product.environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode == 77:
        pytest.skip("no packets can be lost on this machine")
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.skipif(
    bool(os.geteuid()) or not shutil.which("iptables") or not shutil.which("ip"),
    reason="needs iptables and the right to make a network",
)
def test_whoever_was_thanked_over_a_lossy_line_is_kept_once(product):
    path = f"/fr/actions/{make_petition(product)}/"

    whole = in_its_own_network(product, path, 0)
    torn = in_its_own_network(product, path, 30)

    rows = Counter(page for (page,) in product.sql("SELECT page FROM actions_action"))
    for told in (whole, torn):
        assert told["thanked"]
        assert not set(told["thanked"]) - set(rows)
    # The control: the line was torn.
    assert len(torn["thanked"]) < len(whole["thanked"]) / 2
