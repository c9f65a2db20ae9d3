import os
import socket
from pathlib import Path

import pytest

pytest_plugins = ["tests.servers"]


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Pages name their static files without the manifest that collectstatic writes."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture(autouse=True, scope="session")
def loopback_only():
    """No test reaches for another machine."""
    connect = socket.socket.connect

    def connect_here(self, address):
        if isinstance(address, tuple) and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"A test reached for {address[0]}")
        return connect(self, address)

    socket.socket.connect = connect_here
    yield
    socket.socket.connect = connect


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real files of parliaments, which are test input and no part of the project."""
    folder = Path(os.environ.get("REAL_DATA") or Path(__file__).parent.parent / "shared" / "data")
    if not (folder / "SOURCES.md").exists():
        pytest.skip(f"no real files of parliaments at {folder}: set REAL_DATA to try them")
    return folder
