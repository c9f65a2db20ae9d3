"""Questions to name servers: many at once, none for long, and silence is told from a no."""

import ipaddress
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import dns.exception
import dns.name
import dns.resolver
import dns.reversename
from django.conf import settings

# For one question, for all of one check, and how many one may ask.
SECONDS, ALL_SECONDS, MOST_QUESTIONS = 3.0, 10.0, 60
AT_ONCE = 12


class SilentError(Exception):
    """No name server answered: there is no network, or it refuses to say."""


class Questions:
    """One check's questions, each asked once."""

    def __init__(self, resolver: str = "") -> None:
        """`resolver` is an address, with its port where that is not 53; else DNS_RESOLVER, else
        the machine's own."""
        said = resolver or settings.DNS_RESOLVER
        try:
            self.resolver = dns.resolver.Resolver(configure=not said)
        except dns.exception.DNSException as error:
            raise SilentError(str(error)) from None
        if said:
            address, port = split(said)
            self.resolver.nameservers = [address]
            self.resolver.port = port
        self.until = time.monotonic() + ALL_SECONDS
        self.answers: dict[tuple[str, str], list[str]] = {}

    def ask(self, name: str, kind: str) -> list[str]:
        """What stands at `name` for `kind`, as text; nothing where nothing does.

        Raises SilentError.
        """
        key = (name.lower().rstrip("."), kind)
        if key not in self.answers:
            if len(self.answers) >= MOST_QUESTIONS:
                return []
            self.answers[key] = self._ask(*key)
        return self.answers[key]

    def _ask(self, name: str, kind: str) -> list[str]:
        try:
            left = min(SECONDS, max(self.until - time.monotonic(), 0.01))
            found = self.resolver.resolve(name, kind, search=False, lifetime=left)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.name.LabelTooLong, dns.name.EmptyLabel, dns.name.NameTooLong, UnicodeError):
            return []
        except (dns.exception.DNSException, OSError) as error:
            raise SilentError(f"{name} {kind}: {type(error).__name__}") from None
        if kind == "TXT":
            return [b"".join(one.strings).decode("utf-8", "replace") for one in found]
        return [one.to_text() for one in found]

    def prepare(self, asked: Iterable[tuple[str, str]]) -> None:
        """Asks many at once, so that one slow server is waited for once. Silence stays unsaid."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(self._prepare, dict.fromkeys(asked)))

    def _prepare(self, asked: tuple[str, str]) -> None:
        try:
            self.ask(*asked)
        except SilentError:
            return

    def addresses(self, name: str) -> list[str]:
        """The IP addresses of a host; those of an address are itself. Raises SilentError."""
        try:
            return [str(ipaddress.ip_address(name.strip("[]")))]
        except ValueError:
            return self.ask(name, "A") + self.ask(name, "AAAA")

    def names(self, address: str) -> list[str]:
        """The names that an IP address gives itself. Raises SilentError."""
        reverse = dns.reversename.from_address(address).to_text()
        return [name.rstrip(".").lower() for name in self.ask(reverse, "PTR")]


def split(said: str) -> tuple[str, int]:
    """Address and port of a name server. Raises SilentError where it is no address."""
    address, port = said, "53"
    if said.startswith("["):
        address, _, port = said[1:].partition("]")
        port = port.lstrip(":") or "53"
    elif said.count(":") == 1:
        address, _, port = said.partition(":")
    try:
        return str(ipaddress.ip_address(address)), int(port)
    except ValueError:
        raise SilentError(f"{said!r} is no address of a name server") from None
