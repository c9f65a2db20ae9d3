"""A relay that says what a test tells it to, and a database that watches the states."""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import connection

from plaidoyer.mail import sending
from plaidoyer.mail.kinds import COMPOSERS, Message
from plaidoyer.mail.models import Envelope

DROP, SILENCE = "drop", "silence"


class Sink:
    """An SMTP server on the loopback. It answers 250 unless `script` has another word.

    The script maps an address and a stage (MAIL, RCPT, DATA, BODY) to a reply, to DROP or to
    SILENCE; `greeting` is for everybody. What came as a whole is in `bodies`, by address.
    """

    def __init__(self) -> None:
        self.script: dict[tuple[str, str], str] = {}
        self.greeting = "220 sink"
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
                elif verb == "RCPT":
                    address = rest.partition("<")[2].partition(">")[0]
                    going = await say(self.script.get((address, "RCPT"), "250 ok"))
                elif verb == "DATA":
                    answer = self.script.get((address, "DATA"), "354 go")
                    going = await say(answer)
                    if answer.startswith("354"):
                        body = await reader.readuntil(b"\r\n.\r\n")
                        self.bodies.setdefault(address, []).append(body)
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


@pytest.fixture
def watched_states() -> Iterator[None]:
    """The database refuses every change of state that Envelope.NEXT does not allow."""
    allowed = ", ".join(
        f"('{before}', '{after}')" for before, nexts in Envelope.NEXT.items() for after in nexts
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            CREATE FUNCTION watch_state() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF (OLD.state, NEW.state) NOT IN ({allowed}) THEN
                    RAISE EXCEPTION 'from % to %', OLD.state, NEW.state;
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER watch_state BEFORE UPDATE OF state ON mail_envelope
            FOR EACH ROW EXECUTE FUNCTION watch_state();
            """
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION watch_state CASCADE")
