"""A load generator that costs little beside what it measures: raw HTTP/1.1 on kept connections.

Open load sends at a fixed rate whatever the server does, and measures each answer from the moment
it was due, so that a server that stalls cannot hide it. Closed load sends the next request of a
connection when its last one is answered, which finds the most a server can do.
"""

import asyncio
import collections
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

TIMEOUT = 30
DONE = {200, 303}
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)")


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


@dataclass(slots=True)
class Request:
    """The bytes to send, and the name under which an acknowledgement is kept."""

    name: str
    raw: bytes


class Connection(asyncio.Protocol):
    """One kept connection, on which one request at a time is answered."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.transport: asyncio.Transport | None = None
        self.answer: asyncio.Future[int] | None = None
        self.said = b""

    async def send(self, raw: bytes) -> int:
        """The status that the server answers. Raises OSError where it hangs up or is silent."""
        loop = asyncio.get_running_loop()
        if self.transport is None:
            await loop.create_connection(lambda: self, "127.0.0.1", self.port)
        assert self.transport
        self.answer, self.said = loop.create_future(), b""
        self.transport.write(raw)
        silent = loop.call_later(TIMEOUT, self.lost, TimeoutError())
        try:
            return await self.answer
        finally:
            silent.cancel()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self.said += data
        head, end, body = self.said.partition(b"\r\n\r\n")
        if not end:
            return
        head = head.lower()
        length = LENGTH.search(head)
        if len(body) < (int(length[1]) if length else 0):
            return
        if b"\r\nconnection: close" in head:
            self.close()
        if self.answer and not self.answer.done():
            self.answer.set_result(int(head[9:12]))

    def connection_lost(self, error: Exception | None) -> None:
        # Not when it is the last one, and another has been opened since.
        if self.transport is None or self.transport.is_closing():
            self.lost(error or ConnectionResetError())

    def lost(self, error: Exception) -> None:
        self.close()
        if self.answer and not self.answer.done():
            self.answer.set_exception(error)

    def close(self) -> None:
        if self.transport is not None:
            self.transport.abort()
            self.transport = None


async def ask(connection: Connection, request: Request, due: float, result: Result) -> None:
    """Sends one request and notes its answer; of an act, 303 is the only acknowledgement."""
    try:
        status = await connection.send(request.raw)
    except OSError as error:
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
    port: int,
    requests: Iterator[Request],
    rate: float,
    seconds: float,
    most: int = 20_000,
    result: Result | None = None,
) -> Result:
    """`rate` requests a second for so long, on as many connections as that needs, up to `most`:
    this machine has no more to give, and what finds none is told as "not sent". A `result` that is
    given grows with each answer."""
    result, idle, under_way = result or Result(), [], set()

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
