"""The demo's mail relay: takes everything, delivers nothing, keeps a copy for each recipient."""

import asyncio
import signal
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

from plaidoyer.demo.maildir import Maildir


class Keeper:
    """What aiosmtpd asks about each message."""

    def __init__(self, maildir: Maildir) -> None:
        self.maildir = maildir

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        for recipient in envelope.rcpt_tos:
            self.maildir.keep(envelope.content, recipient)
        return "250 2.0.0 Kept"


def catch(*, port: int, folder: Path) -> None:
    """Takes mail on the loopback until TERM or Ctrl-C."""
    asyncio.run(_catch(port, Keeper(Maildir(folder))))


async def _catch(port: int, keeper: Keeper) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(keeper, hostname="localhost", ident="Plaidoyer demo", loop=loop),
        host="127.0.0.1",
        port=port,
    )
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()
    server.close()
