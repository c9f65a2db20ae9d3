"""Programs are loaded without a look for garbage: nearly all that is loaded stays."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def undisturbed() -> Iterator[None]:
    """Nobody looks for garbage in its block, nor ever through what was made there.

    To load Django takes a sixth less time so.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
