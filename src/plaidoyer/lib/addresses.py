"""Mail addresses: which are written rightly, and which two spellings are the same person."""

import contextlib
import functools
import re
import unicodedata

from email_validator import EmailNotValidError, validate_email

# Providers that deliver every dotting of a mailbox to the same person.
DOTLESS = {"gmail.com"}
SAME_DOMAIN = {"googlemail.com": "gmail.com"}

# Where most private mailboxes are, the most frequent first: of two as near, the first is offered.
# One that is right must stand here, lest it be taken for a slip of its neighbour.
WELL_KNOWN = (
    *("gmail.com", "hotmail.com", "outlook.com", "yahoo.com", "icloud.com", "live.com"),
    *("yahoo.ca", "hotmail.ca", "live.ca", "outlook.fr", "hotmail.fr", "yahoo.fr", "live.fr"),
    *("videotron.ca", "sympatico.ca", "bell.net", "rogers.com", "shaw.ca", "telus.net"),
    *("orange.fr", "wanadoo.fr", "free.fr", "sfr.fr", "laposte.net", "bbox.fr", "neuf.fr"),
    *("aol.com", "me.com", "mac.com", "msn.com", "gmx.com", "gmx.net", "gmx.de", "gmx.fr"),
    *("mail.com", "email.com", "ymail.com", "rocketmail.com", "googlemail.com", "zoho.com"),
    *("protonmail.com", "protonmail.ch", "fastmail.fm", "proton.me", "pm.me"),
    *("tutanota.com", "tuta.com", "fastmail.com"),
    *("posteo.net", "posteo.de", "mailbox.org", "hey.com", "hotmail.co.uk", "yahoo.co.uk"),
    *("live.be", "hotmail.be", "skynet.be", "telenet.be", "bluewin.ch", "web.de", "t-online.de"),
    *("cogeco.ca", "eastlink.ca", "bellaliant.net", "sasktel.net", "mts.net", "nb.sympatico.ca"),
    *("outlook.ca", "aol.fr", "qq.com", "163.com", "126.com", "att.net", "comcast.net"),
    *("ukr.net", "mail.ru", "yandex.com", "yandex.ru", "libero.it", "yahoo.it", "hotmail.it"),
    *("yahoo.es", "hotmail.es", "outlook.es", "btinternet.com", "sky.com", "live.co.uk"),
)


# What the long way would take as it is: letters, digits and single dots, in such a length that no
# limit of a whole address (RFC 5321, 4.5.3.1) is near.
PLAIN_LOCAL = re.compile(r"(?=.{1,60}\Z)[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
SHORT_DOMAIN = 100


class BadAddressError(ValueError):
    """No mail could reach what was typed."""


def validated(address: str) -> str:
    """The address ready to send to, with its domain in ASCII.

    Asks no name server: an address is refused for how it is written only. Raises
    BadAddressError.
    """
    local, _, domain = address.rpartition("@")
    if PLAIN_LOCAL.fullmatch(local) and (kept := plain_domain(domain)):
        return f"{local}@{kept}"
    return validated_slowly(address)


def validated_slowly(address: str) -> str:
    try:
        found = validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise BadAddressError(address) from None
    return found.ascii_email or found.normalized


@functools.lru_cache(maxsize=5000)
def plain_domain(domain: str) -> str:
    """The domain as it is kept, where it's a short one that takes mail; else nothing. Most people
    have their mailbox at a few providers, and to judge a domain is most of the price."""
    try:
        kept = validated_slowly(f"a@{domain}").removeprefix("a@")
    except BadAddressError:
        return ""
    return kept if len(kept) <= SHORT_DOMAIN else ""


def canonical(address: str) -> str:
    """The form under which two spellings of one mailbox are the same person.

    Lower case, domain in IDNA, no `+tag`, no dots where the provider ignores them. Never used
    to send: mail goes to the address as it was typed.
    """
    local, _, domain = address.strip().rpartition("@")
    domain = canonical_domain(domain)
    local = local.casefold()
    local = local.partition("+")[0] or local
    if domain in DOTLESS:
        local = local.replace(".", "") or local
    return f"{local}@{domain}"


@functools.lru_cache(maxsize=5000)
def canonical_domain(domain: str) -> str:
    domain = domain.lower()
    with contextlib.suppress(UnicodeError):
        domain = domain.encode("idna").decode("ascii")
    return SAME_DOMAIN.get(domain, domain)


def folded(name: str) -> str:
    """A person's name without case, accents or spacing: two typings of one name are the same."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(char for char in plain if char.isalnum())[:200]


def suggestion(address: str) -> str:
    """The address with its domain mended, when it is one slip away from a well-known one.

    One letter too many, missing, wrong or swapped with its neighbour; two such slips only in a
    name of eight letters or more, or in gmail.com, of which there is no other ending. Empty for
    a well-known domain, and for one that is like none. Only ever offered: nobody is refused.
    """
    local, _, domain = address.strip().rpartition("@")
    domain = domain.lower()
    if not local or not domain or domain in WELL_KNOWN:
        return ""
    slips = {known: _slips(domain, known) for known in WELL_KNOWN}
    nearest = min(WELL_KNOWN, key=lambda known: slips[known])
    is_long = len(nearest.partition(".")[0]) >= 8 or nearest == "gmail.com"
    allowed = 2 if is_long else 1
    return f"{local}@{nearest}" if slips[nearest] <= allowed else ""


def _slips(typed: str, meant: str) -> int:
    """How many slips of the finger lie between two words (optimal string alignment)."""
    if abs(len(typed) - len(meant)) > 2:
        return 3
    before: list[int] = []
    row = list(range(len(meant) + 1))
    for i, char in enumerate(typed, 1):
        last, before, row = before, row, [i]
        for j, other in enumerate(meant, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (char != other))
            if i > 1 and j > 1 and char == meant[j - 2] and typed[i - 2] == other:
                best = min(best, last[j - 2] + 1)
            row.append(best)
    return row[-1]
