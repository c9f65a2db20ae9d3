"""Free ports, and things that happen after a while."""

import socket
import time
from collections.abc import Callable
from typing import Any


def free_port() -> int:
    """A port of the loopback on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until(happened: Callable[[], Any], *, seconds: float = 90, what: str = "") -> Any:
    """What `happened` gives once it is true; looks less often the longer it takes.

    Raises TimeoutError naming what did not happen.
    """
    until, pause = time.monotonic() + seconds, 0.05
    while not (value := happened()):
        if time.monotonic() > until:
            raise TimeoutError(what or getattr(happened, "__name__", "it did not happen"))
        time.sleep(pause)
        pause = min(pause * 1.2, 0.5)
    return value
