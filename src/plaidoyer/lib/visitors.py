"""Where a request comes from: its network address, behind proxies that we trust."""

import ipaddress
from collections.abc import Mapping

from django.conf import settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# A visitor never has such an address: it is a proxy's of our own, or a network's behind one.
# To take it for a visitor's would make everybody one suspect.
INSIDE = [
    ipaddress.ip_network(block)
    for block in (
        "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10",
        "169.254.0.0/16", "0.0.0.0/8", "::1/128", "::/128", "fc00::/7", "fe80::/10",
    )
]  # fmt: skip


def client(meta: Mapping[str, str]) -> Address | None:
    """The address of the visitor, as the last proxy that we trust saw it; none when unknown.

    `X-Forwarded-For` is read from its right end, and only as long as the one that wrote an entry
    is in TRUSTED_PROXIES: what a visitor writes there stands further left and is never reached.
    """
    said = meta.get("HTTP_X_FORWARDED_FOR", "").split(",")
    hops = [meta.get("REMOTE_ADDR", ""), *reversed(said)]
    for hop in hops:
        address = parsed(hop)
        if address is None:
            return None
        if not within(address, settings.TRUSTED_PROXIES):
            return None if within(address, INSIDE) else address
    return None


def parsed(text: str) -> Address | None:
    """The address that `text` is, if it is one: 203.0.113.9, [2001:db8::1]:443..."""
    text = text.strip().strip('"')
    if not text:
        return None
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def within(address: Address, blocks: list) -> bool:
    return any(address in block for block in blocks)
