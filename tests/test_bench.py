"""The measurement itself runs, and finds nothing lost."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_intake_is_measured_and_written_down(tmp_path, static_files, cluster):
    (tmp_path / "static").symlink_to(static_files)
    (tmp_path / "static.of").write_text((static_files.parent / "static.of").read_text())

    done = subprocess.run(
        [sys.executable, "-m", "bench.intake", "--seconds", "0.5", "--workers", "1"],
        env={**os.environ, "VAR_DIR": str(tmp_path), "DATABASE_URL": cluster},
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    [written] = tmp_path.glob("intake-*.json")
    stages = json.loads(written.read_text())["stages"]
    assert [stage["stage"] for stage in stages][1:3] == ["34/s", "200/s"]
    assert all(stage["acknowledged"] == stage["rows"] > 0 for stage in stages)


def test_a_report_is_measured_and_written_down(tmp_path, static_files, cluster):
    (tmp_path / "static").symlink_to(static_files)
    (tmp_path / "static.of").write_text((static_files.parent / "static.of").read_text())

    done = subprocess.run(
        [sys.executable, "-m", "bench.report", "--acts", "400", "--readers", "40"],
        env={**os.environ, "VAR_DIR": str(tmp_path), "DATABASE_URL": cluster},
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    [written] = tmp_path.glob("report-*.json")
    seconds = json.loads(written.read_text())["seconds"]
    assert {"figures", "recount", "page", "both PDFs", "personal lines"} <= seconds.keys()
