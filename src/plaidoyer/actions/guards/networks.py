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

from django.utils import timezone

from plaidoyer.actions.guards.models import NetworkKey
from plaidoyer.actions.models import Action
from plaidoyer.lib import visitors

KEPT = datetime.timedelta(hours=48)
LENGTH = 24
BATCH = 5000
# The key of this day, by day: one at a time, and never yesterday's.
_known: dict[datetime.date, bytes] = {}


def of(meta: Mapping[str, str]) -> str:
    """The label of where a request comes from, by its CGI variables (`request.META`); empty
    where that is not known.

    Not known: a program on this machine or network, or no key of the day, which only a first
    start without a worker can bring about. Asks the database once a day in each process, and
    writes nothing.
    """
    address = visitors.client(meta)
    if address is None:
        return ""
    today = utc_today()
    if today not in _known:
        _known.clear()
        if key := NetworkKey.objects.filter(day=today).first():
            _known[today] = bytes(key.key)
    return label(address, _known[today]) if today in _known else ""


def label(address: visitors.Address, key: bytes) -> str:
    """The label of `address` under `key`."""
    if isinstance(address, ipaddress.IPv6Address):
        place = ipaddress.ip_network((address, 64), strict=False).network_address.packed
    else:
        place = address.packed
    return hmac.digest(key, place, "sha256").hex()[:LENGTH]


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
