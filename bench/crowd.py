"""People who sign without pause, and the ledger of their thank-yous, kept outside the product."""

import random
import threading
import time
from collections import Counter
from typing import Any

import uvloop

from bench import stage
from bench.load import Result, open_load

# Acts a second: enough that some are under way at any moment, and the machine has time for others.
RATE = 60


class Crowd:
    """Signs one form of `product` (tests.servers) while its block runs, `rate` times a second."""

    def __init__(self, product: Any, public_id: str, rate: float = RATE) -> None:
        name = f"crowd{random.randrange(1 << 40)}"
        self.requests = stage.signatures(product.port, public_id, name)
        self.product, self.rate, self.result = product, rate, Result()
        self.ends = threading.Event()
        self.thread = threading.Thread(target=self.sign)

    def __enter__(self) -> "Crowd":
        self.thread.start()
        return self

    def sign(self) -> None:
        while not self.ends.is_set():
            before = len(self.result.acknowledged)
            port = self.product.port
            uvloop.run(open_load(port, self.requests, self.rate, 0.5, result=self.result))
            if len(self.result.acknowledged) == before:
                time.sleep(0.1)

    def thanked(self, number: int) -> None:
        """Waits until so many more have been thanked.

        Raises TimeoutError, with what people were told instead, after a minute.
        """
        wanted, until = len(self.result.acknowledged) + number, time.monotonic() + 60
        while len(self.result.acknowledged) < wanted:
            if time.monotonic() > until:
                raise TimeoutError(f"nobody is thanked: {self.result.refused}")
            time.sleep(0.05)

    def __exit__(self, *_: Any) -> None:
        self.ends.set()
        self.thread.join()

    def compare(self) -> tuple[int, int]:
        """How many thanked acts have no row, and how many have two."""
        rows = Counter(page for (page,) in self.product.sql("SELECT page FROM actions_action"))
        lost = [page for page in self.result.acknowledged if page not in rows]
        return len(lost), sum(count - 1 for count in rows.values())
