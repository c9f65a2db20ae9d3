"""A relay that says what a test tells it to."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from plaidoyer.mail import sending
from plaidoyer.mail.kinds import COMPOSERS, Message

DROP, SILENCE = "drop", "silence"


class Sink:
    """An SMTP server on the loopback. It answers 250 unless `script` has another word.

    The script maps an address and a stage (MAIL, RCPT, DATA, BODY) to a reply, to DROP or to
    SILENCE; `greeting` and `hello` are for everybody. `on_body` is called before the word on a
    body. What came as a whole is in `bodies`, by address.
    """

    def __init__(self) -> None:
        self.script: dict[tuple[str, str], str] = {}
        self.greeting, self.hello = "220 sink", "250 sink"
        self.on_body: Callable[[str], None] = lambda address: None
        self.bodies: dict[str, list[bytes]] = {}
        self.sessions = 0
        self.loop = asyncio.new_event_loop()
        self.server: asyncio.Server | None = None
        self.port = 0
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def open(self) -> None:
        async def start() -> asyncio.Server:
            return await asyncio.start_server(self.serve, "127.0.0.1", self.port)

        self.server = asyncio.run_coroutine_threadsafe(start(), self.loop).result(5)
        self.port = self.server.sockets[0].getsockname()[1]

    def shut(self) -> None:
        async def stop() -> None:
            self.server.close()
            self.server.close_clients()

        asyncio.run_coroutine_threadsafe(stop(), self.loop).result(5)

    def end(self) -> None:
        async def stop() -> None:
            self.server.close()
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()

        asyncio.run_coroutine_threadsafe(stop(), self.loop).result(5)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)

    def came(self) -> Counter[str]:
        """How many messages came to each address."""
        return Counter({address: len(bodies) for address, bodies in self.bodies.items()})

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.sessions += 1
        address = sender = ""
        is_taken = False

        async def say(words: str) -> bool:
            if words == SILENCE:
                await asyncio.sleep(60)
            if words in {DROP, SILENCE}:
                writer.close()
                return False
            writer.write(f"{words}\r\n".encode())
            await writer.drain()
            return not words.startswith("421")

        try:
            going = await say(self.greeting)
            while going and (line := await reader.readline()):
                verb, _, rest = line.decode().strip().partition(" ")
                if verb == "MAIL":
                    sender, going = rest, True  # its word comes with the recipient's name
                    going = await say(self.script.get(("", "MAIL"), "250 ok"))
                elif verb == "EHLO":
                    going = await say(self.hello)
                elif verb == "RCPT":
                    address = rest.partition("<")[2].partition(">")[0]
                    answer = self.script.get((address, "RCPT"), "250 ok")
                    is_taken = answer.startswith("2")
                    going = await say(answer)
                elif verb == "DATA":
                    answer = self.script.get((address, "DATA"), "354 go")
                    going = await say(answer)
                    if answer.startswith("354") and not is_taken:
                        await reader.readuntil(b".\r\n")
                        going = await say("554 5.5.1 no recipients")
                    elif answer.startswith("354"):
                        body = await reader.readuntil(b"\r\n.\r\n")
                        self.bodies.setdefault(address, []).append(body)
                        await asyncio.to_thread(self.on_body, address)
                        going = await say(self.script.get((address, "BODY"), f"250 for {sender}"))
                elif verb == "QUIT":
                    await say("221 bye")
                    writer.close()
                    return
                else:
                    going = await say("250 ok")
        except (ConnectionError, asyncio.IncompleteReadError):
            pass


@pytest.fixture
def sink(settings) -> Iterator[Sink]:
    """The relay of this test, open."""
    sink = Sink()
    sink.open()
    settings.SMTP_HOST, settings.SMTP_PORT, settings.SMTP_TIMEOUT = "127.0.0.1", sink.port, 1
    sending.relay_rests_until, sending.relay_is_lost = 0.0, False
    yield sink
    sink.end()
    sending.relay_rests_until, sending.relay_is_lost = 0.0, False


@pytest.fixture
def notes() -> Iterator[None]:
    """A kind of envelope, "note", that anybody may be sent."""

    def compose(envelopes):
        return {
            envelope.pk: Message(
                subject="A note", text=".Hello\n", html="<p>Hello", sender_name="R", language="en"
            )
            for envelope in envelopes
        }

    COMPOSERS["note"] = compose
    yield
    del COMPOSERS["note"]


@pytest.fixture(params=["in a row", "one by one"])
def pace(request, sink) -> None:
    """The relay takes commands in a row (PIPELINING), and then it does not."""
    if request.param == "in a row":
        sink.hello = "250-sink\r\n250 PIPELINING"
