"""A mail relay on the loopback, which keeps what it takes."""

import asyncio
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller

from tests.waiting import free_port, wait_until


@dataclass
class Caught:
    """A mail as the relay got it: its envelope and its message."""

    mail_from: str
    rcpt_to: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)  # type: ignore[return-value]

    @property
    def text(self) -> str:
        """The plain part."""
        part = self.message.get_body(("plain",))
        return part.get_content() if part else ""


class Catcher:
    """A mail relay on the loopback that keeps what it takes.

    `answers` maps an address to what the relay says of it instead of accepting: "550 No such
    user", "451 Try later". `hold` waits so long before the last word on a message.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.caught: list[Caught] = []
        self.answers: dict[str, str] = {}
        self.hold = 0.0
        self.controller: Controller | None = None

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if answer := self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        self.caught.append(Caught(envelope.mail_from, envelope.rcpt_tos, envelope.content))
        if self.hold:
            await asyncio.sleep(self.hold)
        return f"250 Kept as {len(self.caught)}"

    def start(self) -> None:
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self) -> None:
        if self.controller:
            self.controller.stop()
            self.controller = None

    def to(self, address: str) -> list[Caught]:
        """The mails to `address`, in the order they came."""
        return [mail for mail in list(self.caught) if address in mail.rcpt_to]

    def wait_for(self, address: str, *, number: int = 1, seconds: float = 90) -> Caught:
        """The `number`th mail to `address`, as soon as it is there."""
        what = f"mail {number} to {address}"
        wait_until(lambda: len(self.to(address)) >= number, seconds=seconds, what=what)
        return self.to(address)[number - 1]
