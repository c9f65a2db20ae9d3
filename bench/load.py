"""A load generator that costs little beside what it measures: raw HTTP/1.1 on kept connections.

Open load sends at a fixed rate whatever the server does, and measures each answer from the moment
it was due, so that a server that stalls cannot hide it. Closed load sends the next request of a
connection when its last one is answered, which finds the most a server can do.
"""

import asyncio
import collections
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

TIMEOUT = 30
DONE = {200, 303}


@dataclass
class Result:
    """What came back."""

    seconds: float = 0.0
    took: list[float] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    refused: collections.Counter[str] = field(default_factory=collections.Counter)
    # The answer, of whatever kind, that somebody waited longest for.
    longest: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.acknowledged) / self.seconds

    def milliseconds(self, share: float) -> float:
        """The time within which that share of the acknowledged requests was answered."""
        ordered = sorted(self.took)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000 if ordered else 0.0


@dataclass
class Request:
    """The bytes to send, and the name under which an acknowledgement is kept."""

    name: str
    raw: bytes


class Connection:
    """One kept connection."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def send(self, raw: bytes) -> int:
        """The status that the server answers."""
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        assert self.reader
        self.writer.write(raw)
        head = await self.reader.readuntil(b"\r\n\r\n")
        status, length, closes = int(head[9:12]), 0, False
        for line in head.lower().split(b"\r\n")[1:]:
            if line.startswith(b"content-length:"):
                length = int(line[15:])
            closes = closes or line == b"connection: close"
        await self.reader.readexactly(length)
        if closes:
            self.close()
        return status

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
            self.writer = None


async def ask(connection: Connection, request: Request, due: float, result: Result) -> None:
    """Sends one request and notes its answer; of an act, 303 is the only acknowledgement."""
    try:
        status = await asyncio.wait_for(connection.send(request.raw), TIMEOUT)
    except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
        connection.close()
        result.refused[type(error).__name__] += 1
        return
    finally:
        result.longest = max(result.longest, time.perf_counter() - due)
    if status in DONE:
        result.took.append(time.perf_counter() - due)
        result.acknowledged.append(request.name)
    else:
        result.refused[str(status)] += 1


async def open_load(
    port: int, requests: Iterator[Request], rate: float, seconds: float, most: int = 20_000
) -> Result:
    """`rate` requests a second for so long, on as many connections as that needs, up to `most`:
    this machine has no more to give, and what finds none is told as "not sent"."""
    result, idle, under_way = Result(), [], set()

    async def one(request: Request, due: float) -> None:
        connection = idle.pop() if idle else Connection(port)
        await ask(connection, request, due, result)
        idle.append(connection)

    start = time.perf_counter()
    for number in range(int(rate * seconds)):
        due = start + number / rate
        if (early := due - time.perf_counter()) > 0:
            await asyncio.sleep(early)
        if len(under_way) >= most:
            result.refused["not sent"] += 1
            continue
        task = asyncio.create_task(one(next(requests), due))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
    await asyncio.gather(*under_way)
    result.seconds = time.perf_counter() - start
    for connection in idle:
        connection.close()
    return result


async def closed_load(
    port: int, requests: Iterator[Request], connections: int, seconds: float
) -> Result:
    """As many requests as so many connections get answered in so long."""
    result = Result()
    start = time.perf_counter()

    async def one() -> None:
        connection = Connection(port)
        while (now := time.perf_counter()) < start + seconds:
            await ask(connection, next(requests), now, result)
        connection.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    result.seconds = time.perf_counter() - start
    return result


async def counted_load(port: int, requests: Iterator[Request], connections: int) -> Result:
    """Each of `requests` once, on so many connections."""
    result = Result()
    start = time.perf_counter()

    async def one() -> None:
        connection = Connection(port)
        for request in requests:
            await ask(connection, request, time.perf_counter(), result)
        connection.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    result.seconds = time.perf_counter() - start
    return result
