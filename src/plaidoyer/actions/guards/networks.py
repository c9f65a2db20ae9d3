"""Where an act was sent from, as a label that nobody can read back.

The label is the first 96 bits of an HMAC-SHA256 of the client's address under a random key of the
day (UTC). The same address has the same label all day long, on every form, and another one on the
next day. The key is destroyed a day after its day, 48 hours after it was first used; the labels
themselves are emptied from acts after 48 hours.

An IPv4 address counts whole and an IPv6 address by its /64, which is what one household gets. We
do not take a whole /24: with one act a minute, neighbours would be held for each other.
"""

import datetime
import hmac
import ipaddress
from collections.abc import Mapping

from django.conf import settings
from django.utils import timezone

from plaidoyer.actions.guards.models import NetworkKey
from plaidoyer.actions.models import Action

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

KEPT = datetime.timedelta(hours=48)
LENGTH = 24
BATCH = 5000
# A visitor never has such an address: it is a proxy's of our own, or a network's behind one.
# To take it for a visitor's would make everybody one suspect.
INSIDE = [
    ipaddress.ip_network(block)
    for block in (
        "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10",
        "169.254.0.0/16", "0.0.0.0/8", "::1/128", "::/128", "fc00::/7", "fe80::/10",
    )
]  # fmt: skip

# The key of this day, by day: one at a time, and never yesterday's.
_known: dict[datetime.date, bytes] = {}


def of(meta: Mapping[str, str]) -> str:
    """The label of where a request comes from, by its CGI variables (`request.META`); empty
    where that is not known.

    Not known: a program on this machine or network, or no key of the day, which only a first
    start without a worker can bring about. Asks the database once a day in each process, and
    writes nothing.
    """
    address = client(meta)
    if address is None:
        return ""
    today = utc_today()
    if today not in _known:
        _known.clear()
        if key := NetworkKey.objects.filter(day=today).first():
            _known[today] = bytes(key.key)
    return label(address, _known[today]) if today in _known else ""


def label(address: Address, key: bytes) -> str:
    """The label of `address` under `key`."""
    if isinstance(address, ipaddress.IPv6Address):
        place = ipaddress.ip_network((address, 64), strict=False).network_address.packed
    else:
        place = address.packed
    return hmac.digest(key, place, "sha256").hex()[:LENGTH]


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


def keep_keys() -> None:
    """Makes the keys of today and tomorrow where they are missing; destroys old ones."""
    today = utc_today()
    day = datetime.timedelta(days=1)
    NetworkKey.objects.bulk_create(
        [NetworkKey(day=today), NetworkKey(day=today + day)], ignore_conflicts=True
    )
    NetworkKey.objects.filter(day__lt=today - day).delete()


def forget(batch: int = BATCH) -> int:
    """Empties the labels of acts older than 48 hours; how many acts."""
    old = Action.objects.exclude(network="").filter(submitted_at__lt=timezone.now() - KEPT)
    forgotten = 0
    while emptied := Action.objects.filter(id__in=old.values("id")[:batch]).update(network=""):
        forgotten += emptied
    return forgotten


def utc_today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()
