"""The least that can take acts in: raw ASGI, no rules, the same row, group commit.

Nobody may run it: it is the yardstick of bin/bench replay, measured beside the product.
"""

import asyncio
import json
import os
import uuid
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import psycopg

COLUMNS = {
    "uid": "uuid",
    "form_id": "bigint",
    "submitted_at": "timestamptz",
    "sealed": "bytea",
    "facts": "jsonb",
    **dict.fromkeys(["language", "mark", "domain", "page", "via", "network", "proof"], "text"),
}
TYPED = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
INSERT = (
    f"INSERT INTO actions_action ({', '.join(COLUMNS)})"
    f" SELECT * FROM json_to_recordset(%s) AS act ({TYPED})"
)
GATHER = 0.003
FORM = int(os.environ.get("PROTOTYPE_FORM", "0"))

waiting: list[tuple[dict[str, Any], asyncio.Future[None]]] = []
writing: asyncio.Task[None] | None = None
session: psycopg.AsyncConnection | None = None


async def write() -> None:
    global waiting, writing, session
    if session is None:
        session = await psycopg.AsyncConnection.connect(os.environ["DATABASE_URL"], autocommit=True)
    while waiting:
        await asyncio.sleep(GATHER)
        batch, waiting = waiting, []
        await session.execute(INSERT, [json.dumps([row for row, _done in batch])])
        for _row, done in batch:
            done.set_result(None)
    writing = None


def row(typed: dict[str, str]) -> dict[str, Any]:
    told = dict.fromkeys(["mark", "domain", "via", "network", "proof"], "")
    told |= {"uid": str(uuid.uuid4()), "language": "fr", "page": typed["page"]}
    told["sealed"] = f"\\x{json.dumps(typed).encode().hex()}"
    return {**told, "form_id": FORM, "facts": {}, "submitted_at": datetime.now(UTC).isoformat()}


async def application(scope: Any, receive: Any, send: Any) -> None:
    global writing
    if scope["type"] != "http":
        return
    if scope["method"] == "POST":
        typed = dict(parse_qsl((await receive())["body"].decode()))
        done = asyncio.get_running_loop().create_future()
        waiting.append((row(typed), done))
        writing = writing or asyncio.create_task(write())
        await done
    status = 303 if scope["method"] == "POST" else 200
    headers = [(b"location", b"/thanks/"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
