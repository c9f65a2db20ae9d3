"""The door for mail: SMTP as a mail exchanger, or LMTP behind one such as Postfix.

It takes what is for an address of ours whose code is right, and says yes only when the row is
committed: until then it is the other server that has the mail.
"""

import asyncio
import logging
import os
import signal
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP
from django.conf import settings
from django.db import DatabaseError, close_old_connections
from procrastinate.exceptions import ConnectorException

from plaidoyer.mail import returns
from plaidoyer.mail.inbound import keeping

logger = logging.getLogger(__name__)

MOST_RECIPIENTS = 20
MOST_SESSIONS = 100
IDLE_SECONDS = 120
# Longer than RFC 5321 allows: reports of careless servers have such lines, and we only read them.
LONGEST_LINE = 256 * 1024

LATER = "451 4.3.0 Not now, please try again later"
UNKNOWN = "550 5.1.1 No such address here"


def is_ours(address: str) -> bool:
    """Whether mail for `address` is taken in: its code is right, or its name is a desk of ours."""
    local, _at, domain = address.rpartition("@")
    if domain.lower() != settings.MAIL_DOMAIN.lower():
        # RFC 5321, 4.5.1: postmaster needs no domain.
        return not domain and address.lower() == "postmaster"
    named = local.lower() in settings.INBOUND_NAMES or returns.read_local_part(local)
    return bool(named or returns.desk(address))


def known(address: str) -> bool:
    """`is_ours`, for a thread that may have lost its connection since it last asked."""
    close_old_connections()
    return is_ours(address)


class Porter:
    """What aiosmtpd asks at each step of a session."""

    def __init__(self, via: str) -> None:
        self.via = via

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        try:
            is_known = await asyncio.to_thread(known, address)
        except (DatabaseError, OSError) as error:
            logger.warning("Whether a name is ours must wait: %s", type(error).__name__)
            return LATER
        if not is_known:
            return UNKNOWN
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        answer = await asyncio.to_thread(
            take, bytes(envelope.content), self.via, envelope.mail_from or "", envelope.rcpt_tos
        )
        # LMTP answers for each recipient (RFC 2033, 4.2); ours stand or fall together.
        copies = len(envelope.rcpt_tos) if self.via == "lmtp" else 1
        return "\r\n".join([answer] * copies)


def take(raw: bytes, via: str, sender: str, recipients: list[str]) -> str:
    """Stores one mail for each of its recipients; the answer to its end."""
    close_old_connections()
    try:
        for recipient in recipients:
            keeping.keep(raw, via=via, recipient=recipient, sender=sender)
    except keeping.TooLongError:
        return "552 5.3.4 Message too long"
    except (DatabaseError, ConnectorException, OSError) as error:
        logger.warning("Incoming mail must wait: %s", type(error).__name__)
        return LATER
    except Exception as error:
        logger.error("Incoming mail could not be stored: %s", type(error).__name__)
        return LATER
    return "250 2.0.0 Stored"


class _Bounds:
    """What both protocols have of ours: long lines, few sessions at once, no secrets in logs."""

    line_length_limit = LONGEST_LINE
    open_sessions: set[Any] = set()

    def connection_made(self, transport: Any) -> None:
        if self not in self.open_sessions and len(self.open_sessions) >= MOST_SESSIONS:
            transport.write(b"421 4.3.2 Too many sessions\r\n")
            transport.close()
            return
        self.open_sessions.add(self)
        super().connection_made(transport)  # type: ignore[misc]

    def connection_lost(self, error: Exception | None) -> None:
        if self in self.open_sessions:
            self.open_sessions.discard(self)
            super().connection_lost(error)  # type: ignore[misc]


class MailExchanger(_Bounds, SMTP):
    """RFC 5321."""


class LocalTransfer(_Bounds, LMTP):
    """RFC 2033."""


def protocol(*, lmtp: bool, secret: ssl.SSLContext | None = None) -> Callable[[], SMTP]:
    """Makes the server's side of one session."""
    # Mail is not for the log, at no level.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    kind = LocalTransfer if lmtp else MailExchanger
    return lambda: kind(
        Porter("lmtp" if lmtp else "smtp"),
        hostname=settings.MAIL_DOMAIN,
        ident="Plaidoyer",
        data_size_limit=keeping.MOST_BYTES,
        timeout=IDLE_SECONDS,
        tls_context=secret,
        loop=asyncio.get_running_loop(),
    )


async def serve(
    *,
    host: str,
    port: int,
    lmtp: bool = False,
    socket: str = "",
    certificate: str = "",
    key: str = "",
    opened: Callable[[int], None] = lambda port: None,
) -> None:
    """Takes mail until TERM or Ctrl-C, on `socket` where there is one, else on host and port.

    `opened` is told the port once the door is open.
    """
    loop = asyncio.get_running_loop()
    secret = None
    if certificate:
        secret = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        secret.load_cert_chain(certificate, key or None)
    made = protocol(lmtp=lmtp, secret=secret)
    server: asyncio.Server
    if socket:
        Path(socket).unlink(missing_ok=True)
        server = await loop.create_unix_server(made, socket)
        os.chmod(socket, 0o660)
        opened(0)
    else:
        server = await loop.create_server(made, host, port)
        opened(server.sockets[0].getsockname()[1])
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()
    server.close()
