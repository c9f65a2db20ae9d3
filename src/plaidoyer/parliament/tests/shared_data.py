"""Real files for tests, which lie beside the project and never in it."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[5] / "shared" / "data"


def content(name: str) -> bytes:
    """What a file holds; skips the test where the folder is absent."""
    if not FOLDER.is_dir():
        pytest.skip(f"real data are not at {FOLDER}")
    return (FOLDER / name).read_bytes()
