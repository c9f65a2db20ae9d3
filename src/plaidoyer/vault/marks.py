"""Blind indexes: a keyed hash of something personal, by which it is found and not read.

Equal texts have equal marks within a purpose, and nobody without the organisation's keys can try
whether a text has a given mark. A mark outlives the document it leads to, such as the address of
somebody erased who must not be written to.
"""

import hmac
from functools import lru_cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from plaidoyer.lib import addresses
from plaidoyer.vault import roots

# Hex digits of a mark: 128 bits.
LENGTH = 32


def mark(purpose: str, text: str) -> str:
    """The mark of `text` within `purpose`, 32 hex digits."""
    return hmac.digest(key(purpose, roots.ring().mark), text.encode(), "sha256").hex()[:LENGTH]


def address(address: str) -> str:
    """The mark of a mail address, the same however it is spelt; nothing of nothing."""
    return mark("address", addresses.canonical(address)) if address else ""


def domain(address: str) -> str:
    """The mark of what stands after the @."""
    return mark("domain", address.rpartition("@")[2].lower())


@lru_cache(maxsize=64)
def key(purpose: str, root: bytes) -> bytes:
    """The key of one purpose: marks of two purposes cannot be compared (RFC 5869)."""
    about = f"plaidoyer.mark.{purpose}".encode()
    return HKDF(hashes.SHA256(), 32, salt=None, info=about).derive(root)
