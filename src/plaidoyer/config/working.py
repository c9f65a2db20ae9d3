"""The worker's life: it ends when it is asked to, not when the database goes away for a moment."""

import asyncio
import contextlib
import logging
import signal
from typing import cast

from procrastinate import App
from procrastinate.contrib.django import app as django_app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import ConnectorException

logger = logging.getLogger(__name__)

REST_SECONDS = 2


async def work(concurrency: int) -> None:
    """Runs jobs until INT or TERM; when the database is lost, begins anew once it is back."""
    asked = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    stop = asyncio.create_task(asked.wait())
    while not asked.is_set():
        connector = cast(DjangoConnector, django_app.connector).get_worker_connector()
        with django_app.replace_connector(connector) as app:
            worker = asyncio.create_task(run(app, concurrency))
            await asyncio.wait([worker, stop], return_when=asyncio.FIRST_COMPLETED)
            worker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await worker
        if not asked.is_set():
            logger.warning("The worker lost the database and tries again.")
            await asyncio.wait([stop], timeout=REST_SECONDS)


async def run(app: App, concurrency: int) -> None:
    """One worker on one connection; comes back when cancelled or when the connection is lost."""
    try:
        async with app.open_async():
            # Asked to end, a long job has a second before it is told to stop where it can.
            await app.run_worker_async(
                concurrency=concurrency,
                shutdown_graceful_timeout=1.0,
                install_signal_handlers=False,
            )
    except ConnectorException as error:
        logger.warning("%s", type(error).__name__)
