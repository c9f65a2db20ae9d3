"""Which machines may be asked: public ones, by https. Never one of our own network."""

import ipaddress
import socket

from django.conf import settings
from django.utils.translation import gettext as _

from plaidoyer.civics.sources import SourceError

# Their last four bytes are an address of version four (RFC 6052, RFC 4291).
CARRIERS = [ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96")]


class ForbiddenError(SourceError):
    """An address that must not be asked: not https, or not of a public machine."""


def check(scheme: str, name: str) -> str:
    """The address of the machine called `name`, once it is known to be a public one.

    The request must go to this very address: a name may mean another machine a second later.
    Raises ForbiddenError.
    """
    found = _machines(name)
    if settings.FETCH_LOOPBACK and all(one.is_loopback for one in found):
        return str(found[0])
    if scheme != "https":
        raise ForbiddenError(_("only addresses that begin with https:// are asked"))
    if not all(_is_public(one) for one in found):
        raise ForbiddenError(_("“%(name)s” is no public machine") % {"name": name[:80]})
    return str(found[0])


def _machines(name: str) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    try:
        infos = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise ForbiddenError(_("no machine is called “%(name)s”") % {"name": name[:80]}) from None
    return [ipaddress.ip_address(str(info[4][0]).partition("%")[0]) for info in infos]


def _is_public(machine: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether it is none of ours: private, loopback, link-local, or one of these in IPv6."""
    if isinstance(machine, ipaddress.IPv6Address):
        if machine.is_site_local:
            return False
        inner = machine.ipv4_mapped or machine.sixtofour or (machine.teredo or (None, None))[1]
        if inner is None and any(machine in network for network in CARRIERS):
            inner = ipaddress.IPv4Address(int(machine) & 0xFFFFFFFF)
        if inner is not None:
            return _is_public(inner)
    return machine.is_global and not machine.is_multicast
