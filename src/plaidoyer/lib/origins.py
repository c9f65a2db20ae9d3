"""Origins: the sites that may show ours in a frame, as people write them, one a line.

An origin is a scheme, a host and perhaps a port (RFC 6454); a page's path is no part of it.
"""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host

HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
# A machine of one's own needs no certificate.
OWN = {"localhost", "127.0.0.1"}
DEFAULT_PORTS = {"https": 443, "http": 80}


class BadOriginError(ValueError):
    """The line is no origin that may embed; it is the error's only argument."""


def read(text: str) -> list[str]:
    """The origins that `text` names, each as a browser writes it, each once.

    Raises BadOriginError for a line that is none, or that is not https on a machine of others.
    """
    lines = [line.strip() for line in text.splitlines()]
    return list(dict.fromkeys(origin(line) for line in lines if line))


def origin(line: str) -> str:
    """One origin: "https://River.example/" is "https://river.example". Raises BadOriginError."""
    try:
        parts = urlsplit(line)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = parts.port
    except (ValueError, UnicodeError):
        raise BadOriginError(line) from None
    more = parts.path.removeprefix("/") or parts.query or parts.fragment or "@" in parts.netloc
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in OWN)
    if more or not is_safe or len(host) > 253 or not HOST.fullmatch(host):
        raise BadOriginError(line)
    if port in {None, DEFAULT_PORTS[parts.scheme]}:
        return f"{parts.scheme}://{host}"
    return f"{parts.scheme}://{host}:{port}"


def is_foreign(site: str | None, origin: str | None) -> bool:
    """Whether a browser says that a page of somebody else sent this, by the values of its headers
    Sec-Fetch-Site and Origin (https://www.w3.org/TR/fetch-metadata/).

    Programs and old browsers say neither, and a page that names no origin says "null".
    """
    if site is not None:
        return site not in {"same-origin", "none"}
    if origin is None or origin == "null":
        return False
    try:
        host = urlsplit(origin).hostname or ""
    except ValueError:
        return True
    return not validate_host(host, settings.ALLOWED_HOSTS)
