"""DKIM (RFC 6376, RFC 8463): our domain answers for a message, whoever carries it.

Each selector of DKIM_SELECTORS has a key in DKIM_DIR and signs every message; none: the relay
signs, or nobody. Headers and body are in relaxed form; From, Subject, To and others stand in `h=`
once more than they occur, so that nobody can add one.
"""

import base64
import functools
import hashlib
import hmac
import os
import re
import time
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

# Those a message has are signed. RFC 6376 5.4 recommends them; RFC 8058 4 demands the list- ones.
SIGNED = (
    *("from", "to", "subject", "date", "message-id", "reply-to"),
    *("list-unsubscribe", "list-unsubscribe-post", "list-id", "feedback-id", "auto-submitted"),
    *("mime-version", "content-type", "content-language", "in-reply-to", "references"),
)
# One more of these, added on the way, would be shown to the reader: then the signature breaks.
OVERSIGNED = ("from", "to", "subject", "date", "message-id", "reply-to")
SELECTOR = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
RSA_BITS = 2048
Key = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


class BadSelectorError(ValueError):
    """A selector is a name in the DNS: letters, digits, hyphens."""


class Signer:
    """One selector with its private key."""

    def __init__(self, selector: str, key: Key) -> None:
        self.selector, self.key = selector, key
        self.algorithm = "rsa-sha256" if isinstance(key, rsa.RSAPrivateKey) else "ed25519-sha256"
        self.tags = (
            f"v=1; a={self.algorithm}; c=relaxed/relaxed; d={settings.MAIL_DOMAIN};"
            f" s={selector}; t="
        )

    def header(self, names: str, headers: bytes, body_hash: str) -> bytes:
        """The folded header DKIM-Signature over `headers`, relaxed and in the order of `names`."""
        tags = f"{self.tags}{int(time.time())}; h={names}; bh={body_hash}; b="
        signature = base64.b64encode(self.sign(headers + b"dkim-signature:" + tags.encode()))
        return folded(tags, signature.decode())

    def sign(self, data: bytes) -> bytes:
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        # RFC 8463: ed25519 signs the digest.
        return self.key.sign(hashlib.sha256(data).digest())


def folded(tags: str, signature: str) -> bytes:
    """DKIM-Signature in lines of 76. Folds stand where relaxed form had one space, or inside b=."""
    lines = ["DKIM-Signature:"]
    for tag in tags.split(" "):
        if len(lines[-1]) + 1 + len(tag) > 76:
            lines.append("")
        lines[-1] += f" {tag}"
    for start in range(0, len(signature), 75):
        lines.append(f" {signature[start : start + 75]}")
    return ("\r\n".join(lines) + "\r\n").encode("ascii")


def h_value(names: Sequence[str]) -> str:
    """The value of h= with places to fold at: `from:to: subject:...`."""
    lines = [""]
    for name in names:
        if len(lines[-1]) + len(name) > 60:
            lines.append("")
        lines[-1] += f"{name}:"
    return " ".join(lines)[:-1]


def header_names(present: Sequence[str]) -> list[str]:
    """What h= names for a message with the headers `present` (lower case)."""
    names = [name for name in SIGNED if name in present]
    return names + list(OVERSIGNED)


def signed(message: bytes) -> bytes:
    """`message` (lines ended by CRLF) under the signatures of all selectors."""
    if not (ours := signers()):
        return message
    head, _, body = message.partition(b"\r\n\r\n")
    relaxed = dict(relaxed_header(line) for line in re.split(rb"\r\n(?![ \t])", head))
    names = header_names([name.decode() for name in relaxed])
    # Each header once; a name that stands in h= once more takes one that must not come.
    headers = b"".join(relaxed[name.encode()] for name in SIGNED if name.encode() in relaxed)
    body_hash = base64.b64encode(hashlib.sha256(relaxed_body(body)).digest()).decode()
    value = h_value(names)
    return b"".join([*(one.header(value, headers, body_hash) for one in ours), message])


def relaxed_header(line: bytes) -> tuple[bytes, bytes]:
    """Its name, and the whole in relaxed form with its CRLF (RFC 6376 3.4.2)."""
    name, _, value = line.partition(b":")
    name = name.strip().lower()
    value = re.sub(rb"[ \t]+", b" ", value.replace(b"\r\n", b"")).strip()
    return name, name + b":" + value + b"\r\n"


def relaxed_body(body: bytes) -> bytes:
    """The body in relaxed form (RFC 6376 3.4.4)."""
    body = re.sub(rb"[ \t]+", b" ", body).replace(b" \r\n", b"\r\n")
    body = body.rstrip(b" ")
    while body.endswith(b"\r\n"):
        body = body[:-2]
    return body + b"\r\n" if body else b""


def signers() -> Sequence[Signer]:
    """One for each of DKIM_SELECTORS. Raises ImproperlyConfigured where a key cannot be read.

    Then no mail leaves: unsigned it would spoil the name of the domain.
    """
    return _signers(tuple(settings.DKIM_SELECTORS), str(settings.DKIM_DIR), settings.MAIL_DOMAIN)


@functools.lru_cache(maxsize=8)
def _signers(selectors: tuple[str, ...], _folder: str, _domain: str) -> Sequence[Signer]:
    return [Signer(selector, read_key(selector)) for selector in selectors]


def key_path(selector: str) -> Path:
    """Where the private key of `selector` is. Raises BadSelectorError."""
    if not SELECTOR.fullmatch(selector):
        raise BadSelectorError(selector)
    return Path(settings.DKIM_DIR) / f"{selector}.pem"


def passphrase() -> bytes:
    """What private keys are encrypted with at rest; it changes with SECRET_KEY."""
    return hmac.digest(settings.SECRET_KEY.encode(), b"plaidoyer.dkim", "sha256").hex().encode()


def read_key(selector: str) -> Key:
    """The private key of `selector`. Raises ImproperlyConfigured."""
    try:
        key = serialization.load_pem_private_key(key_path(selector).read_bytes(), passphrase())
    except (OSError, ValueError, TypeError) as error:
        raise ImproperlyConfigured(
            f"The DKIM key {selector!r} cannot be read ({error}). Made with this SECRET_KEY? "
            f"`plaidoyer mail make-key {selector}` makes one."
        ) from None
    assert isinstance(key, Key)
    return key


def make_key(selector: str, *, kind: str = "rsa") -> str:
    """Makes a key for `selector`, encrypted, readable by us only; gives its record in the DNS.

    Raises BadSelectorError, and FileExistsError rather than replace a key.
    """
    path = key_path(selector)
    key: Key = ed25519.Ed25519PrivateKey.generate()
    if kind == "rsa":
        key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    written = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase()),
    )
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(written)
    return record(selector)


def record(selector: str) -> str:
    """The line of the zone file that tells the world the public key of `selector`."""
    public = read_key(selector).public_key()
    if isinstance(public, ed25519.Ed25519PublicKey):
        kind, raw = "ed25519", public.public_bytes_raw()
    else:
        kind = "rsa"
        raw = public.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    value = f"v=DKIM1; k={kind}; p={base64.b64encode(raw).decode()}"
    # A string in the DNS has 255 characters at most; several are read as one.
    strings = " ".join(f'"{value[i : i + 250]}"' for i in range(0, len(value), 250))
    return f"{selector}._domainkey.{settings.MAIL_DOMAIN}. IN TXT {strings}"
