"""A session with the relay (RFC 5321): opened, encrypted, signed in; then commands and replies."""

import asyncio
import base64
import re
import ssl
from collections.abc import Callable
from typing import Any, NamedTuple, Self

from django.conf import settings

# No line of a reply is that long; a server that sends one is none.
MOST_BYTES = 65536


class LostError(Exception):
    """The session could not be opened, or broke; the server's last word is not known."""


CODE = re.compile(rb"[2-5]\d\d([ -]|$)")
CONTROL = re.compile(r"[\x00-\x1f\x7f\s]+")


class Reply(NamedTuple):
    """What the server said: its code, and code and words in one line."""

    code: int
    words: str

    @classmethod
    def of(cls, code: int, text: bytes) -> Self:
        line = f"{code} {text.decode('utf-8', 'replace')}"
        if not line.isprintable():
            line = CONTROL.sub(" ", line)
        return cls(code, line.strip()[:500])


class Session(asyncio.Protocol):
    """The line to the relay: `hear` gets each reply, `broke` is told once that the line is gone."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.transport: Any = None
        self.buffer = b""
        self.text: list[bytes] = []
        # Made before the line is: the greeting may be there before anybody waits for it.
        self.answer: asyncio.Future[Reply] = self.loop.create_future()
        self.hear: Callable[[Reply], None] = self._answered
        self.broke: Callable[[str], None] = self._unanswered
        self.is_open = False
        self.extensions: dict[str, str] = {}
        # When the reply that we wait for is overdue; None while we wait for none.
        self.overdue: float | None = None

    @classmethod
    async def open(cls) -> Self:
        """The session that the settings SMTP_* ask for. Raises LostError."""
        session = None
        try:
            async with asyncio.timeout(settings.SMTP_TIMEOUT):
                session = await cls._connected()
                await session._greeted()
        except (OSError, ssl.SSLError, EOFError) as error:
            if session:
                session.close()
            raise LostError(str(error) or "The relay did not answer in time.") from error
        except LostError:
            if session:
                session.close()
            raise
        return session

    @classmethod
    async def _connected(cls) -> Self:
        encrypted = settings.SMTP_SECURITY == "tls"
        _, session = await asyncio.get_running_loop().create_connection(
            cls,
            settings.SMTP_HOST,
            settings.SMTP_PORT,
            ssl=ssl.create_default_context() if encrypted else None,
        )
        return session

    async def _greeted(self) -> None:
        await self.ask(None)
        await self._introduce()
        if settings.SMTP_SECURITY == "starttls":
            await self.ask("STARTTLS")
            if self.buffer:
                raise LostError("The relay spoke before the line was encrypted.")
            self.transport = await self.loop.start_tls(
                self.transport,
                self,
                ssl.create_default_context(),
                server_hostname=settings.SMTP_HOST,
            )
            await self._introduce()
        if settings.SMTP_USER:
            await self._sign_in()

    async def _introduce(self) -> None:
        self.extensions = {}
        self.text_of_last: list[bytes] = []
        try:
            await self.ask(f"EHLO {settings.MAIL_DOMAIN}")
        except LostError:
            if not self.is_open:
                raise
            await self.ask(f"HELO {settings.MAIL_DOMAIN}")
            return
        for line in self.text_of_last[1:]:
            name, _, rest = line.decode("ascii", "replace").strip().partition(" ")
            self.extensions[name.upper()] = rest

    async def _sign_in(self) -> None:
        user, password = settings.SMTP_USER, settings.SMTP_PASSWORD
        ways = self.extensions.get("AUTH", "").upper().split()
        if "PLAIN" in ways or not ways:
            await self.ask(f"AUTH PLAIN {encoded(f'\0{user}\0{password}')}")
            return
        if "LOGIN" not in ways:
            raise LostError("The relay offers no way to sign in that we know (PLAIN, LOGIN).")
        await self.ask("AUTH LOGIN", wanted=3)
        await self.ask(encoded(user), wanted=3)
        await self.ask(encoded(password))

    async def ask(self, line: str | None, *, wanted: int = 2) -> Reply:
        """The reply to `line`, which must be of the `wanted` hundred; None: the greeting.

        Raises LostError.
        """
        if line is not None:
            self.answer = self.loop.create_future()
            self.say(f"{line}\r\n".encode())
        reply = await self.answer
        if reply.code // 100 != wanted:
            raise LostError(reply.words)
        return reply

    def say(self, data: bytes) -> None:
        self.transport.write(data)

    def connection_made(self, transport: Any) -> None:
        self.transport, self.is_open = transport, True

    def data_received(self, data: bytes) -> None:
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        for line in lines:
            if self.is_open:
                self._line(line.rstrip(b"\r"))
        if len(self.buffer) > MOST_BYTES:
            self.lose("The relay sent a line without end.")

    def _line(self, line: bytes) -> None:
        if not CODE.match(line) or len(self.text) > 200:
            self.lose(Reply.of(0, line).words.removeprefix("0 "))
            return
        self.text.append(line[4:])
        if line[3:4] == b"-":
            return
        self.text_of_last, self.text = self.text, []
        self.hear(Reply.of(int(line[:3]), b"\n".join(self.text_of_last)))

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, error: Exception | None) -> None:
        self.lose(str(error) if error else "The relay closed the line.")

    def lose(self, words: str) -> None:
        """Gives the line up and tells whoever waits."""
        if self.is_open:
            self.close()
            self.broke(words)

    def close(self, *, politely: bool = False) -> None:
        """Ends the session, `politely` with QUIT."""
        if self.is_open:
            self.is_open = False
            if politely:
                self.transport.write(b"QUIT\r\n")
                self.transport.close()
            else:
                self.transport.abort()

    def _answered(self, reply: Reply) -> None:
        if not self.answer.done():
            self.answer.set_result(reply)

    def _unanswered(self, words: str) -> None:
        if not self.answer.done():
            self.answer.set_exception(LostError(words))
            self.answer.exception()  # told: nobody need wait for it


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
