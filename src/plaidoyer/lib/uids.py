"""Random ids of rows that come by the million."""

import secrets
import time
import uuid

# The four bits of the version, 8: made in a way of one's own; the two of the variant.
VERSION, VARIANT = 0x8 << 76, 0x2 << 62
RANDOM = (1 << 96) - 1 & ~(0xF << 76) & ~(0x3 << 62)
# The same as `new`, made by the database for many rows at once.
SQL = (
    "(lpad(to_hex(floor(extract(epoch FROM now()) / 3600)::int), 8, '0')"
    " || overlay(substr(gen_random_uuid()::text, 9) PLACING '8' FROM 7))::uuid"
)


def new() -> uuid.UUID:
    """A random id that begins with the hour it was made in (UUIDv8, RFC 9562, 5.8).

    Ids of one hour lie side by side in an index. Wholly random ones would each touch a page of
    their own, of which the log then gets a copy (docs/reference/performance.md, Growth). The hour
    is no finer than what a row says of its age anyhow; 90 bits are drawn by lot.
    """
    hour = int(time.time()) // 3600
    drawn = int.from_bytes(secrets.token_bytes(12)) & RANDOM
    return uuid.UUID(int=hour << 96 | VERSION | VARIANT | drawn)
