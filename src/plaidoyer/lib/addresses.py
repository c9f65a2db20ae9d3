"""Mail addresses: which are written rightly, and which two spellings are the same person."""

import contextlib
import unicodedata

from email_validator import EmailNotValidError, validate_email

# Providers that deliver every dotting of a mailbox to the same person.
DOTLESS = {"gmail.com"}
SAME_DOMAIN = {"googlemail.com": "gmail.com"}


class BadAddressError(ValueError):
    """No mail could reach what was typed."""


def validated(address: str) -> str:
    """The address ready to send to, with its domain in ASCII.

    Asks no name server: an address is refused for how it is written only. Raises
    BadAddressError.
    """
    try:
        found = validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise BadAddressError(address) from None
    return found.ascii_email or found.normalized


def canonical(address: str) -> str:
    """The form under which two spellings of one mailbox are the same person.

    Lower case, domain in IDNA, no `+tag`, no dots where the provider ignores them. Never used
    to send: mail goes to the address as it was typed.
    """
    local, _, domain = address.strip().rpartition("@")
    domain = domain.lower()
    with contextlib.suppress(UnicodeError):
        domain = domain.encode("idna").decode("ascii")
    domain = SAME_DOMAIN.get(domain, domain)
    local = local.casefold()
    local = local.partition("+")[0] or local
    if domain in DOTLESS:
        local = local.replace(".", "") or local
    return f"{local}@{domain}"


def folded(name: str) -> str:
    """A person's name without case, accents or spacing: two typings of one name are the same."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(char for char in plain if char.isalnum())[:200]
