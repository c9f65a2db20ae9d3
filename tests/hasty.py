"""The control of a test: a web that thanks before the rows are committed."""

import asyncio

from plaidoyer.config.asgi import application

write = application.batches.write


async def hasty(acts):
    """Says that they are kept, and keeps them later."""
    asyncio.get_running_loop().call_later(0.2, lambda: asyncio.ensure_future(write(acts)))


application.batches.write = hasty
